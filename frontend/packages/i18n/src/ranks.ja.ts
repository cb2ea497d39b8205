/** Ranks as every face shows them: the way to the next, keeping this one. */
export const ranksJa = {
  title: "会員ランク",
  ladder: "ランクの段階",
  current: "現在のランク",
  next: "{{tier}}になる条件",
  keep: "{{tier}}を続ける条件",
  reach: "あと{{way}}で {{tier}}",
  reachKeep: "あと{{way}}で {{tier}}を継続",
  do: "{{way}}で {{tier}}",
  doKeep: "{{way}}で {{tier}}を継続",
  join: "と",
  either: "次のいずれか1つ",
  together: "次のすべて",
  or: "または {{way}}",
  until: "{{date}}まで",
  held: "このランクは {{date}}まで",
  top: "いちばん上のランクです",
  found: "いま {{found}}",
  done: "達成",
  drops: "この実績は {{date}} まで有効です。",
  within: "判定で数える実績 {{found}}",
  since: "{{date}} から",
  progress: "{{tier}}までの進み具合",
};

/** What only my page says about ranks. */
export const mypageRankJa = {
  open: "条件を見る",
  none: "会員ランクはまだありません。",
};

/** What only the counter says about ranks. */
export const counterRankJa = {
  details: "条件",
};

/** What only the console says about ranks. */
export const consoleRankJa = {
  history: "ランクの履歴",
  none: "ランクはまだ変わっていません。",
  why: "なぜ?",
  looked: "{{date}} 時点の実績",
  begins: "{{date}} から",
  found: "実績 {{found}}",
  missed: "未達",
  version: "ランク表 版 {{n}}",
  by: "担当 {{who}}",
  reason: "理由：{{reason}}",
  keepUntil: "{{date}}までのランク",
};

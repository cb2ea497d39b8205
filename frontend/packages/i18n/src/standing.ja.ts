/** Points apart from those that can be spent: to come, set aside, and a frozen account. */
export const standingJa = {
  title: "使えるポイントとは別にあるもの",
  pending: "仮ポイント",
  pendingLead: "獲得済みですが、まだ使えません。条件が整うと自動で使えるようになります。",
  held: "仮押さえ",
  heldLead: "お支払いの手続き中のため、ほかのお支払いには使えません。",
  heldUntil: "確定しなければ {{time}} に自動で戻ります。",
  otherStore: "ほかの店舗での手続き分です。",
  owed: "不足しているポイント",
  receipt: "{{date}} {{store}} {{amount}}",
  why: "なぜ? {{points}}の計算",
};

/** What only the counter says about it. */
export const counterStandingJa = {
  frozen: "ポイントの利用を止めています",
  frozenLead: "{{date}} から、確認のため止められています。付与はできますが、利用はできません。本部にご相談ください。",
  movements: "レシート以外のポイントの動き",
};

/** What only my page says about it. */
export const mypageStandingJa = {
  title: "仮ポイント・仮押さえ",
  open: "{{name}} {{points}} の内訳を見る",
  frozen: "ただいまポイントの利用を止めています。お心当たりがない場合は、店舗またはお客様窓口へお問い合わせください。",
  none: "仮ポイントや仮押さえはありません。",
};

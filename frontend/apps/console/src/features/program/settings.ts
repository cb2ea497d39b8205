// Reading a version's settings: the values by dotted name, and what changed from one version to the next.

export type Settings = Record<string, unknown>;
export type SettingValue = string | number | boolean | string[] | null;

export interface Change {
  name: string;
  before: SettingValue;
  after: SettingValue;
}

/** Settings as flat `earning.unit_yen` → value; lists of words stay lists. */
export function flatten(settings: Settings, prefix = ""): Map<string, SettingValue> {
  const flat = new Map<string, SettingValue>();
  for (const [key, value] of Object.entries(settings)) {
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (Array.isArray(value)) flat.set(name, value.map(String));
    else if (value !== null && typeof value === "object") {
      for (const [inner, leaf] of flatten(value as Settings, name)) flat.set(inner, leaf);
    } else flat.set(name, value as SettingValue);
  }
  return flat;
}

function isEmpty(value: SettingValue): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** What differs, in the order of the newer version's settings; a missing list and an empty one are the same. */
export function changesBetween(before: Settings, after: Settings): Change[] {
  const old = flatten(before);
  const now = flatten(after);
  const names = [...now.keys(), ...[...old.keys()].filter((name) => !now.has(name))];
  return names
    .map((name) => ({ name, before: old.get(name) ?? null, after: now.get(name) ?? null }))
    .filter(
      ({ before: from, after: to }) =>
        !(isEmpty(from) && isEmpty(to)) && JSON.stringify(from) !== JSON.stringify(to),
    );
}

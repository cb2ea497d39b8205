// Instants in fields of a form, on the shops' clocks; an empty field is none.
import * as shops from "../campaigns/months.ts";

export function fromField(text: string): string | null {
  return text === "" ? null : shops.fromField(text);
}

/** What a field of type `datetime-local` shows for an instant. */
export function toField(instant: string | null): string {
  return instant === null ? "" : shops.toField(instant);
}

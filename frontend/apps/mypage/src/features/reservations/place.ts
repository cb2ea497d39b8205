import type { Place } from "@enishi/ui/reservations/requests.ts";

/** The member's own reservations. */
export const MINE: Place = { base: "/api/my/reservations" };

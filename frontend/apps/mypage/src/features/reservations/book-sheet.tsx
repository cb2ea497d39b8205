/** Booking: a service, a day, a time, and then the booking itself takes the place of this sheet. */
import { BookingFlow } from "@enishi/ui/reservations/booking-flow.tsx";
import type { ReactElement } from "react";
import { replace } from "../../shell/router.ts";
import { MINE } from "./place.ts";

export default function BookSheet(): ReactElement {
  return <BookingFlow place={MINE} onDone={({ booking_id: id }) => replace({ name: "booking", id })} />;
}

"""The paths of reservations."""

from __future__ import annotations

from typing import Any, Final

from enishi.access import ApiScope
from enishi.customers import InvalidIdentifier
from enishi.flows import CardEnded, NoCustomerForPoints
from enishi.gateway import reservations as handlers
from enishi.gateway.model import IdempotencyKeyMismatch, StoreNotAllowed
from enishi.gateway.parameters import ACCEPT_LANGUAGE, CUSTOMER_ID, IDEMPOTENCY_KEY, Parameter
from enishi.gateway.reservation_model import (
    AvailabilityAnswer,
    BookBody,
    BookingAnswer,
    BookingsAnswer,
    ChangeBody,
    LeaveBody,
    ServicesAnswer,
    WaitAnswer,
    WaitBody,
)
from enishi.gateway.route import Handler, Route, Success
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.purchases import IdempotencyConflict
from enishi.reservations import BookingNotChangeable, NoReservations, SlotNotBookable, WaitingListFull

_BOOKING: Final = "019aa950-2f10-7a11-8c31-1a2b3c4d5e6f"
_WAIT: Final = "019aa951-4b20-7b22-9d42-2b3c4d5e6f70"
_TAG: Final = "Reservations"
_UUID: Final[dict[str, Any]] = {"type": "string", "format": "uuid"}


def _query(name: str, description: str, schema: dict[str, Any], example: Any = None) -> Parameter:
    return Parameter(name, "query", description, schema, example)


_STORE: Final = _query("store", "The store's code.", {"type": "string", "maxLength": 64}, "0421")
_SERVICE: Final = _query("service", "The service's code.", {"type": "string", "maxLength": 40}, "cut")
_FROM: Final = _query(
    "from", "The first day, on the store's clocks.", {"type": "string", "format": "date"}, "2026-12-01"
)
_DAYS: Final = _query("days", "How many days.", {"type": "integer", "minimum": 1, "maximum": 31, "default": 7}, 7)
_WHO: Final = _query("customer_id", "For whom; left out, for somebody without a rank.", _UUID)
_CHOICE: Final = _query("choice", "The resource that is asked for.", {"type": "string", "maxLength": 40})
_BOOKING_ID: Final = Parameter("booking_id", "path", "The booking.", _UUID, _BOOKING)
_WAIT_ID: Final = Parameter("wait_id", "path", "The place in the waiting list.", _UUID, _WAIT)
_TOKEN: Final = Parameter(
    "token", "path", "The secret of the calendar address.", {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}
)


def _step(name: str, handler: Handler, summary: str, description: str) -> Route:
    """A path on which a booking goes a step on."""
    return Route(
        method="POST",
        path=f"/v1/reservations/{{booking_id}}/{name}",
        handler=handler,
        tag=_TAG,
        summary=summary,
        description=f"{description} The request has no body; sending it again changes nothing.",
        scope=ApiScope.RESERVATIONS_WRITE,
        parameters=(_BOOKING_ID, ACCEPT_LANGUAGE),
        answers=(Success(200, "The booking as it is now.", BookingAnswer),),
        own_refusals=(NotFound, BookingNotChangeable, NoReservations),
    )


RESERVATION_ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/reservations/services",
        handler=handlers.list_services,
        tag=_TAG,
        summary="List what a store offers",
        description="The services that can be booked, who or what can be asked for, and the version in force.",
        scope=ApiScope.RESERVATIONS_READ,
        parameters=(_STORE, ACCEPT_LANGUAGE),
        answers=(Success(200, "The services.", ServicesAnswer),),
        own_refusals=(StoreNotAllowed, NoReservations, InvalidRequest),
    ),
    Route(
        method="GET",
        path="/v1/reservations/availability",
        handler=handlers.find_availability,
        tag=_TAG,
        summary="Find slots",
        description=(
            "Every possible start of a service on the days asked for, as this customer sees it: bookable, or what "
            "stands against it, each with the value found, the value needed and when it ends. What a quota keeps for "
            "an upper rank and what opens earlier to it is said here, not hidden."
        ),
        scope=ApiScope.RESERVATIONS_READ,
        parameters=(_STORE, _SERVICE, _FROM, _DAYS, _WHO, _CHOICE, ACCEPT_LANGUAGE),
        answers=(Success(200, "The slots.", AvailabilityAnswer),),
        own_refusals=(StoreNotAllowed, NoReservations, NotFound, InvalidRequest),
    ),
    Route(
        method="POST",
        path="/v1/reservations",
        handler=handlers.book,
        tag=_TAG,
        summary="Book a slot",
        description=(
            "Books a slot that `availability` gives. However many ask at once, a slot is given as often as it has "
            "places; whoever comes second is refused with `hindrances`. `(source, external_id)` is the idempotency "
            "key: a repeat is answered with the booking as it stands and `replayed: true`."
        ),
        scope=ApiScope.RESERVATIONS_WRITE,
        body=BookBody,
        parameters=(IDEMPOTENCY_KEY, ACCEPT_LANGUAGE),
        answers=(
            Success(201, "Booked.", BookingAnswer),
            Success(200, "Booked before; the same booking again.", BookingAnswer),
        ),
        own_refusals=(
            StoreNotAllowed,
            SlotNotBookable,
            NoReservations,
            NotFound,
            NoCustomerForPoints,
            CardEnded,
            InvalidIdentifier,
            IdempotencyConflict,
            IdempotencyKeyMismatch,
        ),
    ),
    Route(
        method="GET",
        path="/v1/reservations",
        handler=handlers.list_bookings,
        tag=_TAG,
        summary="List a store's bookings",
        description="The bookings of some days of a store by their beginning, whatever has become of them.",
        scope=ApiScope.RESERVATIONS_READ,
        parameters=(_STORE, _FROM, _DAYS, ACCEPT_LANGUAGE),
        answers=(Success(200, "The bookings.", BookingsAnswer),),
        own_refusals=(StoreNotAllowed, InvalidRequest),
    ),
    Route(
        method="POST",
        path="/v1/reservations/waiting",
        handler=handlers.join_waiting_list,
        tag=_TAG,
        summary="Join the waiting list",
        description=(
            "Waits for a service on a day. When a slot frees, it is kept for the first in line for the time that the "
            "store has set, as a booking in the state `offered`, then for the next. Joining again gives the same place."
        ),
        scope=ApiScope.RESERVATIONS_WRITE,
        body=WaitBody,
        answers=(
            Success(201, "In the list.", WaitAnswer),
            Success(200, "In the list already; the same place again.", WaitAnswer),
        ),
        own_refusals=(StoreNotAllowed, NotFound, NoReservations, WaitingListFull),
    ),
    Route(
        method="POST",
        path="/v1/reservations/waiting/{wait_id}/leave",
        handler=handlers.leave_waiting_list,
        tag=_TAG,
        summary="Leave the waiting list",
        description="Gives a place up; a slot that is kept for it goes on to the next. Again changes nothing.",
        scope=ApiScope.RESERVATIONS_WRITE,
        body=LeaveBody,
        parameters=(_WAIT_ID,),
        answers=(Success(200, "The place as it is now.", WaitAnswer),),
        own_refusals=(NotFound,),
    ),
    Route(
        method="GET",
        path="/v1/reservations/{booking_id}",
        handler=handlers.show_booking,
        tag=_TAG,
        summary="Show a booking",
        description="One booking, with how it stood to the quotas when it was made.",
        scope=ApiScope.RESERVATIONS_READ,
        parameters=(_BOOKING_ID, ACCEPT_LANGUAGE),
        answers=(Success(200, "The booking.", BookingAnswer),),
        own_refusals=(NotFound,),
    ),
    Route(
        method="POST",
        path="/v1/reservations/{booking_id}/change",
        handler=handlers.change_booking,
        tag=_TAG,
        summary="Move a booking",
        description=(
            "Moves a booking to another slot or resource, until the store's deadline. When the new slot can not be "
            "booked, the booking stays as it is."
        ),
        scope=ApiScope.RESERVATIONS_WRITE,
        body=ChangeBody,
        parameters=(_BOOKING_ID, ACCEPT_LANGUAGE),
        answers=(Success(200, "The booking as it is now.", BookingAnswer),),
        own_refusals=(NotFound, BookingNotChangeable, SlotNotBookable, NoReservations),
    ),
    _step(
        "cancel",
        handlers.cancel_booking,
        "Cancel a booking",
        "Sets the slot free; after the store's deadline the booking is `late_cancelled`.",
    ),
    _step(
        "accept",
        handlers.accept_offer,
        "Accept an offer",
        "Books a slot that the waiting list keeps for the customer.",
    ),
    _step("check-in", handlers.check_in, "Check in", "Notes that the customer has come."),
    _step("complete", handlers.complete_booking, "Complete a booking", "Notes that the service is done."),
    _step(
        "no-show",
        handlers.note_no_show,
        "Note a no-show",
        "Notes, after the beginning, that nobody came; it counts towards the store's rule.",
    ),
    Route(
        method="GET",
        path="/v1/customers/{customer_id}/reservations",
        handler=handlers.list_bookings_of_customer,
        tag=_TAG,
        summary="List a customer's bookings",
        description="The customer's latest 50 bookings, the last to begin first, at the stores that the key is for.",
        scope=ApiScope.RESERVATIONS_READ,
        parameters=(CUSTOMER_ID, ACCEPT_LANGUAGE),
        answers=(Success(200, "The bookings.", BookingsAnswer),),
        own_refusals=(NotFound,),
    ),
    Route(
        method="GET",
        path="/v1/calendars/{token}.ics",
        handler=handlers.show_calendar,
        tag=_TAG,
        summary="A calendar for staff",
        description=(
            "The bookings of a store, or of one of its resources, as iCalendar (RFC 5545), for the calendar on a "
            "phone or desk. The console gives the address out and revokes it. It names services and resources, and "
            "no customer."
        ),
        public="The address itself is the secret, because calendar programs send no keys; it can be revoked.",
        parameters=(_TOKEN,),
        answers=(Success(200, "The calendar.", media_type="text/calendar"),),
        own_refusals=(NotFound,),
    ),
)

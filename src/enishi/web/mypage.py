"""The member's own page: log-in by one-time code, card, history, and why each point is there."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, Field

from enishi import access
from enishi.kit.errors import Refusal
from enishi.web import member_login, reading
from enishi.web.declare import MEMBER_COOKIE, Conn, Language, Use, member, public
from enishi.web.session import set_session_cookie
from enishi.web.shapes import BalanceShape, Body, Explanation, PurchaseDetail, Shape, TimelineShape
from enishi.web.standing import StandingShape, read_standing

router = APIRouter(prefix="/api/my", tags=["my"])

Me = Annotated[UUID, member()]
Contact = Annotated[str, Field(min_length=1, max_length=256)]


class CodeRequest(Body):
    """A phone number or e-mail address, in any spelling."""

    value: Contact


class CodeSent(Shape):
    """Always the same answer, whether or not a member has this contact."""

    expires_in_seconds: int
    sent_to: str


class CodeEntry(Body):
    """The contact and the code that was sent to it."""

    value: Contact
    code: Annotated[str, Field(min_length=1, max_length=32)]


class SessionOpened(Shape):
    """The cookie is set."""

    ok: Literal[True] = True


class Card(Shape):
    """The member card. ``card_number`` is null for a member without a card."""

    name: str
    card_number: str | None
    joined_at: AwareDatetime
    balance: BalanceShape
    standing: StandingShape
    invented: bool


@router.post("/codes", status_code=202)
def request_code(
    body: CodeRequest,
    request: Request,
    *,
    _anyone: Annotated[None, public("a member proves who they are with the code")],
    conn: Conn,
    use: Use,
    language: Language,
) -> CodeSent:
    """Send a one-time code: 422 when it is neither a phone number nor an e-mail address, 429 ``too-many-codes``."""
    sent_to = member_login.request_code(conn, use, body.value, address=client_address(request), language=language)
    return CodeSent(expires_in_seconds=int(access.CODE_LIFETIME.total_seconds()), sent_to=sent_to)


@router.post("/session")
def open_session(
    body: CodeEntry,
    request: Request,
    response: Response,
    *,
    _anyone: Annotated[None, public("a member proves who they are with the code")],
    conn: Conn,
    use: Use,
) -> SessionOpened:
    """Start a member's session: 401 ``code-wrong``."""
    outcome = member_login.open_session(conn, use, body.value, body.code, replaces=request.cookies.get(MEMBER_COOKIE))
    if isinstance(outcome, Refusal):
        # The try is used up, whatever the answer.
        conn.commit()
        raise outcome
    set_session_cookie(request, response, MEMBER_COOKIE, outcome.session, use)
    return SessionOpened()


@router.delete("/session", status_code=204)
def close_session(
    request: Request,
    response: Response,
    *,
    _anyone: Annotated[None, public("ends whatever session the cookie names")],
    conn: Conn,
    use: Use,
) -> None:
    """End the session, if there is one."""
    access.close_member_session(conn, request.cookies.get(MEMBER_COOKIE, ""), now=use.clock())
    response.delete_cookie(MEMBER_COOKIE, path="/")


@router.get("/card")
def read_card(customer_id: Me, conn: Conn, use: Use, language: Language) -> Card:
    """The member's card and points."""
    customer = reading.read_customer(conn, use, customer_id, stores=None, masked=False)
    cards = [identifier.value for identifier in customer.identifiers if identifier.kind == "card"]
    return Card(
        name=customer.name,
        card_number=cards[-1] if cards else None,
        joined_at=customer.joined_at,
        balance=customer.balance,
        standing=read_standing(conn, use, customer_id, reading.make_view(conn, language), None),
        invented=customer.invented,
    )


@router.get("/history")
def read_history(
    customer_id: Me,
    *,
    conn: Conn,
    use: Use,
    language: Language,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> TimelineShape:
    """The member's receipts and points, newest first."""
    return reading.read_timeline(conn, use, reading.TimelineRequest(customer_id, cursor, limit, "all", None, language))


@router.get("/purchases/{purchase_id}")
def read_purchase(purchase_id: UUID, customer_id: Me, conn: Conn, language: Language) -> PurchaseDetail:
    """One of the member's own receipts; 404 for anybody else's."""
    return reading.read_purchase(conn, purchase_id, reading.Reader(None, customer_id, language))


@router.get("/entries/{entry_id}/explanation")
def explain_entry(entry_id: str, customer_id: Me, conn: Conn, use: Use, language: Language) -> Explanation:
    """Why one of the member's own entries has the points it has; 404 for anybody else's."""
    return reading.explain_entry(conn, use, entry_id, reading.Reader(None, customer_id, language))


def client_address(request: Request) -> str:
    """The network address that the request came from."""
    return request.client.host if request.client else ""

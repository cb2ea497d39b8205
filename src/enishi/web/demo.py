"""What only the demo has: its log-ins in the open, and the outbox that shows what would have been sent."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from psycopg import Connection
from pydantic import AwareDatetime

from enishi import access, customers, messaging
from enishi.customers import Identifier, IdentifierKind
from enishi.kit.errors import NotFound
from enishi.web.declare import Conn, Resources, Use, public
from enishi.web.masking import mask_identifier
from enishi.web.shapes import Shape

router = APIRouter(prefix="/api/demo", tags=["demo"])

MESSAGES_SHOWN = 50


class DemoLoginShape(Shape):
    """A log-in of the demo, with the face it is for. A member has no password: the code is in the outbox."""

    login: str
    password: str
    role: str
    face: str


class DemoPage(Shape):
    """That this is the demo, and how to get in."""

    demo: Literal[True] = True
    logins: list[DemoLoginShape]
    outbox_url: str


class OutboxMessage(Shape):
    """A message that a real installation would have sent; the recipient is masked."""

    message_id: UUID
    channel: Literal["sms", "email"]
    to: str
    body: str
    at: AwareDatetime


class Outbox(Shape):
    """The newest messages, newest first."""

    messages: list[OutboxMessage]


Everyone = Annotated[None, public("exists in the demo only, whose people are invented")]


@router.get("")
def read_demo(_anyone: Everyone, conn: Conn, use: Use) -> DemoPage:
    """The demo's log-ins; 404 anywhere else."""
    _require_demo(use)
    operators = [
        DemoLoginShape(login=entry.login, password=entry.password, role=entry.role, face=entry.face)
        for entry in access.DEMO_LOGINS
    ]
    return DemoPage(logins=operators + _list_members(conn, use), outbox_url="/outbox")


@router.get("/outbox")
def read_outbox(_anyone: Everyone, conn: Conn, use: Use) -> Outbox:
    """Messages of the demo, codes included; 404 anywhere else."""
    _require_demo(use)
    return Outbox(
        messages=[
            OutboxMessage(
                message_id=message.message_id,
                channel=message.channel.value,
                to=mask_identifier("phone" if message.channel == messaging.MessageChannel.SMS else "email", message.to),
                body=message.body,
                at=message.queued_at,
            )
            for message in messaging.list_recent(conn, use.context.keyring, limit=MESSAGES_SHOWN)
        ]
    )


def _require_demo(use: Use) -> None:
    if not use.settings.demo:
        raise NotFound("This exists in the demo only.")


def _list_members(conn: Connection, use: Resources) -> list[DemoLoginShape]:
    """The member whom the demo's data were made to show, once they are loaded."""
    # Imported here, because only the demo needs the engine that reads its data.
    from enishi.connectors.completejourney import SHOWN_PHONE  # noqa: PLC0415

    phone = Identifier(IdentifierKind.PHONE, SHOWN_PHONE)
    if not customers.find_by_identifiers(conn, use.context.keyring, [phone]):
        return []
    return [DemoLoginShape(login=SHOWN_PHONE, password="", role="member", face="my")]

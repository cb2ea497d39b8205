"""A member's log-in: who has this contact, a code made for it, and the message that carries it."""

from datetime import timedelta

from psycopg import Connection

from enishi import access, customers, messaging
from enishi.access import CodeWrong, Locale, MemberSession
from enishi.customers import Identifier, IdentifierKind
from enishi.kit.errors import InvalidRequest, Refusal
from enishi.messaging import MessageChannel
from enishi.web.declare import Resources
from enishi.web.masking import mask_identifier

_CHANNELS = {IdentifierKind.PHONE: MessageChannel.SMS, IdentifierKind.EMAIL: MessageChannel.EMAIL}
_KEPT_FOR = timedelta(days=1)

_TEXTS = {
    Locale.JA: "【Enishi】認証コードは {code} です。10分以内に入力してください。このコードは誰にも教えないでください。",
    Locale.EN: "[Enishi] Your code is {code}. Enter it within 10 minutes, and tell it to nobody.",
}


def request_code(conn: Connection, use: Resources, typed: str, *, address: str, language: Locale) -> str:
    """Make a code and queue its message if a member has this contact; gives the contact, masked.

    What happens is the same to look at when nobody has it. Refuses what is no phone number or e-mail address, and
    ``TooManyCodes``.
    """
    contact = read_contact(typed)
    keyring = use.context.keyring
    now = use.clock()
    matches = customers.find_by_identifiers(conn, keyring, [contact])
    made = access.request_member_code(
        conn,
        keyring,
        contact=(contact.kind.value, contact.value),
        customer_id=matches[0].customer_id if matches else None,
        address=address,
        now=now,
    )
    if made.code is not None:
        messaging.queue_message(
            conn,
            keyring,
            _CHANNELS[contact.kind],
            to=contact.value,
            body=_TEXTS[language].format(code=made.code),
            purpose="login_code",
            now=now,
            useful_until=now + _KEPT_FOR,
        )
    return mask_identifier(contact.kind.value, contact.value)


def open_session(
    conn: Connection, use: Resources, typed: str, code: str, *, replaces: str | None
) -> MemberSession | CodeWrong:
    """Open a session with the code that was sent. The refusal is returned: the try it used up is to be committed."""
    contact = read_contact(typed)
    return access.open_member_session(
        conn,
        use.context.keyring,
        contact=(contact.kind.value, contact.value),
        code=code,
        now=use.clock(),
        replaces=replaces,
    )


def read_contact(typed: str) -> Identifier:
    """The normalised phone number or e-mail address. Raises ``InvalidRequest``."""
    for guess in customers.guess_kinds(typed):
        if guess.kind in _CHANNELS:
            try:
                return customers.normalise(guess)
            except Refusal:
                break
    raise InvalidRequest(
        "This is neither a phone number nor an e-mail address.",
        field="value",
        remedy="Enter the phone number or e-mail address that you registered.",
    )

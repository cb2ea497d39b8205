"""Operators and what they may do, API keys and what they may call, members and how they prove who they are."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from enishi.kit.errors import Refusal


class Permission(StrEnum):
    """One thing an operator may do. Every page's endpoint declares the one it needs."""

    HOME_READ = "home.read"
    CUSTOMERS_READ = "customers.read"
    CUSTOMERS_READ_PERSONAL = "customers.read_personal"
    """Identifiers (phone, e-mail, card …) in full instead of masked."""
    CUSTOMERS_EXPORT = "customers.export"
    CUSTOMERS_MERGE = "customers.merge"
    """Merging two customers into one, and undoing that."""
    PURCHASES_READ = "purchases.read"
    POINTS_READ = "points.read"
    PROGRAM_READ = "program.read"
    AUDIT_READ = "audit.read"
    ACCOUNTING_READ = "accounting.read"
    ACCOUNTING_CLOSE = "accounting.close"
    """Closing months and publishing the settings of the books."""
    COUNTER_USE = "counter.use"
    CARDS_REISSUE = "cards.reissue"
    """Ending a customer's card and giving them another, at the counter."""
    POINTS_ADJUST = "points.adjust"
    """Giving and taking points by hand, within the limits of the operator's roles."""
    POINTS_APPROVE = "points.approve"
    """Deciding about adjustments that others have asked for."""
    POINTS_LIMITS = "points.limits"
    """Changing what each role may adjust, and the reasons."""
    POINTS_FREEZE = "points.freeze"
    """Freezing an account under suspicion, and setting it free."""
    POINTS_TRANSFER = "points.transfer"
    """Moving points between customers, and saying who belongs to a family."""
    PURCHASES_CLAIM = "purchases.claim"
    """Making an anonymous receipt a customer's, at the counter."""
    RANKS_READ = "ranks.read"
    RANKS_PUBLISH = "ranks.publish"
    """Publishing ladders, and evaluating all members."""
    RANKS_OVERRIDE = "ranks.override"
    """Giving a member a rank by hand, and ending that."""
    RETURNS_RECORD = "returns.record"
    """Taking goods back at the counter, and seeing beforehand what that pays back and does to points."""
    BENEFITS_READ = "benefits.read"
    BENEFITS_PUBLISH = "benefits.publish"
    """Working on the benefits of each rank, and publishing them."""
    BENEFITS_GIVE = "benefits.give"
    """Marking benefits as given at the counter, and taking a mark back within its minutes."""
    REFERRALS_READ = "referrals.read"
    REFERRALS_PUBLISH = "referrals.publish"
    """Publishing the programme of referrals."""
    REFERRALS_REVIEW = "referrals.review"
    """Deciding about referrals that were held because they look like one person or a ring."""
    REFERRALS_CLAIM = "referrals.claim"
    """Entering a new member's referral code at the counter."""
    RESERVATIONS_READ = "reservations.read"
    """Seeing a store's bookings, its calendar and its settings."""
    RESERVATIONS_WRITE = "reservations.write"
    """Booking, changing and settling for customers."""
    RESERVATIONS_SETTINGS = "reservations.settings"
    """Publishing a store's services, hours and policy, and giving out calendar addresses."""

    CAMPAIGNS_READ = "campaigns.read"
    CAMPAIGNS_WRITE = "campaigns.write"
    """Writing drafts of campaigns, and sending them to review."""
    CAMPAIGNS_REVIEW = "campaigns.review"
    """Approving what others wrote, and pausing and ending what is live."""
    DRAFTS_WRITE = "drafts.write"
    """Writing drafts of the configuration, trying them on the past, and sending them to review."""
    DRAFTS_REVIEW = "drafts.review"
    """Approving drafts that others wrote, which brings them into force, and sending them back."""


class ApiScope(StrEnum):
    """One thing a machine may call."""

    PURCHASES_WRITE = "purchases:write"
    PURCHASES_QUOTE = "purchases:quote"
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    """Registering members."""
    CUSTOMERS_MERGE = "customers:merge"
    POINTS_READ = "points:read"
    JOURNAL_READ = "journal:read"
    IDENTIFIERS_LOOKUP = "identifiers:lookup"
    CARDS_WRITE = "cards:write"
    POINTS_HOLD = "points:hold"
    POINTS_ADJUST = "points:adjust"
    POINTS_TRANSFER = "points:transfer"
    POINTS_APPROVE = "points:approve"
    """Reading and deciding adjustments that wait for approval."""
    POINTS_FREEZE = "points:freeze"
    PURCHASES_CLAIM = "purchases:claim"
    CAMPAIGNS_READ = "campaigns:read"
    BENEFITS_READ = "benefits:read"
    BENEFITS_GIVE = "benefits:give"
    REFERRALS_READ = "referrals:read"
    REFERRALS_WRITE = "referrals:write"
    RESERVATIONS_READ = "reservations:read"
    RESERVATIONS_WRITE = "reservations:write"


class Locale(StrEnum):
    """A language that every page and generated sentence has."""

    JA = "ja"
    EN = "en"


class Role(Struct, frozen=True):
    """A role that operators can hold, its names by language, and what it permits."""

    role: str
    names: Mapping[str, str]
    permissions: frozenset[str]


class HeldRole(Struct, frozen=True):
    """A role that an operator holds, and for which stores. ``store_codes`` None means all of them."""

    role: str
    names: Mapping[str, str]
    permissions: frozenset[str]
    store_codes: frozenset[str] | None


class Operator(Struct, frozen=True):
    """A person who works with the console or the counter."""

    operator_id: UUID
    login: str
    display_name: str
    locale: Locale
    roles: tuple[HeldRole, ...]

    @property
    def permissions(self) -> frozenset[str]:
        """What any of the roles permits, for whichever stores."""
        return frozenset[str]().union(*(role.permissions for role in self.roles))

    def may(self, permission: Permission) -> bool:
        """Whether any of the roles permits it."""
        return any(permission in role.permissions for role in self.roles)

    def stores_for(self, permission: Permission) -> frozenset[str] | None:
        """The stores for which it is permitted; None means all, an empty set none."""
        scopes = [role.store_codes for role in self.roles if permission in role.permissions]
        if None in scopes:
            return None
        return frozenset[str]().union(*(scope for scope in scopes if scope is not None))


class SessionToken(Struct, frozen=True):
    """A session's token as the browser keeps it, and when it ends at the latest."""

    token: str
    expires_at: datetime


class LoggedIn(Struct, frozen=True):
    """A log-in that succeeded."""

    operator: Operator
    session: SessionToken


class ApiKey(Struct, frozen=True):
    """What a presented key may do. ``store_codes`` None means all stores."""

    key_id: str
    name: str
    scopes: frozenset[str]
    store_codes: frozenset[str] | None


class KeyRecord(Struct, frozen=True):
    """A key as the operators' list shows it. The secret was shown once, when it was made."""

    key_id: str
    name: str
    scopes: tuple[str, ...]
    store_codes: tuple[str, ...] | None
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class MemberCode(Struct, frozen=True):
    """A one-time code that was made. ``code`` is None when nobody has the contact: then nothing is to be sent."""

    code: str | None
    expires_at: datetime


class MemberSession(Struct, frozen=True):
    """A member who proved who they are."""

    customer_id: UUID
    session: SessionToken


class LoginFailed(Refusal):
    """The login or the password is wrong; which of them is not said."""

    code = "login-failed"
    status = 401
    title = "Log-in failed"


class Locked(Refusal):
    """Too many failed log-ins; ``retry_after_seconds`` says how long the lock still holds."""

    code = "locked"
    status = 429
    title = "Locked"


class NotSignedIn(Refusal):
    """No session, or none that exists."""

    code = "not-signed-in"
    status = 401
    title = "Not signed in"


class SessionExpired(Refusal):
    """The session was idle for too long, or has reached its greatest age."""

    code = "session-expired"
    status = 401
    title = "Session expired"


class PermissionDenied(Refusal):
    """The operator is known and may not do this."""

    code = "permission-denied"
    status = 403
    title = "Permission denied"


class CodeWrong(Refusal):
    """The one-time code is wrong, used, expired or tried too often; which of them is not said."""

    code = "code-wrong"
    status = 401
    title = "Wrong code"


class TooManyCodes(Refusal):
    """Too many codes were asked for; ``retry_after_seconds`` says when the next may be."""

    code = "too-many-codes"
    status = 429
    title = "Too many codes"


class WeakPassword(Refusal):
    """The password breaks the rules for passwords."""

    code = "weak-password"
    status = 422
    title = "Weak password"


class LoginTaken(Refusal):
    """Another operator has this login."""

    code = "login-taken"
    status = 409
    title = "Login taken"


class UnknownRole(Refusal):
    """No role has this name."""

    code = "unknown-role"
    status = 422
    title = "Unknown role"


class UnknownScope(Refusal):
    """No API scope has this name."""

    code = "unknown-scope"
    status = 422
    title = "Unknown scope"

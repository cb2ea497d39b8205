"""Every path of the gateway, as data: what it takes, what it answers, what it refuses, and who may call it.

The router, the OpenAPI document and the page that people read are all made from ``ROUTES``; a path that is not here
does not exist. Each route names the scope that its caller's key must have, or says why it is public.
"""

from __future__ import annotations

from typing import Final

from enishi.access import ApiScope
from enishi.customers import InvalidIdentifier
from enishi.flows import CardEnded, HoldOfAnother, HoldTooSmall, NoCustomerForPoints, UnprocessablePurchase
from enishi.gateway import customers, documents, operations, purchases
from enishi.gateway.benefits import BENEFIT_ROUTES
from enishi.gateway.campaigns import CAMPAIGN_ROUTES
from enishi.gateway.card_routes import CARD_ROUTES
from enishi.gateway.holds import HOLD_ROUTES
from enishi.gateway.merges import MERGE_ROUTES
from enishi.gateway.model import (
    BatchAnswer,
    BatchBody,
    CustomerAnswer,
    CustomerPointsAnswer,
    ExplanationAnswer,
    HealthAnswer,
    IdempotencyKeyMismatch,
    JournalAnswer,
    LookupAnswer,
    LookupBody,
    PointsAtAnswer,
    PurchaseAnswer,
    QuoteAnswer,
    StoreNotAllowed,
)
from enishi.gateway.orders import ORDER_ROUTES
from enishi.gateway.oversight import OVERSIGHT_ROUTES
from enishi.gateway.parameters import (
    ACCEPT_LANGUAGE,
    CURSOR,
    CUSTOMER_ID,
    ENTRY_ID,
    IDEMPOTENCY_KEY,
    INSTANT,
    LIMIT,
)
from enishi.gateway.points import POINT_ROUTES
from enishi.gateway.ranks import RANK_ROUTES
from enishi.gateway.referrals import REFERRAL_ROUTES
from enishi.gateway.registrations import REGISTRATION_ROUTES
from enishi.gateway.reservation_routes import RESERVATION_ROUTES
from enishi.gateway.returns import RETURN_ROUTES
from enishi.gateway.route import Route, Success
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.ledger import AccountFrozen, HoldLapsed, HoldSettled, InsufficientPoints, OfflineCapExceeded
from enishi.purchases import IdempotencyConflict, InvalidPurchase, Purchase

_PURCHASE_REFUSALS: Final = (
    StoreNotAllowed, InsufficientPoints, OfflineCapExceeded, AccountFrozen, NoCustomerForPoints, CardEnded,
    InvalidPurchase, InvalidIdentifier, NotFound, HoldOfAnother, HoldTooSmall, HoldLapsed, HoldSettled,
)  # fmt: skip


ROUTES: Final[tuple[Route, ...]] = (
    Route(
        method="POST",
        path="/v1/purchases",
        handler=purchases.record_purchase,
        tag="Purchases",
        summary="Record a purchase",
        description=(
            "Records a receipt of any channel and answers once it is on disk: points earned and why, points used, and "
            "the balance. `(source, external_id)` is the idempotency key: sending the same body again gives the first "
            "answer with `replayed: true` and changes nothing, so after a timeout or a 503, just send it again. "
            "Another body under a known key is refused and the differing fields are named. No identifier means "
            "an anonymous sale, which is kept and can be claimed later with its receipt number; so is a sale with "
            "nothing but a card that has ended, with the notice `card-ended`."
        ),
        scope=ApiScope.PURCHASES_WRITE,
        body=Purchase,
        parameters=(IDEMPOTENCY_KEY, ACCEPT_LANGUAGE),
        answers=(
            Success(201, "Recorded.", PurchaseAnswer),
            Success(200, "Recorded before; this is the first answer again.", PurchaseAnswer),
        ),
        own_refusals=(*_PURCHASE_REFUSALS, IdempotencyConflict, IdempotencyKeyMismatch, UnprocessablePurchase),
    ),
    Route(
        method="POST",
        path="/v1/purchases:batch",
        handler=purchases.record_batch,
        tag="Purchases",
        summary="Record up to 1,000 purchases",
        description=(
            "Records each purchase on its own, by the same rules as a single one, and answers one outcome each in the "
            "order sent. A purchase that is refused does not touch the others; its `problem` is what a single call "
            "would have answered, with fields named within that purchase. For terminals that were offline, and for "
            "shops that report by the hour."
        ),
        scope=ApiScope.PURCHASES_WRITE,
        body=BatchBody,
        body_limit=purchases.BATCH_BODY_LIMIT,
        parameters=(ACCEPT_LANGUAGE,),
        answers=(Success(200, "One outcome for each purchase, in the order sent.", BatchAnswer),),
    ),
    Route(
        method="POST",
        path="/v1/purchases:quote",
        handler=purchases.quote_purchase,
        tag="Purchases",
        summary="Say what a purchase would earn",
        description=(
            "Answers what recording this purchase now would earn, use and leave, by the very code that records it. "
            "Nothing is written: no customer, no store, no points."
        ),
        scope=ApiScope.PURCHASES_QUOTE,
        body=Purchase,
        parameters=(ACCEPT_LANGUAGE,),
        answers=(Success(200, "What it would do.", QuoteAnswer),),
        own_refusals=_PURCHASE_REFUSALS,
    ),
    *RETURN_ROUTES,
    *ORDER_ROUTES,
    *HOLD_ROUTES,
    *RESERVATION_ROUTES,
    *POINT_ROUTES,
    *OVERSIGHT_ROUTES,
    Route(
        method="POST",
        path="/v1/identifiers:lookup",
        handler=customers.look_up_identifiers,
        tag="Customers",
        summary="Find customers by identifiers",
        description=(
            "Finds who holds a card, phone number, e-mail address, LINE user ID, app ID or shop customer ID, in any "
            "spelling. A POST, so that personal data stays out of URLs and logs. When the identifiers belong to "
            "several people, each is listed. A card that has ended matches nobody and is told of in `ended`."
        ),
        scope=ApiScope.IDENTIFIERS_LOOKUP,
        body=LookupBody,
        answers=(Success(200, "The customers found; possibly none.", LookupAnswer),),
        own_refusals=(InvalidIdentifier,),
    ),
    *REGISTRATION_ROUTES,
    Route(
        method="GET",
        path="/v1/customers/{customer_id}",
        handler=customers.show_customer,
        tag="Customers",
        summary="Show a customer",
        description="The customer as a till or a shop may know them: identifiers are masked and no name is given.",
        scope=ApiScope.CUSTOMERS_READ,
        parameters=(CUSTOMER_ID,),
        answers=(Success(200, "The customer.", CustomerAnswer),),
        own_refusals=(NotFound,),
    ),
    *CARD_ROUTES,
    *MERGE_ROUTES,
    *BENEFIT_ROUTES,
    *RANK_ROUTES,
    *CAMPAIGN_ROUTES,
    *REFERRAL_ROUTES,
    Route(
        method="GET",
        path="/v1/customers/{customer_id}/points",
        handler=customers.show_points,
        tag="Points",
        summary="Show a customer's points",
        description=(
            "What can be spent now, by kind and by lot, soonest to expire first. A lot is valid through the end of its "
            "last day in the programme's time zone. `pending` is what can not be used yet, and from when on."
        ),
        scope=ApiScope.POINTS_READ,
        parameters=(CUSTOMER_ID, ACCEPT_LANGUAGE),
        answers=(Success(200, "The points.", CustomerPointsAnswer),),
        own_refusals=(NotFound,),
    ),
    Route(
        method="GET",
        path="/v1/customers/{customer_id}/points/as-of",
        handler=customers.show_points_at,
        tag="Points",
        summary="Show a customer's points at a past instant",
        description="From the journal, by what was recorded by then: what would have been answered then.",
        scope=ApiScope.POINTS_READ,
        parameters=(CUSTOMER_ID, INSTANT),
        answers=(Success(200, "The points.", PointsAtAnswer),),
        own_refusals=(NotFound, InvalidRequest),
    ),
    Route(
        method="GET",
        path="/v1/customers/{customer_id}/journal",
        handler=customers.list_journal,
        tag="Points",
        summary="List a customer's journal",
        description=(
            "Every movement of the customer's points, newest first. A key that is bound to stores sees the entries of "
            "those stores; a page may then hold fewer entries than `limit` and still have a `next_cursor`."
        ),
        scope=ApiScope.JOURNAL_READ,
        parameters=(CUSTOMER_ID, CURSOR, LIMIT),
        answers=(Success(200, "A page of the journal.", JournalAnswer),),
        own_refusals=(NotFound, InvalidRequest),
    ),
    Route(
        method="GET",
        path="/v1/journal/{entry_id}/explanation",
        handler=customers.explain_entry,
        tag="Points",
        summary="Explain an entry",
        description="Why the entry is there: one sentence, the arithmetic step by step, and the version in force.",
        scope=ApiScope.JOURNAL_READ,
        parameters=(ENTRY_ID, ACCEPT_LANGUAGE),
        answers=(Success(200, "The explanation.", ExplanationAnswer),),
        own_refusals=(NotFound,),
    ),
    Route(
        method="GET",
        path="/v1/openapi.json",
        handler=documents.show_openapi,
        tag="Service",
        summary="This description",
        description="The OpenAPI 3.1 document that this page is made from.",
        public="A description of the interface, the same for everyone.",
        answers=(Success(200, "The document.", media_type="application/json"),),
        uses_database=False,
    ),
    Route(
        method="GET",
        path="/v1/docs",
        handler=documents.show_docs,
        tag="Service",
        summary="This description, to read",
        description="The same, as a page.",
        public="A description of the interface, the same for everyone.",
        answers=(Success(200, "The page.", media_type="text/html"),),
        uses_database=False,
    ),
    Route(
        method="GET",
        path="/healthz",
        handler=operations.show_health,
        tag="Service",
        summary="Whether the process is up",
        description="Answers as long as the process runs, also while it drains.",
        public="Probed by whatever keeps the process running; says nothing but that it is up.",
        answers=(Success(200, "It is up.", HealthAnswer),),
        uses_database=False,
    ),
    Route(
        method="GET",
        path="/readyz",
        handler=operations.show_readiness,
        tag="Service",
        summary="Whether requests are welcome",
        description="200 when the database answers and the process is not stopping, else 503.",
        public="Probed by load balancers; says nothing but whether to send requests here.",
        answers=(Success(200, "Requests are welcome.", HealthAnswer),),
    ),
    Route(
        method="GET",
        path="/metrics",
        handler=operations.show_metrics,
        tag="Service",
        summary="Metrics for Prometheus",
        description="Counts and times in the Prometheus text format. Block it at the proxy if figures are not for all.",
        public="Scraped from inside the deployment; holds sums only, nothing of any person or receipt.",
        answers=(Success(200, "The metrics.", media_type="text/plain"),),
        uses_database=False,
    ),
)

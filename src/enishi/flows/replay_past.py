"""The past decided again by other rules, purchase by purchase in the order of time, and what it would have come to.

What came back is settled when it came back, what was pending becomes points when it is due, and ranks move when they
would have. What does not depend on the rules (adjustments, gifts between members) is not replayed. Nothing is written,
nothing is left to chance: the same rules over the same history give the same figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from enishi import ledger, program, purchases, ranks
from enishi.accounting import Sale
from enishi.flows.backtest_model import Sums
from enishi.flows.past_pages import Person, Receipt
from enishi.flows.past_rules import PastRules, codes_of, open_world
from enishi.flows.pricing import DecidedPurchase, PreparedPurchase, bought_on, decide
from enishi.flows.purchase_world import PurchaseWorld
from enishi.flows.replay_books import ReplayedBooks
from enishi.flows.replay_kept import KeptReceipt, keep_receipt
from enishi.flows.replay_pending import DueDesk
from enishi.flows.replay_ranks import RankReplay
from enishi.flows.replay_thresholds import ThresholdDesk
from enishi.flows.return_pricing import settings_of
from enishi.flows.winding_down import ending_of
from enishi.ledger import Account, Ending, Posting
from enishi.purchases import Purchase, StoredPurchase

_YEAR = timedelta(days=365)


class Replay:
    """One set of rules on its way through history; all figures are those of the purchases since ``since``."""

    def __init__(
        self, rules: PastRules, since: datetime, now: datetime, books: ReplayedBooks, returners: frozenset[UUID]
    ) -> None:
        """Begin with nobody; purchases before ``since`` count for ranks and balances and not for the figures."""
        self.rules = rules
        self.now = now
        self.books = books
        self.world: PurchaseWorld = open_world(rules, now)
        self.total = Sums()
        self.months: dict[date, Sums] = {}
        self.stores: dict[str, Sums] = {}
        self.tiers: dict[str, Sums] = {}
        self.campaigns: dict[str, Sums] = {}
        self.given: dict[UUID, int] = {}
        """Points of the last year, by member."""
        self.kept: dict[UUID, KeptReceipt] = {}
        """Receipts of which something comes back, or becomes points later."""
        self.refused = 0
        self.returners = returners
        self.stands: dict[tuple[UUID, date], int] = {}
        """Receipts of a day of which anything is left, of members of whom something comes back."""
        self.codes = codes_of(rules.schedule)
        self._since = since
        self._last_year = now - _YEAR
        self._endings: dict[int, Ending | None] = {}
        self._joined_on: dict[UUID, date] = {}
        self._segments: dict[UUID, frozenset[str]] = {}
        self._birth_months: dict[UUID, int] = {}
        self._zone = settings_of(rules.versions[-1] if rules.versions else None).zone_info
        if self.world.campaigns is not None:
            self.world.campaigns.joined_on = self._joined_on
            self.world.campaigns.segments = self._segments
            self.world.campaigns.birth_months = self._birth_months
        self.ranks = RankReplay(rules, self.world, self._zone, now)
        self.thresholds = ThresholdDesk(rules.schedule)
        self.due = DueDesk()

    def meet(self, person: Person) -> None:
        """Make a customer known, before their first purchase is decided."""
        customer_id = person.customer_id
        self.world.accounts[customer_id] = Account(customer_id, 0, 0, ())
        self.ranks.meet(customer_id, ranks.Person(person.joined_on, person.held))
        self._joined_on[customer_id] = person.joined_on
        if person.segments:
            self._segments[customer_id] = person.segments
        if person.birth_month is not None:
            self._birth_months[customer_id] = person.birth_month

    def advance(self, until: datetime) -> None:
        """Let everything happen that is due by an instant, in the order of time."""
        while True:
            rank_at, due_at = self.ranks.next_at, self.due.next_at
            if rank_at is not None and rank_at <= until and (due_at is None or rank_at <= due_at):
                for customer_id, postings in self.ranks.happen():
                    self.give_rewards(customer_id, postings, rank_at)
            elif due_at is not None and due_at <= until:
                self.due.confirm_next(self)
            else:
                return

    def decide(self, one: Receipt) -> None:
        """Decide one purchase of a member."""
        stored, world = one.stored, self.world
        customer_id = stored.customer_id
        if customer_id is None:
            return
        self.advance(stored.occurred_at)
        prepared = prepare(stored, purchases.as_sent(stored))
        account = world.accounts[customer_id]
        version = program.version_at(world.versions, stored.occurred_at)
        on = program.day_in_zone(
            prepared.purchase.occurred_at, settings_of(version).zone_info if version else self._zone
        )
        account.ending = self.ending_of(stored.occurred_at)
        if version is not None:
            self.ranks.by_settings(version.settings)
        if world.campaigns is not None and one.is_new:
            world.campaigns.newcomers.add(customer_id)
        wanted = prepared.purchase.points_to_use
        there = ledger.balance_on(account.lots, on, account.owed, account.ending).available if wanted else 0
        if wanted > there:
            purchase = msgspec.structs.replace(prepared.purchase, points_to_use=there)
            prepared = msgspec.structs.replace(prepared, purchase=purchase)
        tier = self.ranks.tier_at(customer_id, stored.occurred_at)
        counts = stored.occurred_at >= self._since
        looked = None
        if counts and self.thresholds.asks:
            looked = self.thresholds.look(prepared, customer_id, version, world, on)
        decided = decide(prepared, customer_id, world)
        self._note(one, decided, tier, counts=counts)
        if counts:
            sums = self._sums_of(decided, unaffordable=max(0, wanted - there))
            self.add(sums, decided.on, prepared.purchase.store, tier)
            self._count_campaigns(decided)
            if looked is not None:
                self.thresholds.count(looked, decided)
            if sums.points and stored.occurred_at >= self._last_year:
                self.given[customer_id] = self.given.get(customer_id, 0) + sums.points
        if world.campaigns is not None:
            world.campaigns.claims.clear()

    def _note(self, one: Receipt, decided: DecidedPurchase, tier: str, *, counts: bool) -> None:
        """Keep what later has to be known of a purchase, in the books and besides."""
        prepared, customer_id = decided.prepared, decided.customer_id
        if customer_id is None:
            return
        keep = one.comes_back or bool(decided.pending)
        bought = self.ranks.settled(
            customer_id, lambda: bought_on(prepared, decided.on, decided.points_earned), keep=keep
        )
        self.books.note(decided.reinstated)
        self.books.note(decided.postings)
        self.books.note(decided.rewards)
        if decided.points_earned or decided.pending:
            total, used = prepared.total_yen, prepared.purchase.points_to_use
            net = prepared.net_yen * (total - min(used, total)) // total if total else 0
            sale = Sale(net, decided.points_earned)
            self.books.note_sale(prepared.purchase_id, sale, waits=bool(decided.pending))
        if customer_id in self.returners:
            slot = customer_id, decided.on
            self.stands[slot] = self.stands.get(slot, 0) + 1
        if keep:
            claims = () if self.world.campaigns is None else tuple(self.world.campaigns.claims)
            kept = keep_receipt(one.stored, decided, claims, bought, tier=tier, counts=counts)
            self.kept[prepared.purchase_id] = kept
            self.due.expect(kept, one.events, self.world.versions)

    def _sums_of(self, decided: DecidedPurchase, *, unaffordable: int) -> Sums:
        base = campaign = 0
        for award in decided.awards:
            if award.campaign is None:
                base += award.points
            else:
                campaign += award.points
        prepared = decided.prepared
        return Sums(
            receipts=1,
            sales_yen=prepared.total_yen,
            base_points=base + sum([one.points for one in decided.pending]),
            campaign_points=campaign + sum([one.points for one in decided.reinstated]),
            rank_points=sum([one.points for one in decided.rewards]),
            used_points=prepared.purchase.points_to_use,
            unaffordable_points=unaffordable,
        )

    def _count_campaigns(self, decided: DecidedPurchase) -> None:
        for award in decided.awards:
            if award.campaign is not None:
                own = Sums(1, decided.prepared.total_yen, 0, award.points)
                self.campaigns.setdefault(self.codes[award.campaign.campaign_id], Sums()).add(own)

    def add(self, sums: Sums, on: date, store: str, tier: str) -> None:
        """Add figures to all tables but that of campaigns."""
        self.total.add(sums)
        self.months.setdefault(on.replace(day=1), Sums()).add(sums)
        self.stores.setdefault(store, Sums()).add(sums)
        self.tiers.setdefault(tier, Sums()).add(sums)

    def give_rewards(self, customer_id: UUID, postings: Iterable[Posting], at: datetime, store: str = "") -> None:
        """Count points that a rank gave without a purchase."""
        for one in postings:
            self.books.note((one,))
            if at >= self._since:
                tier = self.ranks.tier_at(customer_id, at)
                self.add(Sums(rank_points=one.points), at.astimezone(self._zone).date(), store, tier)
                if at >= self._last_year:
                    self.given[customer_id] = self.given.get(customer_id, 0) + one.points

    def is_counted(self, at: datetime) -> bool:
        """Whether what happens at an instant is among the figures."""
        return at >= self._since

    def take_from_given(self, customer_id: UUID, points: int, bought_at: datetime) -> None:
        """Take off the last year's points what goods had earned that came back."""
        if points and bought_at >= max(self._last_year, self._since):
            self.given[customer_id] = self.given.get(customer_id, 0) - points

    def ending_of(self, at: datetime) -> Ending | None:
        """The last days of the kinds that wind down, by the programme in force at an instant."""
        version = program.version_at(self.world.versions, at)
        if version is None:
            return None
        if version.version not in self._endings:
            self._endings[version.version] = ending_of(version.settings)
        return self._endings[version.version]

    def outstanding(self, on: date) -> int:
        """Points that can be used on a day, of all members."""
        ending = self.ending_of(self.now)
        return sum(
            [ledger.balance_on(one.lots, on, one.owed, ending).available for one in self.world.accounts.values()]
        )

    def zone_day(self, at: datetime) -> date:
        """The day of an instant in the programme's zone."""
        return program.day_in_zone(at, self._zone)


def prepare(stored: StoredPurchase, purchase: Purchase) -> PreparedPurchase:
    """The purchase as deciding takes it; what only recording needs is left empty."""
    return PreparedPurchase(
        position=0,
        purchase=purchase,
        occurred_at=stored.occurred_at,
        key=purchases.key_of(purchase),
        purchase_id=stored.purchase_id,
        identifiers=(),
        lookups=(),
        lines=b"",
        fingerprint=b"",
        total_yen=purchases.total_yen(purchase),
        net_yen=purchases.net_yen(purchase),
    )

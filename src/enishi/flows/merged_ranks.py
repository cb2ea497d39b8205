"""Ranks of two customers who become one, or two again: months together, the better rank, a rise by the sum."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from enishi import ledger, purchases, ranks
from enishi.flows.context import PurchaseContext
from enishi.flows.merge_model import MergeOrder, Moved
from enishi.flows.rank_changes import open_ranks
from enishi.flows.rank_desk import RankDesk
from enishi.ledger import Account
from enishi.ranks import Cause, Member, Progress, RankOccasion, Standing


class FoldedRanks(Struct, frozen=True):
    """How both stood before, and the tiers of each before and after; empty names without a ladder."""

    survivor_before: Standing | None = None
    absorbed_before: Standing | None = None
    survivor_tiers: tuple[str, str] = ("", "")
    absorbed_tiers: tuple[str, str] = ("", "")


def fold_ranks(
    conn: Connection,
    context: PurchaseContext,
    accounts: Mapping[UUID, Account],
    order: MergeOrder,
    *,
    actor: str,
    now: datetime,
) -> FoldedRanks:
    """Count the months of both for the survivor, who takes up the better rank, and rises where the sum has it."""
    survivor_id, absorbed_id = order.survivor_id, order.absorbed_id
    ranks.move_progress(conn, absorbed_id, survivor_id)
    # Figures of whoever is asked for by identifiers are those of the survivor: they have gone over already.
    desk = open_ranks(conn, context, [survivor_id, absorbed_id], now)
    if desk is None:
        standings = ranks.ask_standings(conn, [survivor_id, absorbed_id])()
        return FoldedRanks(standings.get(survivor_id), standings.get(absorbed_id))
    before = desk.standings.get(survivor_id), desk.standings.get(absorbed_id)
    if before[1] is not None:
        occasion = RankOccasion(desk.today, now, now, Cause.MERGE, absorbed_id, actor, order.reason.strip())
        move = ranks.fold(
            desk.ladder, Member(survivor_id, before[0]), before[1], occasion, _basis(desk, survivor_id, before[1])
        )
        if move is not None:
            desk.carry_out(move, accounts[survivor_id], "")
        left = ranks.leave(
            desk.ladder, before[1], _towards(occasion, survivor_id), _basis(desk, absorbed_id, before[1])
        )
        if left is not None:
            desk.carry_out(left, accounts[absorbed_id], "")
    survivor = accounts[survivor_id]
    rise = RankOccasion(desk.today, now, now, Cause.MERGE, None, actor, order.reason.strip())
    _, postings = desk.look(survivor, rise, "")
    ledger.write_postings(conn, [survivor] if postings else [], postings, now)
    desk.write(conn)
    return FoldedRanks(
        *before,
        (_tier(desk, before[0]), _tier(desk, desk.standings.get(survivor_id))),
        (_tier(desk, before[1]), _tier(desk, desk.standings.get(absorbed_id))),
    )


def part_ranks(
    conn: Connection,
    context: PurchaseContext,
    accounts: Mapping[UUID, Account],
    moved: Moved,
    pair: tuple[UUID, UUID],
    *,
    actor: str,
    reason: str,
    now: datetime,
) -> FoldedRanks:
    """Count the months of each side anew from its own receipts; each takes up its rank again, or what these give."""
    zone = context.zone_at(conn, now)
    for customer_id in pair:
        ranks.replace_progress(conn, customer_id, _months(conn, customer_id, zone))
    desk = open_ranks(conn, context, list(pair), now)
    if desk is None:
        standings = ranks.ask_standings(conn, pair)()
        return FoldedRanks(standings.get(pair[0]), standings.get(pair[1]))
    before = desk.standings.get(pair[0]), desk.standings.get(pair[1])
    sides = (pair[0], moved.survivor_rank, moved.absorbed_rank), (pair[1], moved.absorbed_rank, moved.survivor_rank)
    for customer_id, own, other in sides:
        answers = desk.figures.answers(customer_id, desk.today)
        qualified = ranks.attained(desk.ladder.plan, answers)
        occasion = RankOccasion(desk.today, now, now, Cause.MERGE, None, actor, reason)
        held = desk.standings.get(customer_id)
        basis = _basis(desk, customer_id, own or held)
        member = Member(customer_id, held)
        move = ranks.take_up_again(desk.ladder, member, own, other, qualified, occasion, basis)
        if move is not None:
            desk.carry_out(move, accounts[customer_id], "")
    desk.write(conn)
    return FoldedRanks(
        *before,
        (_tier(desk, before[0]), _tier(desk, desk.standings.get(pair[0]))),
        (_tier(desk, before[1]), _tier(desk, desk.standings.get(pair[1]))),
    )


def _months(conn: Connection, customer_id: UUID, zone: str) -> list[Progress]:
    bought = purchases.select_months(conn, customer_id, zone)
    later = ledger.select_confirmed_months(conn, customer_id)
    found: list[Progress] = []
    for month in sorted(bought.keys() | later.keys()):
        yen, net, count, points, days = bought.get(month, (0, 0, 0, 0, 0))
        found.append(Progress(customer_id, month, yen, count, points + later.get(month, 0), net, days))
    return found


def _towards(occasion: RankOccasion, survivor_id: UUID) -> RankOccasion:
    return RankOccasion(
        occasion.on,
        occasion.at,
        occasion.recorded_at,
        occasion.cause,
        survivor_id,
        occasion.actor,
        occasion.reason,
    )


def _basis(desk: RankDesk, customer_id: UUID, standing: Standing | None) -> ranks.ChangeBasis:
    """What the figures of a customer are for the tier that a standing names."""
    level = ranks.level_in(desk.ladder, standing)
    answers = desk.figures.answers(customer_id, desk.today)
    return ranks.basis_of(desk.ladder, level, answers, desk.today, desk.figures.joined_on(customer_id))


def _tier(desk: RankDesk, standing: Standing | None) -> str:
    return desk.ladder.tiers[ranks.level_in(desk.ladder, standing)].code

"""Points on their way from one account to another: by a transfer, by a merge of two customers, or by its undoing.

Pure, and no point comes or goes on the way: a parcel is worth what its entry says.
"""

from __future__ import annotations

from collections import deque

from enishi.accounting.standing import Origin, Piece, Pieces, Standing, Use, append, take
from enishi.ledger import AccountingEntry


class Parcel:
    """Points on their way; of a merge, also what is owed and what was used."""

    __slots__ = ("debts", "entry", "pieces", "uses")

    def __init__(self) -> None:
        self.pieces: Pieces = deque()
        self.debts: Pieces = deque()
        self.uses: list[Use] = []
        self.entry: AccountingEntry | None = None

    @property
    def points(self) -> int:
        """The points on their way, whatever is owed besides."""
        return sum(piece.points for piece in self.pieces)

    def send_off(self, standing: Standing, entry: AccountingEntry, pulled: Pieces, gained: int, origin: Origin) -> None:
        """Put what leaves with a merge, or its undo, on its way. ``pulled`` keeps the ``gained`` points that stay.

        Where more points stay than the lots had, or more is owed than before, points and a debt of one origin come to
        be, one on each side: together they are nothing, so no cohort changes.
        """
        self.entry = entry
        spare = sum(piece.points for piece in pulled) - gained
        if spare >= 0:
            self.pieces.extend(take(pulled, spare))
        else:
            append(pulled, Piece(origin, -spare))
            append(self.debts, Piece(origin, -spare))
        owed = -spare - entry.points
        if owed > 0:
            append(standing.owed, Piece(origin, owed))
            append(self.pieces, Piece(origin, owed))
        else:
            self.debts.extend(take(standing.owed, -owed))
        self.uses, standing.uses, standing.uses_whole = standing.uses, [], True

    def take_in(self, standing: Standing, pulled: Pieces, gained: int, origin: Origin) -> int:
        """Take in what came with a merge, or its undo, to ``pulled``; returns how much of it pays what is owed."""
        pulled.extend(self.pieces)
        standing.owed.extend(self.debts)
        standing.uses, standing.uses_whole = [*standing.uses, *self.uses], True
        self.pieces, self.debts, self.uses = deque(), deque(), []
        spare = sum(piece.points for piece in pulled) - gained
        if spare < 0:
            append(pulled, Piece(origin, -spare))
            append(standing.owed, Piece(origin, -spare))
        return max(0, spare)

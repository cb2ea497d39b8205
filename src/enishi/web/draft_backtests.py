"""Back-tests of drafts in the console: asking for one, watching how far it is, and reading what came of it."""

from typing import Annotated

from fastapi import APIRouter, Path

from enishi import access, audit, drafts, flows
from enishi.access import Permission
from enishi.kit.errors import Conflict
from enishi.web.authority import require_whole_company
from enishi.web.backtest_shapes import BacktestShape, present_backtest
from enishi.web.declare import Caller, Conn, Language, Use, requires
from enishi.web.draft_presenting import present_status
from enishi.web.draft_shapes import BacktestStatus, BacktestToRequest

router = APIRouter(prefix="/api/console", tags=["console"])

Reading = Annotated[Caller, requires(Permission.PROGRAM_READ)]
Writing = Annotated[Caller, requires(Permission.DRAFTS_WRITE)]
Number = Annotated[int, Path(ge=1, le=2_147_483_647)]
BacktestNumber = Annotated[int, Path(ge=1, le=9_007_199_254_740_991)]


class NoBacktestResult(Conflict):
    """The back-test has no result that could be shown."""

    code = "no-backtest-result"
    title = "No result"


@router.post("/drafts/{draft}/backtests", status_code=202)
def request_backtest(draft: Number, body: BacktestToRequest, caller: Writing, conn: Conn, use: Use) -> BacktestStatus:
    """Have the newest revision tried on the past, by a process beside the server."""
    require_whole_company(caller, "Settings")
    held = drafts.load_draft(conn, draft, use.clock())
    asked = drafts.request_backtest(conn, draft, held.current.revision, body.since, author=caller.actor, at=use.clock())
    return present_status(asked, held.current.document_hash, None, access.load_operator_names(conn))


@router.get("/drafts/{draft}/backtests/{backtest}")
def read_backtest(draft: Number, backtest: BacktestNumber, _caller: Reading, conn: Conn, use: Use) -> BacktestStatus:
    """How far a back-test is."""
    held = drafts.load_draft(conn, draft, use.clock())
    one = drafts.find_backtest(conn, draft, backtest)
    rules = flows.hash_rules(conn, use.clock()) if one.state == drafts.BacktestState.DONE else None
    return present_status(one, held.current.document_hash, rules, access.load_operator_names(conn))


@router.get("/drafts/{draft}/backtests/{backtest}/result")
def read_backtest_result(
    draft: Number, backtest: BacktestNumber, caller: Reading, *, conn: Conn, use: Use, language: Language
) -> BacktestShape:
    """What came of a back-test. Members who would change rank are named to those who may see personal data."""
    require_whole_company(caller, "Figures of all stores")
    kept = drafts.load_result(conn, draft, backtest)
    tried = None if kept is None else flows.read_result(kept)
    if tried is None:
        raise NoBacktestResult(
            "The back-test has no result."
            if kept is None
            else "The result was written by another version of Enishi, which this one does not read.",
            remedy="Wait until it is done." if kept is None else "Run the back-test again.",
        )
    named = caller.sees_personal_data
    if named and any(move.goes for move in tried.moves):
        audit.record_event(
            conn,
            actor=caller.actor,
            action="draft.backtest-read",
            target=f"draft:{draft}",
            detail={"backtest": backtest, "identifiers": "full"},
            at=use.clock(),
        )
    return present_backtest(conn, use.context.keyring, tried, language, named=named)


@router.post("/drafts/{draft}/backtests/cancel")
def cancel_backtest(draft: Number, caller: Writing, conn: Conn, use: Use) -> BacktestStatus:
    """Call off the back-test that waits or runs."""
    require_whole_company(caller, "Settings")
    held = drafts.load_draft(conn, draft, use.clock())
    one = drafts.cancel_backtest(conn, draft, caller.actor, use.clock())
    return present_status(one, held.current.document_hash, None, access.load_operator_names(conn))

"""The member's own page: in by a one-time code, and nothing there of anybody else."""

from __future__ import annotations

import pytest
from tests.flows.campaigns import launch
from tests.flows.factories import MASTER_KEY, NOW, make_context
from tests.web.conftest import Browser, ask, enter, problem_of
from tests.web.factories import HANAKO_PHONE, TARO_EMAIL, build_chain

from enishi import audit, flows, messaging
from enishi.campaigns import AddedPoints, AwardTerms, Trigger
from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.kit.vault import Keyring


@pytest.fixture
def chain(conn):
    return build_chain(conn)


def other(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def messages(conn):
    conn.rollback()
    return messaging.list_recent(conn, Keyring(MASTER_KEY), limit=100)


def test_a_code_goes_to_the_phone_and_opens_the_members_page(browser, chain, newest_code, conn):
    asked = ask(browser, "０９０-1234-5678")
    assert (asked.status_code, asked.json()) == (202, {"expires_in_seconds": 600, "sent_to": "090-••••-5678"})
    (message,) = messages(conn)
    assert (message.channel, message.to, message.purpose) == ("sms", "+819012345678", "login_code")
    assert enter(browser, HANAKO_PHONE, newest_code()).json() == {"ok": True}
    assert browser.get("/api/my/card").json()["name"] == "縁 花子"
    assert chain.hanako is not None


@pytest.mark.usefixtures("chain")
def test_the_cookie_lasts_a_month_and_no_script_reads_it(browser, newest_code):
    ask(browser, TARO_EMAIL)
    cookie = enter(browser, TARO_EMAIL, newest_code()).headers["set-cookie"]
    assert cookie.startswith("enishi_member=")
    assert cookie.endswith("; HttpOnly; Max-Age=2592000; Path=/; SameSite=strict")


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize("typed", ["taro@example.jp", " TARO@EXAMPLE.JP ", "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ"])
def test_an_e_mail_address_in_any_spelling_gets_the_code_by_e_mail(browser, typed, conn):
    assert ask(browser, typed).json()["sent_to"] == "t••••@example.jp"
    (message,) = messages(conn)
    assert message.channel == "email"


@pytest.mark.usefixtures("chain")
def test_whoever_has_no_account_gets_the_same_answer_and_no_message(browser, conn):
    known = ask(browser, "090-1234-5678")
    unknown = ask(browser, "090-9999-5678")
    assert (unknown.status_code, unknown.json()) == (known.status_code, known.json())
    assert len(messages(conn)) == 1
    assert problem_of(enter(browser, "090-9999-5678", "000000")) == (401, "code-wrong")


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize("typed", ["hello", "12", "a@", "@example.jp", "\x00", "4901-0001 \ud83d"])
def test_what_is_neither_a_phone_nor_an_address_is_said_to_be(browser, typed, conn):
    content = b'{"value": "%s"}' % typed.encode("unicode_escape", "surrogatepass").replace(b"\\x00", b"\\u0000")
    answer = browser.client.post(
        "/api/my/codes", content=content, headers=browser.headers | {"content-type": "application/json"}
    )
    assert problem_of(answer)[0] == 422
    assert messages(conn) == []


@pytest.mark.usefixtures("chain")
def test_a_wrong_code_opens_nothing_and_the_right_one_still_does(browser, newest_code):
    ask(browser, HANAKO_PHONE)
    code = newest_code()
    assert problem_of(enter(browser, HANAKO_PHONE, other(code))) == (401, "code-wrong")
    assert problem_of(browser.get("/api/my/card")) == (401, "not-signed-in")
    assert enter(browser, HANAKO_PHONE, code).status_code == 200


@pytest.mark.usefixtures("chain")
def test_five_tries_use_a_code_up(browser, newest_code):
    ask(browser, HANAKO_PHONE)
    code = newest_code()
    for _ in range(5):
        assert problem_of(enter(browser, HANAKO_PHONE, other(code))) == (401, "code-wrong")
    assert problem_of(enter(browser, HANAKO_PHONE, code)) == (401, "code-wrong")


@pytest.mark.usefixtures("chain")
def test_a_code_opens_once(app, browser, newest_code):
    ask(browser, HANAKO_PHONE)
    code = newest_code()
    assert enter(browser, HANAKO_PHONE, code).status_code == 200
    assert problem_of(enter(Browser(app), HANAKO_PHONE, code)) == (401, "code-wrong")


@pytest.mark.usefixtures("chain")
def test_a_code_is_good_for_ten_minutes(browser, newest_code, clock):
    ask(browser, HANAKO_PHONE)
    first = newest_code()
    clock.advance(minutes=10)
    assert problem_of(enter(browser, HANAKO_PHONE, first)) == (401, "code-wrong")
    ask(browser, HANAKO_PHONE)
    clock.advance(minutes=9, seconds=59)
    assert enter(browser, HANAKO_PHONE, newest_code()).status_code == 200


@pytest.mark.usefixtures("chain")
def test_only_the_newest_code_opens(browser, newest_code, clock):
    ask(browser, HANAKO_PHONE)
    first = newest_code()
    clock.advance(seconds=30)
    ask(browser, HANAKO_PHONE)
    second = newest_code()
    assert problem_of(enter(browser, HANAKO_PHONE, first if first != second else other(second)))[0] == 401
    assert enter(browser, HANAKO_PHONE, second).status_code == 200


@pytest.mark.usefixtures("chain")
def test_a_code_opens_the_page_of_its_own_contact_only(browser, newest_code):
    ask(browser, HANAKO_PHONE)
    assert problem_of(enter(browser, TARO_EMAIL, newest_code())) == (401, "code-wrong")


@pytest.mark.usefixtures("chain")
def test_the_code_may_be_typed_in_full_width_with_a_space(browser, newest_code):
    ask(browser, HANAKO_PHONE)
    code = newest_code().translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert enter(browser, HANAKO_PHONE, f"{code[:3]} {code[3:]}").status_code == 200


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize("contact", [HANAKO_PHONE, "090-9999-9999"])
def test_five_codes_an_hour_are_enough_for_anybody(app, contact, clock, conn):
    for turn in range(5):
        assert ask(Browser(app, address=f"192.0.2.{turn}"), contact).status_code == 202
        clock.advance(minutes=1)
    refused = ask(Browser(app, address="192.0.2.9"), contact)
    assert problem_of(refused) == (429, "too-many-codes")
    assert refused.headers["retry-after"] == "3300"
    assert len(messages(conn)) == (5 if contact == HANAKO_PHONE else 0)
    clock.advance(minutes=55)
    assert ask(Browser(app), contact).status_code == 202


@pytest.mark.usefixtures("chain")
def test_one_address_can_not_ask_for_codes_for_everybody(app, browser):
    for turn in range(30):
        assert ask(browser, f"090-0000-{turn:04}").status_code == 202
    assert problem_of(ask(browser, "090-0000-9999")) == (429, "too-many-codes")
    assert ask(Browser(app, address="192.0.2.77"), "090-0000-9999").status_code == 202


def test_the_card_has_what_the_till_scans(member, chain):
    card = member(HANAKO_PHONE).get("/api/my/card").json()
    assert card["card_number"] == "2900000000017"
    assert card["balance"]["available"] == 25
    assert card["invented"] is False
    assert member(TARO_EMAIL).get("/api/my/card").json()["card_number"] is None
    assert chain.taro != chain.hanako


@pytest.mark.usefixtures("chain")
def test_the_history_shows_every_store(member):
    history = member(HANAKO_PHONE).get("/api/my/history").json()
    assert [item["purchase"]["external_id"] for item in history["items"]] == ["R-2", "R-1"]


def test_receipts_and_reasons_of_others_are_not_found(member, chain):
    taro = member(TARO_EMAIL)
    own, hanakos = chain.of_taro, chain.in_ueno
    assert taro.get(f"/api/my/purchases/{own.purchase_id}").json()["total_yen"] == 330
    explanation = taro.get(f"/api/my/entries/{own.awards[0].entry_id}/explanation").json()
    assert explanation["entry"]["points"] == 3
    assert (explanation["version"]["version"], explanation["version"]["author"], explanation["version"]["reason"]) == (
        1,
        "",
        "",
    )
    for path in (
        f"purchases/{hanakos.purchase_id}",
        f"purchases/{chain.anonymous.purchase_id}",
        f"entries/{hanakos.awards[0].entry_id}/explanation",
    ):
        assert problem_of(taro.get(f"/api/my/{path}")) == (404, "not-found"), path


@pytest.mark.usefixtures("chain")
def test_nothing_of_my_page_opens_without_a_session(browser):
    for path in ("card", "history", "purchases/00000000-0000-0000-0000-000000000000", "entries/x-1/explanation"):
        assert problem_of(browser.get(f"/api/my/{path}")) == (401, "not-signed-in"), path


@pytest.mark.usefixtures("chain")
def test_signing_out_ends_the_session(member):
    browser = member(HANAKO_PHONE)
    token = browser.client.cookies["enishi_member"]
    assert browser.delete("/api/my/session").status_code == 204
    browser.client.cookies.set("enishi_member", token)
    assert problem_of(browser.get("/api/my/card")) == (401, "not-signed-in")


@pytest.mark.usefixtures("chain")
def test_a_week_without_a_visit_ends_the_session(member, clock):
    browser = member(HANAKO_PHONE)
    clock.advance(days=6)
    assert browser.get("/api/my/card").status_code == 200
    clock.advance(days=7)
    assert problem_of(browser.get("/api/my/card")) == (401, "session-expired")


@pytest.mark.usefixtures("chain")
def test_a_message_is_sealed_where_it_is_stored(browser, conn, newest_code):
    ask(browser, HANAKO_PHONE)
    code = newest_code()
    stored = repr(conn.execute("select * from messaging.messages").fetchall()).encode()
    assert code.encode() not in stored
    assert b"12345678" not in stored


def test_codes_and_log_ins_are_recorded_without_the_contact(member, chain, conn):
    member(HANAKO_PHONE)
    conn.rollback()
    logged_in, requested, *_ = audit.list_events(conn, None, 10)
    assert (logged_in.action, logged_in.actor) == ("member.logged_in", f"member:{chain.hanako}")
    assert (requested.action, requested.actor, requested.detail) == (
        "member.code_requested",
        "visitor",
        {"kind": "phone"},
    )
    assert audit.verify_chain(conn).intact


def test_whoever_joined_in_the_app_sees_the_points_for_joining_and_why(member, conn):
    context = make_context(conn)
    award = AwardTerms(kind="limited", valid_days=30)
    launch(conn, "welcome", AddedPoints(300), trigger=Trigger.JOINING, award=award)
    phone = Identifier(IdentifierKind.PHONE, HANAKO_PHONE)
    flows.register_members(conn, context, [flows.Registration(source="app", identifiers=(phone,))], "key:app", NOW)
    browser = member(HANAKO_PHONE)
    assert browser.get("/api/my/card").json()["balance"]["available"] == 300
    (item,) = browser.get("/api/my/history").json()["items"]
    entry = item["entry"]
    assert (item["item"], entry["points"]) == ("entry", 300)
    why = browser.get(f"/api/my/entries/{entry['entry_id']}/explanation").json()
    assert why["sentence"].startswith("「試験」300pt")

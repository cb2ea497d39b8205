"""The console: into it, what each role sees of it, its languages, its failures, and out of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect
from tests.browser.operators import Json, Server, client_of, console, identifier, sign_in, someone_who_spent

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from playwright.sync_api import Page, ViewportSize

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def head_office(live_server: Server) -> Iterator[httpx.Client]:
    """The owner's view of the data, without pages."""
    with client_of(live_server) as client:
        yield client


@pytest.fixture(scope="module")
def customer(head_office: httpx.Client) -> Json:
    """One who earned and spent, as the API tells it."""
    return someone_who_spent(head_office)


def test_one_tap_on_a_demo_account_opens_home(page: Page, live_server: Server) -> None:
    page.goto(console(live_server))
    expect(page.get_by_role("heading", name="管理画面にログイン")).to_be_visible()

    page.get_by_role("button", name="オーナー owner").click()

    expect(page.get_by_role("heading", name="ホーム", level=1)).to_be_visible()
    expect(page).to_have_title("ホーム | Enishi 管理画面")
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(21)


def test_a_wrong_password_is_refused_in_words(page: Page, live_server: Server) -> None:
    page.goto(console(live_server))
    page.get_by_label("ログインID").fill("nobody")
    page.get_by_label("パスワード", exact=True).fill("not the password")
    page.get_by_role("button", name="ログイン", exact=True).click()

    expect(page.get_by_role("alert")).to_have_text("ログインIDまたはパスワードが違います。")


def test_after_the_log_in_the_page_that_was_asked_for_opens(page: Page, live_server: Server, customer: Json) -> None:
    page.goto(console(live_server, f"customers/{customer['customer_id']}?type=points"))
    expect(page.get_by_role("heading", name="管理画面にログイン")).to_be_visible()

    page.get_by_role("button", name="オーナー owner").click()

    expect(page.get_by_role("heading", name=customer["name"], level=1)).to_be_visible()
    assert parse_qs(urlsplit(page.url).query) == {"type": ["points"]}


def test_a_log_in_never_leads_to_another_site(page: Page, live_server: Server) -> None:
    page.goto(console(live_server, "login?next=//example.com/console"))
    page.get_by_role("button", name="オーナー owner").click()

    expect(page.get_by_role("heading", name="ホーム", level=1)).to_be_visible()
    assert page.url == console(live_server)


def test_an_auditor_sees_masked_identifiers_and_no_export(page: Page, live_server: Server, customer: Json) -> None:
    sign_in(page, live_server, "auditor")
    page.goto(console(live_server, f"customers/{customer['customer_id']}"))

    expect(page.get_by_text("一部を伏せて表示しています。")).to_be_visible()
    expect(page.get_by_text(identifier(customer, "card"))).to_have_count(0)
    expect(page.get_by_role("link", name="CSVで保存")).to_have_count(0)


def test_the_menu_has_only_pages_that_the_role_may_open(page: Page, live_server: Server) -> None:
    sign_in(page, live_server, "marketer")
    page.goto(console(live_server))
    menu = page.get_by_role("navigation", name="メインメニュー")
    for page_of_the_role in ("ホーム", "顧客", "ポイント制度"):
        expect(menu.get_by_role("link", name=page_of_the_role, exact=True)).to_be_visible()
    for page_of_others in ("承認待ち", "上限と理由", "会計", "監査ログ"):
        expect(menu.get_by_role("link", name=page_of_others)).to_have_count(0)

    page.goto(console(live_server, "audit"))
    expect(page.get_by_role("alert")).to_contain_text("この画面を見る権限がありません。")


def test_the_language_changes_in_place_and_is_kept(page: Page, live_server: Server, customer: Json) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server, f"customers/{customer['customer_id']}?type=points"))
    expect(page.get_by_text("税抜", exact=False).first).to_be_visible()

    page.get_by_role("radiogroup", name="言語").get_by_text("English").click()

    expect(page.get_by_role("heading", name="Purchases and points")).to_be_visible()
    expect(page.get_by_text("税抜", exact=False)).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="Purchases and points")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"


def test_a_session_that_ends_leads_to_the_log_in_and_back(page: Page, live_server: Server, customer: Json) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server, "program"))
    expect(page.get_by_role("heading", name="ポイント制度", level=1)).to_be_visible()
    page.context.clear_cookies()

    page.get_by_role("link", name="監査ログ").click()
    expect(page.get_by_role("heading", name="管理画面にログイン")).to_be_visible()
    page.get_by_role("button", name="オーナー owner").click()

    expect(page.get_by_role("heading", name="監査ログ", level=1)).to_be_visible()


def test_signing_out_closes_every_page(page: Page, live_server: Server) -> None:
    page.goto(console(live_server))
    page.get_by_role("button", name="オーナー owner").click()
    page.get_by_role("button", name=re.compile("^アカウント")).click()
    page.get_by_role("menuitem", name="ログアウト").click()
    expect(page.get_by_role("heading", name="管理画面にログイン")).to_be_visible()

    page.goto(console(live_server, "customers"))
    expect(page.get_by_role("heading", name="管理画面にログイン")).to_be_visible()


def test_a_failure_says_that_nothing_changed_and_can_be_retried(page: Page, live_server: Server) -> None:
    sign_in(page, live_server)
    page.route("**/api/console/program", lambda route: route.fulfill(status=503, json={"code": "unavailable"}))
    page.goto(console(live_server, "program"))

    failure = page.get_by_role("alert")
    expect(failure).to_contain_text("サーバーで問題が発生しました。")
    expect(failure).to_contain_text("データは変更されていません。")
    page.unroute("**/api/console/program")
    failure.get_by_role("button", name="もう一度試す").click()
    expect(page.get_by_role("heading", name="変更履歴")).to_be_visible()


def test_an_unknown_address_keeps_the_menu(page: Page, live_server: Server) -> None:
    sign_in(page, live_server)
    page.goto(console(live_server, "no/such/page"))

    expect(page.get_by_text("ページが見つかりません")).to_be_visible()
    expect(page.get_by_role("navigation", name="メインメニュー")).to_be_visible()


UNNAMED_CONTROLS = """() => [...document.querySelectorAll('a[href], button, input, select, [role=button]')]
    .filter((element) => element.checkVisibility())
    .filter((element) => !(element.innerText?.trim() || element.ariaLabel || element.title || element.labels?.length))
    .map((element) => element.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize(
    "viewport", [{"width": 1280, "height": 800}, {"width": 820, "height": 1180}, {"width": 390, "height": 844}]
)
@pytest.mark.parametrize("path", ["", "customers", "customers/{customer}", "program", "audit"])
def test_pages_fit_the_screen_name_their_controls_and_break_no_policy(
    page: Page, live_server: Server, customer: Json, path: str, viewport: ViewportSize
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, live_server)
    page.goto(console(live_server, path.format(customer=customer["customer_id"])))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")

    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert page.evaluate(UNNAMED_CONTROLS) == []
    assert complaints == []

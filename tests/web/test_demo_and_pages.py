"""What only the demo shows, and how the built pages are served."""

from __future__ import annotations

import gzip

import pytest
from tests.flows.factories import MASTER_KEY, NOW
from tests.web.conftest import Browser, problem_of
from tests.web.factories import HANAKO_PHONE, build_chain

from enishi import access, flows
from enishi.connectors.completejourney import SHOWN_PHONE
from enishi.customers import Identifier, IdentifierKind, NewCustomer, Profile
from enishi.kit.vault import Keyring
from enishi.web import pages


@pytest.fixture
def built(tmp_path, monkeypatch):
    """A front end as the build lays it out."""
    folder = tmp_path / "static"
    for name, text in {
        "index.html": "landing",
        "outbox/index.html": "outbox",
        "console/index.html": "console",
        "counter/index.html": "counter",
        "my/index.html": "my page",
        "assets/app-4f3a.js": "let x = 1;" * 100,
        "favicon.svg": "<svg/>",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(pages, "STATIC", folder)
    return folder


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "landing"),
        ("/console/", "console"),
        ("/console/customers/0192-abc?tab=points", "console"),
        ("/counter/", "counter"),
        ("/my/history", "my page"),
    ],
)
def test_every_address_of_a_face_gives_its_page_anew(browser, path, text):
    answer = browser.get(path)
    assert (answer.status_code, answer.text) == (200, text)
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.usefixtures("built")
def test_a_face_without_its_slash_leads_there(browser):
    answer = browser.get("/console?lang=en")
    assert (answer.status_code, answer.headers["location"]) == (308, "/console/?lang=en")


@pytest.mark.usefixtures("built")
def test_a_hashed_file_is_kept_for_good_and_sent_compressed(browser):
    answer = browser.client.get("/assets/app-4f3a.js", headers={"accept-encoding": "gzip"})
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 100
    assert answer.text == "let x = 1;" * 100
    plain = browser.client.get("/assets/app-4f3a.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert len(gzip.compress(plain.content)) < 100


def test_a_page_that_did_not_change_is_not_sent_again(browser, built):
    etag = browser.get("/console/").headers["etag"]
    assert browser.get("/console/", **{"if-none-match": etag}).status_code == 304
    (built / "console/index.html").write_text("console, rebuilt")
    assert browser.get("/console/", **{"if-none-match": etag}).text == "console, rebuilt"


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/assets/nothing.js",
        "/console/nothing.js",
        "/console/assets/app.js",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/console/..%2f..%2fsecret.txt",
        "/assets/%00",
        "/" + "x" * 5_000,
        "/index.html",
        "/.git/config",
    ],
)
def test_what_was_not_built_is_not_found(browser, path):
    answer = browser.get(path)
    assert problem_of(answer) == (404, "not-found")
    assert "secret" not in answer.text


def test_pages_that_were_not_built_say_so_and_what_to_do(browser, tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "STATIC", tmp_path / "static")
    answer = browser.get("/console/")
    assert answer.status_code == 503
    assert "uv sync" in answer.text
    assert "画面がまだ組み立てられていません" in answer.text


@pytest.mark.usefixtures("built")
def test_a_page_can_be_asked_for_by_head_and_not_written_to(browser):
    assert browser.client.head("/console/").status_code == 200
    assert problem_of(browser.client.put("/console/", headers=browser.headers)) == (405, "method-not-allowed")


def test_the_api_describes_itself(browser):
    document = browser.get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert len(document["paths"]) > 20
    assert all("4XX" in operation["responses"] for path in document["paths"].values() for operation in path.values())


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("path", ["/api/demo", "/api/demo/outbox", "/outbox"])
def test_outside_the_demo_nothing_of_it_exists(browser, path):
    assert problem_of(browser.get(path)) == (404, "not-found")


@pytest.mark.usefixtures("built")
def test_the_demo_shows_log_ins_that_work_and_is_seeded_once(make_app, conn):
    first = access.seed_demo_access(conn)
    assert access.seed_demo_access(conn) == first
    conn.commit()
    browser = Browser(make_app(demo=True))
    page = browser.get("/api/demo").json()
    assert page["outbox_url"] == "/outbox"
    assert [one["role"] for one in page["logins"]] == ["owner", "marketer", "store_manager", "staff", "auditor"]
    for one in page["logins"]:
        me = browser.log_in(one["login"], one["password"]).json()
        assert (me["roles"][0]["role"], me["demo"]) == (one["role"], True)
    assert browser.get("/outbox").text == "outbox"
    key = access.authenticate_key(conn, first[-1].password)
    assert key is not None
    assert key.scopes == {scope.value for scope in access.ApiScope}


def test_the_demos_outbox_shows_the_code_and_masks_the_recipient(make_app, conn):
    build_chain(conn)
    browser = Browser(make_app(demo=True))
    browser.post("/api/my/codes", {"value": HANAKO_PHONE})
    browser.post("/api/my/codes", {"value": HANAKO_PHONE}, **{"accept-language": "en"})
    english, japanese = browser.get("/api/demo/outbox").json()["messages"]
    assert (japanese["channel"], japanese["to"]) == ("sms", "090-••••-5678")
    assert japanese["body"].startswith("【Enishi】認証コードは ")
    assert english["body"].startswith("[Enishi] Your code is ")


def test_the_demo_offers_the_member_its_data_were_made_to_show(make_app, conn):
    browser = Browser(make_app(demo=True))
    assert [one for one in browser.get("/api/demo").json()["logins"] if one["face"] == "my"] == []
    phone = Identifier(IdentifierKind.PHONE, SHOWN_PHONE)
    newcomer = NewCustomer(profile=Profile(invented=True), identifiers=[phone], joined_at=NOW)
    flows.register_customers(conn, Keyring(MASTER_KEY), [newcomer])
    conn.commit()
    (member,) = [one for one in browser.get("/api/demo").json()["logins"] if one["face"] == "my"]
    assert member == {"login": SHOWN_PHONE, "password": "", "role": "member", "face": "my"}
    assert browser.post("/api/my/codes", {"value": member["login"]}).status_code == 202
    assert len(browser.get("/api/demo/outbox").json()["messages"]) == 1

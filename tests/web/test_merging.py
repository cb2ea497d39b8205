"""Merging two customers on a customer's page: seen before, done with a reason, and undone."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.web.conftest import problem_of
from tests.web.factories import build_chain


@pytest.fixture
def chain(conn):
    return build_chain(conn)


def test_a_merge_is_seen_before_done_and_undone(signed_in, chain):
    owner = signed_in("owner")
    path = f"/api/console/customers/{chain.hanako}/merges"
    body = {"other_id": str(chain.taro), "survivor": "this"}
    before = owner.get(f"/api/console/customers/{chain.hanako}").json()["balance"]["available"]
    seen = owner.post(f"{path}:preview", body).json()
    assert (seen["action"], seen["survivor"]["customer"]["customer_id"]) == ("merge", str(chain.hanako))
    assert seen["survivor"]["balance"] == before + seen["points"]
    assert all("•" in one["value"] for one in seen["absorbed"]["identifiers"])
    assert owner.get(path).json()["absorbed"] == []
    request = body | {"reason": "同じ方", "request_id": str(uuid4())}
    done = owner.post(path, request)
    assert done.json()["survivor"]["balance"] == seen["survivor"]["balance"]
    assert owner.post(path, request).json()["replayed"] is True
    (line,) = owner.get(path).json()["absorbed"]
    assert (line["absorbed"]["customer_id"], line["reason"]) == (str(chain.taro), "同じ方")
    assert owner.get(f"/api/console/customers/{chain.taro}/merges").json()["merged_into"]["customer_id"] == str(
        chain.hanako
    )
    undo = {"absorbed_id": str(chain.taro)}
    seen = owner.post(f"{path}:preview-undo", undo).json()
    assert seen["survivor"]["balance"] == before
    request = undo | {"reason": "別の方", "request_id": str(uuid4())}
    back = owner.post(f"{path}:undo", request).json()["absorbed"]
    assert back["lots"] == seen["absorbed"]["lots"]
    assert len(back["identifiers"]) == 1
    assert owner.post(f"{path}:undo", request).json()["replayed"] is True
    page = owner.get(path).json()
    assert (page["absorbed"], [one["action"] for one in page["history"]]) == ([], ["undo", "merge"])


def test_who_may_not_and_what_is_in_the_way(signed_in, chain):
    path = f"/api/console/customers/{chain.hanako}/merges"
    body = {"other_id": str(chain.taro)}
    assert signed_in("staff").post(f"{path}:preview", body).status_code == 403
    owner = signed_in("owner")
    same = owner.post(f"{path}:preview", {"other_id": str(chain.hanako)})
    assert problem_of(same) == (422, "invalid-request")
    strange = owner.post(f"{path}:preview-undo", {"absorbed_id": str(chain.taro)})
    assert problem_of(strange) == (404, "not-found")

"""Waiting for a body ends, and nothing else is disturbed by that."""

from __future__ import annotations

import asyncio

import pytest

from enishi.gateway.model import BodyTimeout
from enishi.gateway.patience import Patience


async def arriving_after(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "body"


def test_what_arrives_in_time_is_returned() -> None:
    assert asyncio.run(Patience(1.0).limit(arriving_after(0.01))) == "body"


def test_only_what_takes_too_long_is_given_up() -> None:
    async def scenario() -> None:
        patience = Patience(0.2)
        slow = asyncio.create_task(patience.limit(arriving_after(5)))
        quick = [asyncio.create_task(patience.limit(arriving_after(0.02 * number))) for number in range(8)]
        assert await asyncio.gather(*quick) == ["body"] * 8
        with pytest.raises(BodyTimeout):
            await asyncio.wait_for(slow, 2)
        assert slow.cancelling() == 0

    asyncio.run(scenario())


def test_a_cancellation_from_elsewhere_stays_one() -> None:
    async def scenario() -> None:
        task = asyncio.create_task(Patience(5.0).limit(arriving_after(5)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())


def test_the_work_after_a_body_may_take_as_long_as_it_likes() -> None:
    async def scenario() -> str:
        patience = Patience(0.1)
        body = await patience.limit(arriving_after(0.01))
        await asyncio.sleep(0.4)
        return body

    assert asyncio.run(scenario()) == "body"


def test_it_serves_one_event_loop_after_another() -> None:
    patience = Patience(0.1)
    for _ in range(2):
        with pytest.raises(BodyTimeout):
            asyncio.run(patience.limit(arriving_after(5)))

"""Estimated waiting times, asked for and announced."""

import asyncio

from switchroom.queues.desk import Desks
from tests.apps.test_queue import Scene, play
from tests.support.fakes import fake_stream

MEMBERS = "member=>Local/good@agents/n\n"


def test_the_function() -> None:
    lines = (
        "Set(DB(t/a)=[${QUEUE_ESTIMATED_WAIT(q)}][${QUEUE_ESTIMATED_WAIT(q,3)}]"
        "[${QUEUE_ESTIMATED_WAIT(none)}])\n same => n,Queue(q)"
    )

    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(30)  # one second of ringing, twenty of talk
        scene.call()
        await asyncio.sleep(3)
        scene.call()
        await asyncio.sleep(1)
        assert scene.pbx.astdb.get("t", "a") == "[21][63][]"

    play(story, f"[q]\nringinuse=no\n{MEMBERS}", lines)


def test_it_is_announced_where_that_is_asked_for() -> None:
    async def story(scene: Scene) -> None:
        flow = scene.pbx.datastore(Desks)["q"].queue.flow
        scene.call()
        await asyncio.sleep(5)
        flow.handling = 120.0
        flow.handled = 1
        caller = scene.call()
        await asyncio.sleep(10)
        played = fake_stream(caller).played
        assert played[:4] == ["queue-holdtime", "digits/2", "queue-minutes", "queue-thankyou"]

    queues = (
        "[q]\nringinuse=no\nestimate=model\nannounce-frequency=60\nannounce-position=no\n" + MEMBERS
    )
    play(story, queues, "Queue(q)")

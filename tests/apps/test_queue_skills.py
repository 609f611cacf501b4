"""Skills from the dialplan."""

import asyncio
from dataclasses import replace

from switchroom.config.language.reader import parse_config
from switchroom.config.queues.queues import read_queues
from switchroom.config.queues.skills import parse_levels, read_queue_skills
from switchroom.queues.desk import Desks
from tests.apps.test_queue import Scene, play

QUEUES = "[q]\nstrategy=linear\nmember=>Local/short@agents/n,0,Ann\nmember=>Local/good@agents/n\n"
SKILLS = (
    "[member-skills]\nAnn=en:2\nLocal/good@agents/n=en:4\n[q]\nrequires=en>=3\nrelax=>20,en>=2\n"
)


def learn(scene: Scene) -> None:
    skills = read_queue_skills(parse_config(SKILLS))
    config = read_queues(parse_config(QUEUES))
    scene.pbx.datastore(Desks).use(scene.pbx, config, {}, skills)


def test_a_queue_asks_for_skills_and_a_caller_for_others() -> None:
    async def story(scene: Scene) -> None:
        learn(scene)
        scene.call()
        await asyncio.sleep(2)
        assert [line[0] for line in scene.log if line[1] == "CONNECT"] == ["Local/good@agents/n"]

    play(story, QUEUES, "Queue(q)")

    async def other(scene: Scene) -> None:
        learn(scene)
        scene.call()
        await asyncio.sleep(2)
        assert [line[0] for line in scene.log if line[1] == "CONNECT"] == ["Ann"]

    play(other, QUEUES, "Set(QUEUE_SKILLS=en=2)\n same => n,Queue(q)")


def test_less_is_asked_for_later() -> None:
    async def story(scene: Scene) -> None:
        learn(scene)
        scene.pbx.datastore(Desks)["q"].remove("Local/good@agents/n")
        scene.call()
        await asyncio.sleep(19.5)
        assert scene.events == ["ENTERQUEUE"]
        await asyncio.sleep(1)
        assert scene.log[-1][:2] == ("Ann", "CONNECT")

    play(story, QUEUES, "Queue(q)")


def test_skills_by_function() -> None:
    lines = (
        "Set(DB(t/a)=${QUEUE_MEMBER(q,skills,Local/good@agents/n)})\n"
        " same => n,Set(QUEUE_MEMBER(q,skills,Local/good@agents/n)=fr:7,en)\n"
        " same => n,Set(DB(t/b)=${QUEUE_MEMBER(q,skills,Local/good@agents/n)})\n"
    )

    async def story(scene: Scene) -> None:
        learn(scene)
        scene.call()
        await asyncio.sleep(1)
        assert [scene.pbx.astdb.get("t", key) for key in "ab"] == ["en:4", "fr:7,en:1"]

    play(story, QUEUES, lines)


def test_what_was_set_holds_until_the_configuration_is_read_anew() -> None:
    async def story(scene: Scene) -> None:
        learn(scene)
        desks = scene.pbx.datastore(Desks)
        desk, name = desks["q"], "local/good@agents/n"
        desk.set_skills(desk.queue.members[name], parse_levels("fr:7"))
        settings = desk.queue.settings
        desk.use(settings)  # as a database does whenever one of its rows has changed
        assert dict(desk.queue.members[name].skills) == {"fr": 7}
        rows = tuple(replace(each, skills=parse_levels("es:2")) for each in settings.members)
        desk.use(replace(settings, members=rows))
        assert {str(dict(each.skills)) for each in desk.queue.members.values()} == {"{'es': 2}"}
        desk.use(settings)
        learn(scene)
        assert dict(desk.queue.members[name].skills) == {"en": 4}

    play(story, QUEUES, "Queue(q)")

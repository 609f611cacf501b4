"""Calls that come together are one call: the oldest."""

from __future__ import annotations

from switchroom.pbx.bridging.bridge import Bridge, Party
from switchroom.pbx.linked_call import CallUnited, unite
from switchroom.pbx.records import cel_sources
from switchroom.pbx.records.cel import CelRules, collect_sources
from switchroom.pbx.records.cel_recorder import CelRecorder
from switchroom.storage.cel_record import CelRecord, CelType
from tests.support.fakes import make_channel, make_pbx, run_virtual


def test_the_oldest_call_goes_on() -> None:
    pbx = make_pbx()
    ids = ("lab-1700000000.12", "lab-1700000000.3", "lab-1699999999.40", "chosen")
    channels = [make_channel(pbx, name=f"Fake/{n}") for n in range(len(ids))]
    for channel, linked_id in zip(channels, ids, strict=True):
        channel.linked_id = linked_id
    told: list[CallUnited] = []
    pbx.events.subscribe(CallUnited, told.append)
    unite(channels[:2])
    assert [each.linked_id for each in channels[:2]] == [ids[1], ids[1]]
    unite(channels)
    assert {each.linked_id for each in channels} == {ids[2]}
    assert [(each.channel, each.before) for each in told] == [
        ("Fake/0", ids[0]), ("Fake/0", ids[1]), ("Fake/1", ids[1]), ("Fake/3", "chosen"),
    ]  # fmt: skip
    unite(channels)
    assert len(told) == 4


def test_a_call_ends_when_another_takes_it_up() -> None:
    told: list[CelRecord] = []

    async def main() -> None:
        pbx = make_pbx(now=lambda: 1_700_000_000.0)
        recorder = CelRecorder(pbx, collect_sources(cel_sources), told.append)
        recorder.use(CelRules(is_on=True, events=frozenset({CelType.LINKEDID_END})))
        async with pbx:
            ann, bob, cleo = (make_channel(pbx, name=f"Fake/{name}") for name in "abc")
            bob.linked_id = ann.linked_id
            parties = [Party(each, afterwards=lambda *_: None) for each in (ann, bob, cleo)]
            first, second = Bridge(pbx), Bridge(pbx, keeps_one=True)
            await first.join(*parties[:2])
            await second.join(parties[2])
            assert told == []
            absorbed = cleo.linked_id
            second.detach(parties[2])  # who was asked joins the call
            first.attach(parties[2])
            assert {each.linked_id for each in (ann, bob, cleo)} == {ann.unique_id}
            assert [(each.channel, each.linked_id) for each in told] == [("Fake/c", absorbed)]
            for channel in (ann, bob, cleo):
                channel.finish()
        assert [each.linked_id for each in told] == [absorbed, ann.unique_id]

    run_virtual(main())

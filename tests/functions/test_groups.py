import pytest

from switchroom.pbx.channel import Channel
from switchroom.pbx.groups import GroupName, Groups
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import lines_of, run_dialplan
from tests.support.fakes import make_channel, make_pbx, run_virtual


def others(pbx: Pbx, _: Channel) -> None:
    groups = pbx.datastore(Groups)
    for number, name in enumerate(
        ["sales@dept", "sales@dept", "SALES@shop", "support@dept", "lone"]
    ):
        group, _at, category = name.partition("@")
        groups.join(make_channel(pbx, name=f"Fake/other-{number:08x}"), GroupName(group, category))


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (["Set(R=${GROUP_COUNT(sales@dept)}${GROUP_COUNT(sales)}${GROUP_COUNT(x)})"], "230"),
        (["Set(GROUP(dept)=sales)", "Set(R=${GROUP_COUNT(sales@dept)}${GROUP_COUNT(@dept)})"], "33"),
        (["Set(GROUP(dept)=sales)", "Set(GROUP(dept)=support)", "Set(R=${GROUP(dept)}${GROUP_COUNT(sales@dept)})"], "support2"),
        (["Set(GROUP()=a@b)", "Set(R=${GROUP(b)}|${GROUP()}|${GROUP_LIST()})"], "a||a@b"),
        (["Set(GROUP()=a)", "Set(GROUP(c)=d)", "Set(GROUP()=)", "Set(R=${GROUP_LIST()}${GROUP_COUNT()})"], "d@c0"),
        (["Set(GROUP()=a)", "Set(GROUP(c)=d)", "Set(R=${GROUP_LIST()})"], "a d@c"),
        (["Set(R=${GROUP_MATCH_COUNT(^s)}${GROUP_MATCH_COUNT(^s@^dept$)}${GROUP_MATCH_COUNT([)})"], "33"),
    ],
)  # fmt: skip
def test_counting(lines: list[str], value: str) -> None:
    assert run_dialplan(lines_of(*lines), prepare=others)["R"] == value


def test_a_channel_that_ended_is_not_counted() -> None:
    async def main() -> None:
        async with make_pbx() as pbx:
            groups = pbx.datastore(Groups)
            channel = make_channel(pbx)
            groups.join(channel, GroupName("a"))
            assert groups.count("A") == 1
            channel.hangup()
            assert groups.count("a") == 0

    run_virtual(main())

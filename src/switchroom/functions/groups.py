"""GROUP and its like: counting calls.

Family: Groups, devices and hints
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.dialplan.posix_regex import compile_posix
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel
from switchroom.pbx.groups import GroupName, Groups, parse_group


def _groups(channel: Channel) -> Groups:
    return channel.pbx.datastore(Groups)


@function("GROUP")
def group(channel: Channel, category: Rest = "") -> str:
    """The group this channel is in.

    Args:
        channel: The channel.
        category: Of the groups; a channel is in one of each category.

    Examples:
        Set(GROUP(trunk)=berlin)
        NoOp(${GROUP(trunk)} has ${GROUP_COUNT(berlin@trunk)})  ; => berlin has 1
    """
    return _groups(channel).in_category(channel, category)


@function("GROUP", write=True)
def set_group(channel: Channel, value: str, category: Rest = "") -> None:
    """Put this channel into a group; it leaves it when the call ends.

    Args:
        channel: The channel.
        value: The group's name, ``@category`` behind it where none is in the parentheses; nothing
            takes the channel out.
        category: Of the groups; a channel is in one of each category.
    """
    wanted = GroupName(value.strip(), category) if category else parse_group(value)
    _groups(channel).join(channel, wanted)


@function("GROUP_COUNT")
def group_count(channel: Channel, name: Rest = "") -> str:
    """How many channels are in a group.

    Args:
        channel: The channel.
        name: ``[group][@category]``; without a group, the one this channel is in.

    Examples:
        Set(GROUP()=sales)
        NoOp(${GROUP_COUNT(sales)})  ; => 1

        exten => _0X.,1,Set(GROUP()=outgoing)
         same => n,GotoIf($[${GROUP_COUNT(outgoing)} > 4]?full)
         same => n,Dial(PJSIP/${FILTER(0-9,${EXTEN:1})}@trunk)
         same => n,Hangup()
         same => n(full),Congestion(5)
    """
    wanted = parse_group(name)
    groups = _groups(channel)
    own = wanted.name or groups.in_category(channel, wanted.category)
    return str(groups.count(own, wanted.category)) if own else "0"


@function("GROUP_MATCH_COUNT")
def group_match_count(channel: Channel, name: Rest) -> str:
    """How many channels are in groups that match a regular expression.

    Args:
        channel: The channel.
        name: ``expression[@expression]``; regular expressions for group and category.

    Examples:
        Set(GROUP()=team-sales)
        NoOp(${GROUP_MATCH_COUNT(^team-)})  ; => 1
    """
    wanted = parse_group(name)
    patterns = compile_posix(wanted.name), compile_posix(wanted.category)
    if patterns[0] is None or patterns[1] is None or not wanted.name:
        raise DialplanError(f"GROUP_MATCH_COUNT: {name!r} is no regular expression")
    found = (
        patterns[0].search(each.name) and (not wanted.category or patterns[1].search(each.category))
        for _, each in _groups(channel).all()
    )
    return str(sum(map(bool, found)))


@function("GROUP_LIST")
def group_list(channel: Channel) -> str:
    """The groups this channel is in, ``group[@category]`` each, separated by blanks.

    Examples:
        Set(GROUP()=sales)
        Set(GROUP(trunk)=berlin)
        NoOp(${GROUP_LIST()})  ; => sales berlin@trunk
    """
    return " ".join(map(str, _groups(channel).of(channel)))

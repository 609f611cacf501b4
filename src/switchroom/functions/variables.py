"""Functions on variables: GLOBAL, LOCAL, SET, EXISTS, ISNULL, EVAL and their like.

Family: Variables
"""

from __future__ import annotations

from collections.abc import Awaitable

from switchroom.base.errors import DialplanError
from switchroom.base.text import BLANKS
from switchroom.dialplan.assignment import assign
from switchroom.dialplan.frames import frames_of, set_local
from switchroom.dialplan.nesting import nested
from switchroom.dialplan.registry import Rest, function
from switchroom.dialplan.substitution import variable
from switchroom.pbx.channel import Channel


@function("GLOBAL")
def global_(channel: Channel, name: Rest) -> str:
    """A global variable, whatever the channel calls so.

    Args:
        channel: The channel.
        name: The variable, without ``${}``.

    Examples:
        Set(GLOBAL(night)=yes)
        Set(night=no)
        NoOp(${night})  ; => no
        NoOp(${GLOBAL(night)})  ; => yes
    """
    return channel.pbx.global_variables.get(name.strip(), "")


@function("GLOBAL", write=True)
def set_global(channel: Channel, value: str, name: Rest) -> None:
    """Set a global variable.

    Args:
        channel: The channel.
        value: What it becomes.
        name: The variable, without ``${}``.
    """
    channel.pbx.set_global(name.strip(), value)


@function("LOCAL")
def local(channel: Channel, name: Rest) -> str:
    """A variable as the routine sees it.

    Args:
        channel: The channel.
        name: The variable, without ``${}``.

    Examples:
        exten => s,1,Set(x=outside)
         same => n,Gosub(routine,1)
         same => n,NoOp(${x})  ; => outside
        exten => routine,1,Set(LOCAL(x)=inside)
         same => n,NoOp(${LOCAL(x)})  ; => inside
         same => n,Return()
    """
    return variable(channel, name.strip())


@function("LOCAL", write=True)
def write_local(channel: Channel, value: str, name: Rest) -> None:
    """Set a variable that ends with the routine.

    Args:
        channel: The channel.
        value: What it becomes.
        name: The variable, without ``${}``.
    """
    set_local(channel, name.strip(), value)


@function("LOCAL_PEEK")
def local_peek(channel: Channel, depth: int, name: str) -> str:
    """What a variable of the channel hides, as many routines further out as have one of that name.

    Args:
        channel: The channel.
        depth: 0 is what is seen now.
        name: The variable.

    Examples:
        exten => s,1,Gosub(outer,1(first))
         same => n,Hangup()
        exten => outer,1,Gosub(inner,1(second))
         same => n,Return()
        exten => inner,1,NoOp(${LOCAL_PEEK(0,ARG1)} ${LOCAL_PEEK(1,ARG1)})  ; => second first
         same => n,Return()
    """
    values = [channel.variables.get(name)]
    values += [frame.hidden.get(name) for frame in reversed(frames_of(channel))]
    found = [value for value in values if value is not None]
    return found[depth] if 0 <= depth < len(found) else ""


@function("STACK_PEEK")
def stack_peek(channel: Channel, depth: int, which: str, suppress: str = "") -> str:
    """Where a routine returns to.

    Args:
        channel: The channel.
        depth: 1 is the routine that runs.
        which: ``c`` context, ``e`` extension, ``p`` priority, ``l`` all three.
        suppress: Not empty: say nothing when there are not so many routines.

    Examples:
        exten => s,1,Gosub(routine,1)
         same => n,Hangup()
        exten => routine,1,NoOp(from ${STACK_PEEK(1,e)} at ${STACK_PEEK(1,p)})  ; => from s at 1
         same => n,Return()
    """
    frames = frames_of(channel)
    if not 1 <= depth <= len(frames):
        if suppress:
            return ""
        raise DialplanError(f"STACK_PEEK: there are {len(frames)} routines, not {depth}")
    frame = frames[-depth]
    priority = frame.priority - 1
    match which[:1].lower():
        case "c":
            return frame.context
        case "e":
            return frame.extension
        case "p":
            return str(priority)
        case _:
            return f"{frame.context},{frame.extension},{priority}"


@function("SET")
def set_(channel: Channel, assignment: Rest) -> str:
    """Set a variable and read its value.

    Args:
        channel: The channel.
        assignment: ``name=value``; blanks around both are passed over.

    Examples:
        Set(x=${SET(y=3)}4)  ; => 34
        NoOp(${y})  ; => 3
    """
    name, equals, value = assignment.partition("=")
    if not equals or not name:
        raise DialplanError(f"SET: expected name=value, not {assignment!r}")
    value = value.strip(BLANKS)
    waiting = assign(channel, name.strip(BLANKS), value)
    if waiting is not None:
        channel.pbx.spawn(_finish(waiting), name=f"SET({name})")
    return value


async def _finish(waiting: Awaitable[None]) -> None:
    await waiting


@function("EXISTS")
def exists(channel: Channel, data: Rest = "") -> str:
    """1 where there is any text, 0 where there is none.

    Args:
        channel: The channel.
        data: Any, usually ``${variable}``.

    Examples:
        Set(name=Ann)
        NoOp(${EXISTS(${name})} ${EXISTS(${title})})  ; => 1 0
    """
    return "1" if data else "0"


@function("ISNULL")
def is_null(channel: Channel, data: Rest = "") -> str:
    """1 where there is no text, 0 where there is.

    Args:
        channel: The channel.
        data: Any, usually ``${variable}``.

    Examples:
        Set(name=Ann)
        NoOp(${ISNULL(${name})} ${ISNULL(${title})})  ; => 0 1
    """
    return "0" if data else "1"


@function("VARIABLE_EXISTS")
def variable_exists(channel: Channel, name: Rest) -> str:
    """1 where a channel or global variable of that name is set, 0 where not.

    Args:
        channel: The channel.
        name: The variable, without ``${}``.

    Examples:
        Set(name=)
        NoOp(${VARIABLE_EXISTS(name)} ${VARIABLE_EXISTS(title)})  ; => 1 0
    """
    known = name in channel.variables or name in channel.pbx.global_variables
    return "1" if known else "0"


@function("EVAL")
async def evaluate(channel: Channel, text: Rest = "") -> str:
    """Substitute a text once more.

    Args:
        channel: The channel.
        text: With ``${}`` and ``$[]`` that come out of a variable.

    Examples:
        ; a text that has ${name} in it, as a file or a database gives it
        Set(dollar=$)
        Set(text=Hello ${dollar}{name})  ; => Hello ${name}
        Set(name=Ann)
        NoOp(${EVAL(${text})})  ; => Hello Ann
    """
    with nested("EVAL"):
        return await channel.pbx.dialplan.substitute(channel, text)


@function("DELETE", write=True)
def delete(channel: Channel, value: str, name: Rest) -> None:
    """Unset a variable of this channel.

    Args:
        channel: The channel.
        value: Is not looked at.
        name: The variable, without ``${}``.

    Examples:
        Set(secret=1234)
        Set(DELETE(secret)=)
        NoOp(${VARIABLE_EXISTS(secret)})  ; => 0
    """
    channel.variables.pop(name, None)
    channel.inherited.pop(name, None)


@function("GLOBAL_EXISTS")
def global_exists(channel: Channel, name: Rest) -> str:
    """1 where a global variable of that name is set, 0 where not.

    Args:
        channel: The channel.
        name: The variable, without ``${}``.

    Examples:
        Set(GLOBAL(night)=yes)
        NoOp(${GLOBAL_EXISTS(night)} ${GLOBAL_EXISTS(day)})  ; => 1 0
    """
    return "1" if name in channel.pbx.global_variables else "0"


@function("GLOBAL_DELETE", write=True)
def delete_global(channel: Channel, value: str, name: Rest) -> None:
    """Unset a global variable.

    Args:
        channel: The channel.
        value: Is not looked at.
        name: The variable, without ``${}``.

    Examples:
        Set(GLOBAL(night)=yes)
        Set(GLOBAL_DELETE(night)=)
        NoOp(${GLOBAL_EXISTS(night)})  ; => 0
    """
    channel.pbx.global_variables.pop(name, None)

"""What a docstring becomes."""

from __future__ import annotations

from switchroom.dialplan.documentation import (
    Argument,
    document_application,
    document_function,
    plain,
)
from switchroom.dialplan.escalation import escalates
from switchroom.dialplan.registry import Application, Function, Rest


def wait(channel: object, seconds: float = 1.0, options: str = "") -> None:
    """Wait a while, as :meth:`Channel.sleep` does.

    Fractions ``0.5`` too.

        As it is.

    Args:
        channel: Who waits.
        seconds: How long, at most
            a day: 86400.

    Variables:
        A, B: Two
            of them.
        ~C~: Another.

    Raises:
        HangupError: Never told.

    Example:
        Wait(1)
         same: not a section

        Wait(2)
    """


def nothing(channel: object) -> None: ...


@escalates
def read(channel: object, path: str, options: str = "") -> str:
    """Read it.

    As it is.

    Args:
        channel: The channel.
        path: Where.
        options: To read.

    Examples:
        NoOp(${F(x)})
    """
    return path


def write(channel: object, value: str, path: str, options: str = "", more: Rest = "") -> None:
    """Write it.

    Args:
        channel: The channel.
        value: What.
        path: Where.
        options: To write.

    Examples:
        Set(F(x)=1)
    """


def test_sections_of_a_docstring() -> None:
    found = document_application(Application("Wait", wait))
    assert found.summary == "Wait a while, as ``sleep`` does."
    assert plain(found.description) == "Fractions 0.5 too.\n\n    As it is."
    assert found.syntax == found.usages[0].text == "Wait([seconds[,options]])"
    assert found.arguments == (
        Argument("seconds", "How long, at most a day: 86400."),
        Argument("options", ""),
    )
    assert found.variables == (("A, B", "Two of them."), ("~C~", "Another."))
    assert found.examples == "Wait(1)\n same: not a section\n\nWait(2)"
    assert (found.family, found.module) == ("", __name__)


def test_nothing_is_said() -> None:
    found = document_application(Application("N", nothing))
    assert (found.syntax, found.summary, found.description) == ("N()", "", "")
    assert (found.arguments, found.variables, found.examples) == ((), (), "")


def test_a_function_that_is_read_and_written() -> None:
    function = Function("F")
    function.add(read, write=False)
    function.add(write, write=True)
    found = document_function(function)
    assert found.syntax == "F(path[,options[,more]])"
    assert [(usage.text, usage.is_refused_outside) for usage in found.usages] == [
        ("${F(path[,options])}", True),
        ("Set(F(path[,options[,more]])=value)", False),
    ]
    assert found.summary == "Read it."
    assert found.description == "As it is.\n\nWriting: Write it."
    assert found.arguments == (
        Argument("path", "Where."),
        Argument("options", "To read. When it is written: To write."),
        Argument("more", ""),
        Argument("value", "What."),
    )
    assert found.examples == "NoOp(${F(x)})\n\nSet(F(x)=1)"


def test_a_function_that_is_only_written() -> None:
    function = Function("F")
    function.add(write, write=True)
    found = document_function(function)
    assert (found.summary, found.syntax) == ("Write it.", "F(path[,options[,more]])")


def goto(channel: object, place: Rest) -> None:
    """Go on elsewhere.

    Args:
        channel: The channel.
        place: ``[[context,]extension,]priority``; or so.
    """


def say(channel: object, text: Rest = "") -> None:
    """Say it.

    Args:
        channel: The channel.
        text: ``[level,]text``.
    """


def test_an_only_argument_that_says_how_it_is_written() -> None:
    found = document_application(Application("Goto", goto))
    assert found.syntax == found.usages[0].text == "Goto([[context,]extension,]priority)"
    assert found.arguments == (Argument("place", "``[[context,]extension,]priority``; or so."),)
    assert document_application(Application("Say", say)).syntax == "Say([[level,]text])"


def test_the_family_is_said_by_the_module() -> None:
    import switchroom.apps.dialing.dial

    assert (
        document_application(Application("Dial", switchroom.apps.dialing.dial.dial)).family
        == "Calls"
    )

import logging
import textwrap
from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.dialplan.building import DialplanBuilder
from switchroom.dialplan.model import Dialplan
from switchroom.dialplan.parser import read_extensions
from switchroom.dialplan.python.loading import load_python
from tests.support.calls import run_call

FILE = Path("/etc/asterisk/extensions.py")
HEAD = "from switchroom.dialplan.python import Call, HangupCause, context, extension, routine\n"


def plan(program: str, conf: str = "") -> Dialplan:
    builder = DialplanBuilder()
    read_extensions(parse_config(conf, path=Path("extensions.conf")), builder)
    load_python(FILE, HEAD + textwrap.dedent(program), builder)
    return builder.build()


def test_a_call_is_one_coroutine() -> None:
    dialplan = plan(
        """
        internal = context("internal", include=["features"], ignore=["9"], switch=["Local/@far"])

        @internal.extension("_1XX", hint="PJSIP/${EXTEN}")
        async def ring(call: Call) -> None:
            await call.answer()
            await call.app("Playback", "hello-world")
            status = await call.dial(f"PJSIP/{call.extension}", within=5)
            call["STATUS"] = status
            await call.set("DB(family/key)", "a, b")
            call["NAME"] = await call.get("DB(family/key)")
            call["SUM"] = await call.evaluate("$[1 + 2] ${EXTEN}")
            call["WHO"] = f"{call.caller.number} {call.context} {call.id != ''} {call.language}"
        """,
        "[features]\nexten => 5,1,NoOp\n[far]\n",
    )
    ran = run_call(dialplan, "internal", "101", caller="555", parties={"PJSIP/101": "busy"})
    assert ran.steps == [
        ("internal", "101", 1, "Python", "ring"),
        ("internal", "101", 1, "Playback", "hello-world"),
        ("internal", "101", 1, "Dial", "PJSIP/101,5"),
    ]
    assert ran.told[0] == "answer"
    assert ran.played == ["hello-world"]
    assert ran.played == ["hello-world"]
    assert ran.variables["STATUS"] == "BUSY"
    assert ran.variables["NAME"] == "a, b"
    assert ran.variables["SUM"] == "3 101"
    assert ran.variables["WHO"] == "555 internal True en"
    internal = dialplan.contexts["internal"]
    assert (internal.made_by, internal.ignore_patterns) == ("pbx_python", ["9"])
    assert [i.text for i in internal.includes] == ["features"]
    assert [str(s) for s in internal.switches] == ["Local/@far"]
    assert internal.extensions["_1XX", None].hint == "PJSIP/${EXTEN}"
    assert dialplan.find("internal", "5", 1) is not None


def test_into_python_and_out_of_it() -> None:
    dialplan = plan(
        """
        @extension("py", "100")
        async def there(call: Call) -> None:
            call["CAME"] = "yes"
            call.goto("conf", "back", "later")
            raise AssertionError("goto ends the function")

        @extension("py", "200")
        async def by_application(call: Call) -> None:
            try:
                await call.app("Goto", "conf,back,1")
            except Exception:
                call["CAUGHT"] = "yes"
        """,
        "[conf]\nexten => s,1,Goto(py,100,1)\nexten => back,1,NoOp(first)\n same => n(later),NoOp(back)\n",
    )
    ran = run_call(dialplan, "conf", "s")
    assert ran.path == ["s@conf:1", "100@py:1", "back@conf:2"]
    assert ran.variables["CAME"] == "yes"
    ran = run_call(dialplan, "py", "200")
    assert ran.path == ["200@py:1", "200@py:1", "back@conf:1", "back@conf:2"]
    assert "CAUGHT" not in ran.variables


def test_gosub_from_python() -> None:
    dialplan = plan(
        """
        @extension("py", "s")
        async def main(call: Call) -> None:
            call["GOT"] = await call.gosub("sub", "s", "go", "a,b", 7)
            try:
                await call.gosub("sub", "nobody")
            except LookupError as error:
                call["ERROR"] = str(error)
        """,
        "[sub]\nexten => s,1,NoOp\n same => n(go),NoOp(${ARG1}|${ARG2})\n same => n,Return(r${ARG2})\n",
    )
    ran = run_call(dialplan, "py", "s")
    assert ran.data("NoOp") == ["a,b|7"]
    assert ran.variables["GOT"] == "r7"
    assert ran.variables["ERROR"] == "there is no routine sub,nobody,1"


def test_routines_are_called_by_the_dialplan() -> None:
    dialplan = plan(
        """
        @routine
        async def greet(call: Call, name: str, times: int = 1) -> str:
            for _ in range(times):
                await call.play(name)
            return f"{name} {times}"
        """,
        "[c]\nexten => s,1,Python(greet,hello,2)\n same => n,NoOp(${PYTHON_RETVAL})\n"
        "exten => wrong,1,Python(greet,hello,many)\n same => n,NoOp(not here)\n"
        "exten => none,1,Python(nobody)\n same => n,NoOp(not here)\n",
    )
    ran = run_call(dialplan, "c", "s")
    assert ran.played == ["hello", "hello"]
    assert ran.data("NoOp") == ["hello 2"]
    for extension in ("wrong", "none"):
        assert run_call(dialplan, "c", extension).data("NoOp") == []


def test_keys_and_prompts() -> None:
    dialplan = plan(
        """
        @extension("c", "s")
        async def main(call: Call) -> None:
            call["PIN"] = await call.read("agent-pass", digits=3, within=3)
            call["KEY"] = await call.play("one", "two", interrupt="5")
            await call.wait(2)
            await call.ringing()
            await call.say_digits("12")
        """
    )
    ran = run_call(dialplan, "c", "s", keys="123")
    assert ran.variables["PIN"] == "123"
    assert ran.variables["KEY"] == ""
    assert ran.played[:3] == ["agent-pass", "one", "two"]
    assert "ringing" in ran.told


def test_an_exception_ends_that_call_alone(caplog: pytest.LogCaptureFixture) -> None:
    dialplan = plan(
        """
        def helper() -> None:
            raise ValueError("no luck")

        @extension("c", "s")
        async def main(call: Call) -> None:
            helper()

        @extension("c", "h")
        async def hung_up(call: Call) -> None:
            call["H"] = "ran"
        """
    )
    with caplog.at_level(logging.WARNING):
        ran = run_call(dialplan, "c", "s")
    assert "extensions.py:4: main: ValueError: no luck" in caplog.text
    assert ran.variables["H"] == "ran"
    assert ran.told[-1].startswith("hangup")


def test_an_error_leads_to_e_where_there_is_one() -> None:
    dialplan = plan(
        """
        @extension("c", "s")
        async def main(call: Call) -> None:
            await call.app("NoSuchApplication")
        """,
        "[c]\nexten => e,1,NoOp(here)\n",
    )
    assert run_call(dialplan, "c", "s").data("NoOp") == ["here"]


def test_a_hangup_cancels_and_h_runs() -> None:
    dialplan = plan(
        """
        @extension("c", "s")
        async def main(call: Call) -> None:
            try:
                while True:
                    try:
                        await call.wait(10)
                    except Exception:
                        call["CAUGHT"] = "a hangup is no Exception"
            finally:
                call["CLEANED"] = "yes"

        @extension("c", "h")
        async def hung_up(call: Call) -> None:
            call["H"] = call["CLEANED"]

        @extension("c", "bye")
        async def bye(call: Call) -> None:
            call.hangup(HangupCause.USER_BUSY)
        """
    )
    ran = run_call(dialplan, "c", "s", hangup_after=25)
    assert (ran.seconds, ran.variables.get("H"), ran.variables.get("CAUGHT")) == (25, "yes", None)
    assert run_call(dialplan, "c", "bye").told == ["hangup USER_BUSY"]


def test_calls_of_one_name_and_stacked_decorators() -> None:
    dialplan = plan(
        """
        @extension("c", "1")
        @extension("c", "2", caller="_5X")
        async def _(call: Call) -> None:
            call["N"] = "first"

        @extension("c", "3")
        async def _(call: Call) -> None:
            call["N"] = "second"
        """
    )
    assert run_call(dialplan, "c", "1").variables["N"] == "first"
    assert run_call(dialplan, "c", "2", caller="55").variables["N"] == "first"
    assert run_call(dialplan, "c", "3").variables["N"] == "second"
    assert dialplan.find("c", "2", 1, "99") is None


@pytest.mark.parametrize(
    ("program", "line", "words"),
    [
        ("@extension('c', '1')\ndef f(call: Call) -> None: ...", 2, "write async def"),
        ("@extension('c', '1')\nasync def f() -> None: ...", 2, "takes no call"),
        ("@routine\nasync def f(call: Call, x) -> None: ...", 2, "x needs a type"),
        ("@routine\nasync def f(call: Call, x: 'Nothing') -> None: ...", 2, "Nothing"),
        ("@extension('c', '_[1')\nasync def f(call: Call) -> None: ...", 2, "lacks a closing"),
        ("c = context('c', include=['d,9-17'])", 0, "no time of the day"),
        ("c = context('c', switch=['nowhere'])", 0, "Kind/data"),
        ("import nothing_of_this_name", 2, "ModuleNotFoundError"),
    ],
)
def test_what_makes_no_sense_is_refused(program: str, line: int, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        plan(program)
    assert (caught.value.path, caught.value.line) == (FILE, line)
    assert not line or caught.value.source


def test_small_things_of_a_call() -> None:
    dialplan = plan(
        """
        @extension("c", "s")
        async def main(call: Call) -> None:
            call.language = "de"
            call["LANGUAGE"] = call.language
            call["KEY"] = await call.play("one", "two", interrupt="#5")
            call["GLOBAL"] = call["SITE"]
            await call.app("NoOp", "taken, as it is")
            await call.app("Verbose", 1, 'quoted, "text"')
            await call.say_number(7)
            await call.dial("PJSIP/a", "PJSIP/b")
            try:
                call.goto("c", "s", "nolabel")
            except LookupError as error:
                call["ERROR"] = str(error)
        """,
        "[globals]\nSITE=north\n",
    )
    ran = run_call(dialplan, "c", "s", keys="##5")
    assert ran.data("NoOp") == ["taken, as it is"]
    assert ran.data("Verbose") == [r'1,"quoted, \"text\""']
    assert ran.data("SayNumber") == ["7"]
    assert ran.data("Dial") == ["PJSIP/a&PJSIP/b"]
    variables = {name: ran.variables[name] for name in ("LANGUAGE", "KEY", "GLOBAL", "ERROR")}
    assert variables == {
        "LANGUAGE": "de",
        "KEY": "#",
        "GLOBAL": "north",
        "ERROR": "there is no label 'nolabel' in s@c",
    }


def test_what_is_done_after_a_hangup_is_over_at_once() -> None:
    dialplan = plan(
        """
        @extension("c", "s")
        async def main(call: Call) -> None:
            call.channel.hangup()
            for _ in range(3):
                try:
                    await call.answer()
                except Exception:
                    call["CAUGHT"] = "a hangup is no Exception"
            call["LATER"] = "went on"
        """
    )
    ran = run_call(dialplan, "c", "s")
    assert not {"CAUGHT", "LATER"} & set(ran.variables)

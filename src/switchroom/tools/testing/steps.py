"""The steps of a ``.test.yaml`` file: one function each, which marks itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from switchroom.tools.simulate.script import wildcard
from switchroom.tools.testing.call import PATIENCE, CallUnderTest
from switchroom.tools.testing.dialplan import DialplanUnderTest
from switchroom.tools.testing.failure import failure
from switchroom.tools.testing.yaml_reader import Value, unknown

#: What may stand beside a step.
OPTIONS = ("within", "at")


@dataclass(slots=True)
class Stage:
    """Where a test stands: its dialplan, its newest call, and the step that is taken."""

    dialplan: DialplanUnderTest
    newest: CallUnderTest | None
    dial: Callable[[DialplanUnderTest, Value], CallUnderTest]
    within: float = PATIENCE
    at: str = ""

    def begin(self, value: Value) -> None:
        """Let a call come in; the steps that follow are about it."""
        self.newest = self.dial(self.dialplan, value)

    def call(self, value: Value) -> CallUnderTest:
        """The newest call.

        Raises:
            ConfigError: Nobody has dialled yet.
        """
        if self.newest is None:
            raise value.error("nobody has dialled yet: write `dial: EXTENSION` before the steps")
        return self.newest


Run = Callable[[Stage, Value], None]
RunT = TypeVar("RunT", bound=Run)

_MARK = "__switchroom_step__"


def _step(name: str) -> Callable[[RunT], RunT]:
    """Mark a function of this module as the step ``name``."""

    def mark(run: RunT) -> RunT:
        setattr(run, _MARK, name)
        return run

    return mark


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a test."""

    name: str
    value: Value
    options: Mapping[str, Value]
    line: int

    def take(self, stage: Stage) -> None:
        """Take it.

        Raises:
            CallFailedError: What it expects did not come true.
            ConfigError: Its value makes no sense.
        """
        within, at = self.options.get("within"), self.options.get("at")
        stage.within = within.number() if within is not None else PATIENCE
        stage.at = at.text() if at is not None else ""
        STEPS[self.name](stage, self.value)

    def __str__(self) -> str:
        shown = str(self.value.node.value) if self.value.node.id == "scalar" else "…"
        return f"{self.name}: {shown}" if shown else self.name


def parse_step(value: Value) -> Step:
    """Read ``hears: extension``, ``{hears: extension, within: 5}``, or ``hung up`` alone.

    Raises:
        ConfigError: There is no such step.
    """
    if not value.is_mapping:
        name = value.text()
        if name not in STEPS:
            raise value.error(unknown(name, STEPS, "step"))
        return Step(name, _nothing(value), {}, value.line)
    found: list[tuple[str, Value]] = []
    options: dict[str, Value] = {}
    for name, key, content in value.entries():
        if name in OPTIONS:
            options[name] = content
        elif name in STEPS:
            found.append((name, content))
        else:
            raise key.error(unknown(name, [*STEPS, *OPTIONS], "step"))
    if len(found) != 1:
        raise value.error("expected one step here; each begins with a dash of its own")
    return Step(*found[0], options, value.line)


def _nothing(value: Value) -> Value:
    node = type(value.node)("tag:yaml.org,2002:null", "", value.node.start_mark)
    return Value(node, value.path)


# what the caller does


@_step("dial")
def _dial(stage: Stage, value: Value) -> None:
    """Let another call come in; the steps that follow are about it."""
    stage.begin(value)


@_step("keys")
def _keys(stage: Stage, value: Value) -> None:
    """Key digits, or follow a script."""
    stage.call(value).keys(value.text())


@_step("wait")
def _wait(stage: Stage, value: Value) -> None:
    """Let so many seconds pass."""
    stage.dialplan.wait(value.number())


@_step("talk")
def _talk(stage: Stage, value: Value) -> None:
    """Talk so many seconds."""
    stage.call(value).talk(value.number())


@_step("say")
def _say(stage: Stage, value: Value) -> None:
    """Say something that speech recognition understands."""
    stage.call(value).say(value.text())


@_step("hang up")
def _hang_up(stage: Stage, value: Value) -> None:
    """The caller hangs up."""
    stage.call(value).hang_up()


# what is expected


@_step("hears")
def _hears(stage: Stage, value: Value) -> None:
    """The caller hears a prompt, or several in this order."""
    for prompt in value.items():
        stage.call(value).hears(prompt.text(), within=stage.within)


@_step("answered")
def _answered(stage: Stage, value: Value) -> None:
    """The call is answered."""
    stage.call(value).answered(within=stage.within)


@_step("executes")
def _executes(stage: Stage, value: Value) -> None:
    """A priority is or was executed; ``at`` says where."""
    for step in value.items():
        stage.call(value).executes(step.text(), at=stage.at, within=stage.within)


@_step("never executes")
def _never_executes(stage: Stage, value: Value) -> None:
    """A priority was not executed until now."""
    for step in value.items():
        stage.call(value).never_executes(step.text(), at=stage.at)


@_step("reaches")
def _reaches(stage: Stage, value: Value) -> None:
    """The call comes to a place: ``context,extension,priority``."""
    stage.call(value).reaches(value.text(), within=stage.within)


@_step("dials")
def _dials(stage: Stage, value: Value) -> None:
    """Resources are or were dialled."""
    for resource in value.items():
        stage.call(value).dials(resource.text(), within=stage.within)


@_step("hung up")
def _hung_up(stage: Stage, value: Value) -> None:
    """The dialplan ends the call, with this cause where one is written."""
    cause = None if value.is_null else int(value.number())
    stage.call(value).hung_up(cause, within=stage.within)


@_step("ends")
def _ends(stage: Stage, value: Value) -> None:
    """The call ends, whoever ends it."""
    stage.call(value).ends(within=stage.within)


@_step("variables")
def _variables(stage: Stage, value: Value) -> None:
    """Channel variables have these values now; nothing written: empty or unset."""
    for name, text in value.texts().items():
        stage.call(value).has(name, text or "")


@_step("globals")
def _globals(stage: Stage, value: Value) -> None:
    """Global variables have these values now."""
    _compare(stage, value, stage.dialplan.globals, "global variable")


@_step("db")
def _db(stage: Stage, value: Value) -> None:
    """AstDB entries have these values now; nothing written: there is no such entry."""
    _compare(stage, value, stage.dialplan.db, "AstDB entry")


def _compare(stage: Stage, value: Value, found: Mapping[str, str], what: str) -> None:
    call = stage.call(value).simulated
    for name, expected in value.texts().items():
        actual = found.get(name)
        if expected is None:
            if actual is not None:
                raise failure(call, f"expected no {what} {name}, but it is {actual!r}")
        elif actual is None:
            raise failure(call, f"expected {what} {name} to be {expected!r}; there is none")
        elif not wildcard(expected)(actual):
            raise failure(call, f"expected {what} {name} to be {expected!r}, not {actual!r}")


STEPS: Mapping[str, Run] = {
    getattr(value, _MARK): value for value in list(globals().values()) if hasattr(value, _MARK)
}


def check_value(step: Step) -> None:
    """Find what can be found without a call: numbers that are none.

    Raises:
        ConfigError: One that is none.
    """
    for option in ("within",):
        if option in step.options:
            step.options[option].number()
    if step.name in {"wait", "talk"}:
        step.value.number()
    if step.name == "hung up" and not step.value.is_null:
        step.value.number()

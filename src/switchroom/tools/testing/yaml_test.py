"""One test of a ``.test.yaml`` file: what is there before, who calls, and the steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from switchroom.base.errors import SwitchroomError
from switchroom.tools.testing.call import CallUnderTest
from switchroom.tools.testing.dialplan import DialplanUnderTest
from switchroom.tools.testing.steps import Stage, Step, check_value, parse_step
from switchroom.tools.testing.yaml_reader import Value, read_yaml, unknown

FILE_KEYS = ("dialplan", "defaults", "tests")


class StepFailedError(SwitchroomError):
    """A step of a test did not go as written.

    Args:
        step: Which.
        path: The file.
        line: Where it stands in it.
        reason: What went wrong.
    """

    def __init__(self, step: str, path: Path, line: int, reason: Exception) -> None:
        first, _, story = str(reason).partition("\n")
        super().__init__(f"{first}\n{path}:{line}: - {step}\n{story}".rstrip())
        self.step = step
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class YamlTest:
    """A test as it is written."""

    name: str
    path: Path
    line: int
    settings: Mapping[str, Value]  #: those of the test, then the file's defaults
    steps: tuple[Step, ...] = field(default=())

    def run(self, dialplan: DialplanUnderTest) -> None:
        """Prepare, dial, and take the steps.

        Raises:
            StepFailedError: A step did not go as written; it names its line.
            ConfigError: A setting makes no sense.
        """
        for name, prepare in _PREPARATIONS.items():
            if name in self.settings:
                value = self.settings[name]
                self._take(name, value, partial(prepare, dialplan, value))
        stage = Stage(dialplan, None, self._dial)
        if "dial" in self.settings:
            value = self.settings["dial"]
            self._take("dial", value, partial(stage.begin, value))
        for step in self.steps:
            self._take(str(step), step.value, partial(step.take, stage), line=step.line)

    def _take(self, name: str, value: Value, work: Callable[[], None], *, line: int = 0) -> None:
        try:
            work()
        except (AssertionError, SwitchroomError) as error:
            raise StepFailedError(name, self.path, line or value.line, error) from error

    def _dial(self, dialplan: DialplanUnderTest, value: Value) -> CallUnderTest:
        def text(name: str) -> str:
            return self.settings[name].text() if name in self.settings else ""

        variables = self.settings.get("variables")
        return dialplan.dial(
            value.text(),
            context=text("context"),
            caller_id=text("caller id"),
            phone=text("phone"),
            channel=text("channel"),
            language=text("language"),
            script=text("script"),
            variables={name: content or "" for name, content in variables.texts().items()}
            if variables is not None
            else None,
        )


# what is there before


def _database(dialplan: DialplanUnderTest, value: Value) -> None:
    for path, content in value.texts().items():
        dialplan.db[path] = content or ""


def _globals(dialplan: DialplanUnderTest, value: Value) -> None:
    for name, content in value.texts().items():
        dialplan.globals[name] = content or ""


def _outcomes(dialplan: DialplanUnderTest, value: Value) -> None:
    for resource, _, content in value.entries():
        dialplan.outcome(resource, *(each.text() for each in content.items()))


def _stubs(dialplan: DialplanUnderTest, value: Value) -> None:
    for call, content in value.texts().items():
        dialplan.stub(call, content or "")


def _sounds(dialplan: DialplanUnderTest, value: Value) -> None:
    for name, _, content in value.entries():
        if content.text() == "missing":
            dialplan.missing_sound(name)
        else:
            dialplan.sound(name, content.number())


_PREPARATIONS: Mapping[str, Callable[[DialplanUnderTest, Value], None]] = {
    "at": lambda dialplan, value: dialplan.at(value.text()),
    "seed": lambda dialplan, value: dialplan.seed(int(value.number())),
    "db": _database,
    "globals": _globals,
    "outcomes": _outcomes,
    "stubs": _stubs,
    "sounds": _sounds,
}

_CALL_KEYS = ("context", "caller id", "phone", "channel", "language", "variables", "script")
SETTINGS = (*_PREPARATIONS, *_CALL_KEYS)
TEST_KEYS = ("dial", "steps", *SETTINGS)


@dataclass(frozen=True, slots=True)
class YamlTests:
    """A ``.test.yaml`` file."""

    path: Path
    dialplan: Path | None  #: named in the file; None: pytest's option says which
    tests: tuple[YamlTest, ...]


def read_test_file(path: Path) -> YamlTests:
    """Read the tests of a file.

    Raises:
        ConfigError: Something in it makes no sense; names file and line.
        ImportError: There is no PyYAML.
    """
    top = read_yaml(path)
    dialplan: Path | None = None
    defaults: dict[str, Value] = {}
    tests: list[YamlTest] = []
    for name, key, value in top.entries():
        match name:
            case "dialplan":
                dialplan = path.parent / value.text()
            case "defaults":
                defaults = dict(_settings(value, SETTINGS))
            case "tests":
                tests += [_test(title, place, body) for title, place, body in value.entries()]
            case _:
                raise key.error(unknown(name, FILE_KEYS, "key"))
    named = [YamlTest(t.name, t.path, t.line, {**defaults, **t.settings}, t.steps) for t in tests]
    return YamlTests(path, dialplan, tuple(named))


def _settings(value: Value, known: tuple[str, ...]) -> Iterator[tuple[str, Value]]:
    for name, key, content in value.entries():
        if name not in known:
            raise key.error(unknown(name, known, "key"))
        yield name, content


def _test(name: str, place: Value, body: Value) -> YamlTest:
    settings = dict(_settings(body, TEST_KEYS))
    steps = settings.pop("steps", None)
    parsed = tuple(map(parse_step, steps.items())) if steps is not None else ()
    for step in parsed:
        check_value(step)
    if "dial" not in settings and not any(step.name == "dial" for step in parsed):
        raise place.error(f"the test {name!r} dials nobody: write `dial: EXTENSION`")
    if not parsed:
        raise place.error(f"the test {name!r} has no steps: it would pass whatever happens")
    return YamlTest(name, place.path, place.line, settings, parsed)

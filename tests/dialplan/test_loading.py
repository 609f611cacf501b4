import asyncio
import re
from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.dialplan.loading import (
    DialplanLoader,
    LoadingOptions,
    RollbackError,
    apply_global_variables,
)
from switchroom.dialplan.model import Dialplan


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    folder = tmp_path / "etc"
    folder.mkdir()
    return folder


def loader(etc: Path, *, allow_exec: bool = False) -> DialplanLoader:
    folder = etc.parent / "cache" / "dialplan-last-good"
    return DialplanLoader(etc, folder, LoadingOptions(allow_exec=allow_exec))


def write(etc: Path, **files: str) -> None:
    for name, text in files.items():
        (etc / name.replace("_", ".")).write_text(text)


def data(dialplan: Dialplan, number: str, context: str = "a") -> str:
    found = dialplan.find(context, number, 1)
    return found.priorities[1].data if found else ""


def test_three_sources_make_one_dialplan(etc: Path) -> None:
    write(
        etc,
        extensions_conf='[a]\nexten => 1,1,NoOp(conf)\n#include "more.conf"\n[globals]\nX=1\n',
        more_conf="[a](+)\nexten => 2,1,NoOp(more)\ninclude => b\n",
        extensions_ael="context a { 1 => NoOp(second); 3 => NoOp(ael); } context b { 4 => NoOp(b); }",
        extensions_py=(
            "from switchroom.dialplan.python import Call, context, extension\n"
            "@extension('a', '5', hint='PJSIP/5')\n"
            "async def five(call: Call) -> None: ...\n"
        ),
    )
    loaded = loader(etc)
    dialplan = loaded.load()
    assert [data(dialplan, n) for n in "12345"] == ["conf", "more", "ael", "b", "five"]
    assert dialplan.global_variables == {"X": "1"}
    registrars = [dialplan.contexts["a"].extensions[n, None].priorities[1].registrar for n in "125"]
    assert registrars == ["extensions.conf:2", "more.conf:2", "extensions.py:2"]
    assert dialplan.contexts["a"].extensions["5", None].hint == "PJSIP/5"
    assert [w.message for w in loaded.warnings] == [
        "1@a has a priority 1 already (extensions.conf:2): this one is ignored"
    ]
    assert loaded.refused is None


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        (
            "extensions.conf",
            "[a]\n\texten => 1,x,NoOp\n",
            "extensions.conf:2: 'x' is no priority.*\n    \texten => 1,x,NoOp\n    \t           \\^",
        ),
        (
            "extensions.ael",
            "context a {\n  1 => &no();\n}",
            "extensions.ael:2: there is no macro no\n      1 => &no\\(\\);\n           \\^",
        ),
        (
            "extensions.py",
            "x = 1\nif x\n",
            "extensions.py:2: this is no Python: .*\n    if x\n        \\^",
        ),
        (
            "extensions.py",
            "def f():\n    return 1 / 0\nx = f()\n",
            "extensions.py:2: ZeroDivisionError: division by zero\n        return 1 / 0$",
        ),
        ("extensions.py", "raise SystemExit(1)", "extensions.py:1: SystemExit: 1"),
    ],
)
def test_a_wrong_file_is_refused_and_shown(etc: Path, name: str, text: str, shown: str) -> None:
    (etc / name).write_text(text)
    loaded = loader(etc)
    with pytest.raises(ConfigError) as caught:
        loaded.load()
    assert re.search(shown, caught.value.render()), caught.value.render()
    assert loaded.dialplan.contexts == {}


def test_a_wrong_reload_changes_nothing(etc: Path) -> None:
    write(etc, extensions_conf="[a]\nexten => 1,1,NoOp(old)\n")
    loaded = loader(etc)
    before = loaded.load()
    write(etc, extensions_conf="[a]\nexten => 1,1,NoOp(new)\nexten => 2\n")

    async def main() -> None:
        with pytest.raises(ConfigError, match=r"extensions\.conf:3"):
            await loaded.reload()
        assert loaded.dialplan is before
        with pytest.raises(RollbackError):
            await loaded.rollback()
        write(etc, extensions_conf="[a]\nexten => 1,1,NoOp(new)\n")
        assert data(await loaded.reload(), "1") == "new"
        (etc / "extensions.conf").unlink()
        with pytest.raises(ConfigError, match="no context left"):
            await loaded.reload()

    asyncio.run(main())
    assert data(before, "1") == "old"
    assert data(loaded.dialplan, "1") == "new"


def test_rolling_back(etc: Path) -> None:
    loaded = loader(etc)

    async def main() -> list[str]:
        seen: list[str] = []
        loaded.load()
        for text in ("one", "two", "three"):
            write(etc, extensions_conf=f"[a]\nexten => 1,1,NoOp({text})\n")
            seen.append(data(await loaded.reload(), "1"))
        seen += [data(await loaded.rollback(), "1"), data(await loaded.rollback(), "1")]
        return seen

    assert asyncio.run(main()) == ["one", "two", "three", "two", "one"]
    (etc / "extensions.conf").write_text("nonsense")  # the copy is of what was returned to
    assert data(loader(etc).load(), "1") == "one"


def test_the_last_good_copy_is_used_at_start(etc: Path) -> None:
    text = '#include "numbers.d/*.conf"\n#exec echo "[e]"\n[a]\nexten => 1,1,NoOp(good)\n'
    (etc / "numbers.d").mkdir()
    (etc / "numbers.d" / "1.conf").write_text("[a]\nexten => 2,1,NoOp(included)\n")
    write(
        etc,
        extensions_conf=text,
        extensions_ael='#include "more.ael"',
        more_ael="context a { 3 => NoOp(ael); }",
        extensions_py=(
            "from switchroom.dialplan.python import extension\n"
            "@extension('a', '4')\nasync def four(call): ...\n"
        ),
    )
    loader(etc, allow_exec=True).load()
    for path in [*etc.rglob("*.*")]:
        if path.is_file():
            path.unlink()
    write(etc, extensions_conf="[a]\nexten => 1,1\n")
    again = loader(etc, allow_exec=True)
    dialplan = again.load()
    assert [data(dialplan, n) for n in "1234"] == ["good", "included", "ael", "four"]
    assert "e" in dialplan.contexts
    assert again.refused is not None
    assert again.refused.line == 2
    assert "the last good dialplan is used" in again.warnings[0].message


@pytest.mark.parametrize(
    "copy", ["", "no json", "[]", '{"texts": {}}', '{"texts": {}, "matches": {}, "outputs": {}}']
)
def test_a_copy_that_is_none_helps_nobody(etc: Path, copy: str) -> None:
    write(etc, extensions_conf="[a]\nexten => 1,1\n")
    name = str(etc).strip("/").replace("/", "-")
    kept = etc.parent / "cache" / "dialplan-last-good" / f"{name}.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(copy)
    with pytest.raises(ConfigError, match=r"extensions\.conf:2"):
        loader(etc).load()


def test_a_cache_that_cannot_be_written_stops_nothing(
    etc: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (etc.parent / "cache").write_text("a file where the folder should be")
    write(etc, extensions_conf="[a]\nexten => 1,1,NoOp(x)\n")
    assert data(loader(etc).load(), "1") == "x"
    assert "cannot keep a copy" in caplog.text


def test_nothing_at_all_is_an_empty_dialplan(etc: Path) -> None:
    assert loader(etc).load().contexts == {}


def test_a_program_that_anybody_may_change_is_not_run(etc: Path) -> None:
    write(etc, extensions_py="raise RuntimeError('was run')")
    (etc / "extensions.py").chmod(0o666)
    with pytest.raises(ConfigError, match="written by everybody"):
        loader(etc).load()


def test_global_variables_of_a_reload() -> None:
    variables = {"SET": "by hand", "FILE": "old"}
    apply_global_variables(Dialplan({}, {"FILE": "new"}), variables)
    assert variables == {"SET": "by hand", "FILE": "new"}
    apply_global_variables(Dialplan({}, {"A": "1"}, clear_global_variables=True), variables)
    assert variables == {"A": "1"}

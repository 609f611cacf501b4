"""The pages: what is on them, how they are kept, and that those of ``docs/`` are up to date."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from switchroom.__main__ import main
from switchroom.cli.registry import collect_commands
from switchroom.dialplan.documentation import document_application, document_function
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import Application, Function, Rest
from switchroom.tools.reference.commands_page import commands_page
from switchroom.tools.reference.folder import differences, write
from switchroom.tools.reference.index_page import INTRODUCTION, index_page
from switchroom.tools.reference.markdown import MARK, anchor, inline
from switchroom.tools.reference.page import page
from switchroom.tools.reference.reference import make_pages

COMMITTED = Path(__file__).parents[3] / "docs" / "reference"


def test_committed_pages_are_up_to_date() -> None:
    pages = make_pages(collect_commands().beginning_with([]))
    assert differences(COMMITTED, pages) == {}, "`make reference` writes them"


def no_links(name: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Options:
    loud: bool = option("l", "Loud.", word="loudly")
    times: int = option("n", "So often.", default=1)


def say(channel: object, text: str, options: Options = Options(), *more: str) -> None:
    """Say a text.

    Never answers; see :func:`shout` and Shout().

    Args:
        channel: The channel.
        text: What is said, ``<b>`` or *not*.
        options: Option letters.
        more: Others.

    Variables:
        SAIDSTATUS: SUCCESS, or
            FAILED.

    Examples:
        Say(hi,l)

        exten => s,1,Say(``)
    """


def test_page_of_an_application() -> None:
    thing = document_application(Application("Say", say))
    links = {"Shout": "Shout.md"}
    assert page(thing, index="applications.md", links=lambda name: links.get(name, "")) == (
        "<!-- Written by `switchroom reference` from src/tests/tools/reference/test_pages.py. -->\n"
        "# Say\n\n"
        "Say a text.\n\n"
        "    Say(text[,options[,more[,...]]])\n\n"
        "Never answers; see `shout` and [Shout()](Shout.md).\n\n"
        "## Arguments\n\n"
        "- `text`: What is said, `<b>` or \\*not\\*.\n"
        "- `options`: Option letters.\n"
        "- `more`: Others.\n\n"
        "## Options\n\n"
        "- `l`: Loud. Instead of all letters: `loudly`.\n"
        "- `n(times)`: So often.\n\n"
        "## Variables\n\n"
        "- `SAIDSTATUS`: SUCCESS, or FAILED.\n\n"
        "## Examples\n\n"
        "    Say(hi,l)\n\n"
        "    exten => s,1,Say(``)\n"
    )


def test_index_by_family() -> None:
    things = [document_application(Application(name, say)) for name in ("b", "A")]
    text = index_page("All", things, source="src", links=lambda name: f"x/{name}.md")
    assert text.partition("\n")[2] == (
        f"# All\n\n{INTRODUCTION}\n\n[Others](#others)\n\n## Others\n\n"
        "- [A](x/A.md): Say a text.\n- [b](x/b.md): Say a text.\n"
    )


def test_commands_by_name() -> None:
    @dataclass(frozen=True)
    class Command:
        name: str
        usages: tuple[str, ...]
        run: object

    def stop(channel: object) -> None:
        """Stop."""

    commands = [
        Command("halt", ("stop <x>", "stop y"), stop),
        Command("stop", ("stop <x>", "stop y"), stop),
        Command("say", ("say",), say),
    ]
    text = commands_page(commands, links=no_links)
    assert text.endswith("## stop\n\n    stop <x>\n    stop y\n\nStop.\n\nAlso: `halt`.\n")
    assert "\n## say\n" in text
    assert "\n## halt\n" not in text


def get(channel: object, path: Rest) -> str:
    """Read."""
    return path


def put(channel: object, value: str, path: Rest) -> None:
    """Write."""


def test_page_of_a_function_shows_both_sides() -> None:
    function = Function("DB")
    function.add(get, write=False)
    function.add(put, write=True)
    text = page(document_function(function), index="functions.md", links=no_links)
    assert (
        "# DB\n\nRead.\n\n    ${DB(path)}\n\n## Writing\n\nWrite.\n\n    Set(DB(path)=value)\n\n"
        in text
    )


def test_what_is_not_as_it_should_be_is_told_and_written(tmp_path: Path) -> None:
    pages = {"a/x.md": f"{MARK} 1", "a/y.md": f"{MARK} 2", "z.md": f"{MARK} 3"}
    write(tmp_path, pages)
    assert differences(tmp_path, pages) == {}
    (tmp_path / "a/y.md").write_text("else")
    (tmp_path / "z.md").unlink()
    (tmp_path / "a/old.md").write_text(f"{MARK} 4")
    (tmp_path / "mine.md").write_text("# not generated")
    assert differences(tmp_path, pages) == {
        "a/y.md": "is outdated",
        "z.md": "is missing",
        "a/old.md": "is left over",
    }
    write(tmp_path, pages)
    assert differences(tmp_path, pages) == {}
    assert not (tmp_path / "a/old.md").exists()
    assert (tmp_path / "mine.md").exists()


def test_the_command_writes_and_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["reference", "--output", str(tmp_path)]
    assert main([*command, "--check"]) == 1
    assert f"{tmp_path}/applications/Dial.md: is missing\n" in capsys.readouterr().out
    assert main(command) == 0
    assert main([*command, "--check"]) == 0
    assert capsys.readouterr().out == ""


def test_text_as_markdown() -> None:
    text = "a*b <c> ``d*``, [e](f), CURL()"
    assert inline(text, no_links) == "a\\*b \\<c> `d*`, \\[e](f), CURL()"
    assert anchor("Parties, of a call") == "parties-of-a-call"

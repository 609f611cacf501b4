"""The examples of docs/data.md are what the readers of these files take."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

import switchroom.apps
import switchroom.functions
from switchroom.config.extconfig import read_extconfig
from switchroom.config.func_odbc import read_func_odbc
from switchroom.config.language.reader import ConfigFile, parse_config
from switchroom.config.odbc import read_odbc
from switchroom.config.records.cdr_sql import read_cdr_adaptive
from switchroom.config.sorcery import Keeper, read_sorcery
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.realtime_extensions import RealtimeExtensions
from switchroom.dialplan.registry import collect_applications, collect_functions

PAGE = Path(__file__).parents[2] / "docs" / "data.md"
ODBC_INI = "[asterisk]\nDriver=PostgreSQL\nServer=192.0.2.1\nDatabase=asterisk\n"


def files() -> list[tuple[str, str]]:
    """The examples: name and text."""
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", PAGE.read_text(), re.MULTILINE)
    found: list[tuple[str, str]] = []
    for block in blocks:
        text = textwrap.dedent(block).strip("\n")
        parts = re.split(r"^(?=; \w+\.conf)", text, flags=re.MULTILINE)
        named = ((re.match(r"; (\w+\.conf)", part), part) for part in parts)
        found += [(match[1], part) for match, part in named if match]
    return found


def read(name: str, folder: Path) -> list[ConfigFile]:
    return [parse_config(text, path=folder / name) for each, text in files() if each == name]


def test_databases(tmp_path: Path) -> None:
    (tmp_path / "odbc.ini").write_text(ODBC_INI)
    (file,) = read("res_odbc.conf", tmp_path)
    config = read_odbc(file)
    assert config.warnings == ()
    assert config.classes["main"].url == "postgresql://asterisk:secret@192.0.2.1/asterisk"
    assert config.classes["spare"].answer_timeout == 1.0
    assert config.classes["small"].url == "sqlite:////var/lib/asterisk/small.sqlite3"


def test_records_functions_and_mappings(tmp_path: Path) -> None:
    (cdr,) = read("cdr_adaptive_odbc.conf", tmp_path)
    (table,) = read_cdr_adaptive(cdr).tables
    assert (table.columns, table.constants) == ({"calldate": "start"}, {"site": "Berlin"})
    assert table.filters == (("accountcode", "sales", True),)
    (functions,) = read("func_odbc.conf", tmp_path)
    found = read_func_odbc(functions)
    assert (list(found.functions), found.warnings) == (["ODBC_AGENT", "ODBC_TEAM"], ())
    (mappings,) = read("extconfig.conf", tmp_path)
    config = read_extconfig(mappings)
    assert config.warnings == ()
    assert [each.source for each in config.families["people"]] == ["main", "spare"]
    assert list(config.files) == ["musiconhold.conf"]
    sorcery, pushing = read("sorcery.conf", tmp_path)
    kinds = read_sorcery(sorcery)
    assert kinds.warnings == ()
    assert (kinds.kinds["endpoint"].is_in_file, kinds.kinds["endpoint"].keep_for) == (True, 60.0)
    pushed = read_sorcery(pushing)
    assert pushed.warnings == ()
    assert pushed.keeper_for_new("endpoint") == Keeper("astdb", "ps_endpoints")
    assert pushed.keeper_for_new("aor") == Keeper("memory")
    assert (pushed.is_in_file("endpoint"), pushed.is_in_file("auth")) == (True, False)


def test_dialplans(tmp_path: Path) -> None:
    known = collect_applications(switchroom.apps)
    functions = {*collect_functions(switchroom.functions), "ODBC_AGENT", "ODBC_TEAM"}
    for file in read("extensions.conf", tmp_path):
        dialplan = parse_dialplan(file, sources={"realtime": RealtimeExtensions()})
        assert dialplan.warnings == ()
        for context in dialplan.contexts.values():
            for extension in context.extensions.values():
                for priority in extension.priorities.values():
                    assert priority.application.lower() in known
                    used = re.findall(r"\$\{([A-Z_]+)\(", priority.data)
                    assert set(used) <= functions


@pytest.mark.parametrize("name", re.findall(r"\]\(([\w/.]+\.md)\)", PAGE.read_text()))
def test_links_lead_somewhere(name: str) -> None:
    assert (PAGE.parent / name).is_file()

"""``res_odbc.conf``: a DSN becomes the URL of a database."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import read_config
from switchroom.config.odbc import OdbcFiles, read_odbc, with_account

ODBCINST = (
    "[Postgres]\nDriver=/usr/lib/psqlodbcw.so\n[Maria]\nDescription=MariaDB\nDriver=libmaodbc.so\n"
)
ODBC = """\
[one]
Driver = Postgres
Servername = db.example
Port = 5433
Database = asterisk
UserName = joe
Password = p@ss/word
[two]
Driver = Maria
Server = 192.0.2.1
Database = voice mail
[three]
Driver = PostgreSQL Unicode
Server = /var/run/postgresql
Database = pbx
[four]
Driver = SQLite3
Database = /var/lib/calls.db
[five]
Driver = Maria
Socket = /run/mysqld/mysqld.sock
Database = pbx
[six]
Driver = Oracle
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "odbc.ini").write_text(ODBC)
    (tmp_path / "odbcinst.ini").write_text(ODBCINST)
    return tmp_path


@pytest.mark.parametrize(
    ("dsn", "url"),
    [
        ("one", "postgresql://joe:p%40ss%2Fword@db.example:5433/asterisk"),
        ("TWO", "mysql://192.0.2.1/voice%20mail"),
        ("three", "postgresql:///pbx?host=/var/run/postgresql"),
        ("four", "sqlite:////var/lib/calls.db"),
        ("five", "mysql:///pbx?unix_socket=/run/mysqld/mysqld.sock"),
        ("DRIVER={MariaDB};Server=h;Database=d;UID=u;PWD=p", "mysql://u:p@h/d"),
    ],
)
def test_a_dsn_is_looked_up(folder: Path, dsn: str, url: str) -> None:
    assert OdbcFiles(folder).url(dsn) == url


@pytest.mark.parametrize(("dsn", "why"), [("six", "Oracle"), ("seven", "no odbc.ini")])
def test_what_leads_nowhere_says_why(folder: Path, dsn: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        OdbcFiles(folder).url(dsn)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://h/d", "postgresql://me:a%20b@h/d"),
        ("postgresql://joe@h/d", "postgresql://joe@h/d"),
        ("postgresql:///d?host=/run", "postgresql://me:a%20b@/d?host=/run"),
        ("sqlite:////x", "sqlite:////x"),
    ],
)
def test_an_account_goes_where_there_is_none(url: str, expected: str) -> None:
    assert with_account(url, "me", "a b") == expected


def test_sections_are_databases(folder: Path) -> None:
    path = folder / "res_odbc.conf"
    path.write_text(
        "[ENV]\nINFORMIXSERVER => x\n[main]\nenabled => yes\ndsn => two\nusername => me\npassword => x\n"
        "pre-connect => yes\nconnect_timeout => 3\nmax_connections => 20\nisolation => serializable\n"
        "backslash_is_escape => no\nanswer_timeout => 0.5\nslow_query_limit => 1500\n"
        "[off]\nenabled => no\ndsn => one\n[gone]\nenabled => yes\ndsn => seven\n"
        "[here]\nurl = sqlite:///x.db\n"
    )
    config = read_odbc(read_config(path))
    assert list(config.classes) == ["main", "here"]
    main = config.classes["main"]
    assert main.url == "mysql://me:x@192.0.2.1/voice%20mail"
    assert (main.pre_connect, main.connect_timeout, main.max_connections) == (True, 3.0, 20)
    assert (main.isolation, main.backslash_is_escape) == ("serializable", False)
    assert (main.answer_timeout, main.slow_after) == (0.5, 1.5)
    (warning,) = config.warnings
    assert "[gone] is left out" in warning.message


def test_an_unknown_option_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "res_odbc.conf"
    path.write_text("[main]\nmax_conections = 3\n")
    with pytest.raises(ConfigError, match="did you mean max_connections"):
        read_odbc(read_config(path))

"""Configuration files that stand in databases (static realtime), written out before they are read.

``queues.conf => odbc,main`` in extconfig.conf: the rows of the table become a file in the cache
folder, which is read in place of the one in the configuration folder. Where the database does not
answer, the file of the last time counts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from switchroom.config.asterisk_conf import AsteriskConfig
from switchroom.config.extconfig import (
    ExtConfig,
    TableMapping,
    read_extconfig,
    read_res_mysql,
    read_res_pgsql,
    read_res_sqlite,
)
from switchroom.config.language.reader import ConfigFile, read_config
from switchroom.config.language.static_rows import text_of_rows
from switchroom.config.odbc import OdbcConfig, read_odbc
from switchroom.storage.sql.answer import Answer
from switchroom.storage.sql.errors import SqlError
from switchroom.storage.sql.source import Session, Source, SourceSettings
from switchroom.storage.sql.statements import Condition, Find, build
from switchroom.storage.sql.thread import SqlThread

logger = logging.getLogger(__name__)

T = TypeVar("T")

ANSWER_WITHIN = 5.0  #: seconds that a start or a reload waits for each file
FOLDER = "static-realtime"  #: in the folder of caches


def with_static_files(asterisk: AsteriskConfig) -> AsteriskConfig:
    """The configuration with the files that stand in databases, written out anew.

    Blocks: it is for the start, and for a thread.
    """
    config = _read(asterisk, "extconfig.conf", read_extconfig) or ExtConfig()
    if not config.files:
        return replace(asterisk, static_files={}) if asterisk.static_files else asterisk
    urls = _urls(asterisk)
    name = str(asterisk.directories.astetcdir.absolute()).strip("/").replace("/", "-")
    folder = asterisk.directories.astcachedir / FOLDER / name
    thread = SqlThread()
    try:
        for file, mapping in config.files.items():
            _write_out(folder / file, mapping, urls.get(mapping.source, ""), thread)
    finally:
        thread.close()
    return replace(asterisk, static_files={file: folder / file for file in config.files})


def _write_out(path: Path, mapping: TableMapping, url: str, thread: SqlThread) -> None:
    try:
        if not url:
            raise SqlError(f"no database is called {mapping.database!r}")  # noqa: TRY301  # said below
        source = Source(thread, SourceSettings(mapping.source, url, connect_timeout=ANSWER_WITHIN))
        try:
            rows = _rows(source, mapping)
        finally:
            thread.submit(source.close_here()).result()
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(text_of_rows(rows), encoding="utf-8", errors="surrogateescape")
        fresh.chmod(0o600)
        fresh.replace(path)
    except (SqlError, OSError) as error:
        which = "the file of the last time counts" if path.exists() else "there is none"
        logger.warning("%s in %s: %s; %s", mapping.family, mapping.table, error, which)


def _rows(source: Source, mapping: TableMapping) -> Sequence[Mapping[str, str]]:
    wanted = Find(mapping.table, (Condition("filename", mapping.family),))

    async def work(session: Session) -> Answer:
        return await session.run(build(wanted, await session.shape(mapping.table)))

    return source.run_blocking(work, within=ANSWER_WITHIN).mappings()


def _urls(asterisk: AsteriskConfig) -> dict[str, str]:
    """The databases that files may stand in, by their names."""
    odbc = _read(asterisk, "res_odbc.conf", read_odbc) or OdbcConfig({})
    urls = {each.name: each.url for each in odbc.classes.values()}
    for driver in ("mysql", "mariadb"):
        found = _read(asterisk, "res_config_mysql.conf", read_res_mysql) or {}
        urls |= {f"{driver}:{name}": url for name, url in found.items()}
    for driver in ("sqlite", "sqlite3"):
        found = _read(asterisk, "res_config_sqlite3.conf", read_res_sqlite) or {}
        urls |= {f"{driver}:{name}": url for name, url in found.items()}
    pgsql = _read(asterisk, "res_pgsql.conf", read_res_pgsql) or ""
    if pgsql:
        config = _read(asterisk, "extconfig.conf", read_extconfig) or ExtConfig()
        urls |= {each.source: pgsql for each in config.files.values() if each.driver == "pgsql"}
    return urls


def _read(asterisk: AsteriskConfig, name: str, read: Callable[[ConfigFile], T]) -> T | None:
    path = asterisk.directories.astetcdir / name
    if not path.exists():
        return None
    return read(read_config(path, allow_exec=asterisk.exec_includes))

"""Queues and their members as rows of databases (realtime: ``queues``, ``queue_members``)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from switchroom.base.text import leading_int
from switchroom.config.language.options import Warnings, read_options
from switchroom.config.language.reader import Entry, Section
from switchroom.config.language.values import is_true
from switchroom.config.queues.queues import (
    QUEUE_OPTIONS,
    MemberSettings,
    PenaltyChange,
    QueuesConfig,
    QueueSettings,
    general_options,
    queue_of,
)
from switchroom.config.queues.skills import Levels, parse_levels

logger = logging.getLogger(__name__)

Row = Mapping[str, str]


def queue_of_row(row: Row, config: QueuesConfig) -> QueueSettings:
    """The queue of a row.

    Args:
        row: By column; one that is empty, or no option, says nothing.
        config: Whose ``[general]`` holds.

    Raises:
        ConfigError: A value that is none for its option.
    """
    name = row.get("name", "")
    path = Path(f"queues({name})")
    entries = [
        Entry(option, text.strip(), path, 0)
        for column, text in row.items()
        if text.strip() and (option := _option(column)) in QUEUE_OPTIONS and option != "member"
    ]
    section = Section(name, path, 0, entries)
    general = config.general or general_options(Section("general", path, 0), Warnings())
    options = read_options(section, QUEUE_OPTIONS, what="queue", warnings=Warnings())
    return queue_of(section, options, general)


def _option(column: str) -> str:
    """Columns have ``_`` where options have ``-``."""
    lowered = column.lower()
    return lowered if lowered in QUEUE_OPTIONS else lowered.replace("_", "-")


def members_of_rows(rows: Iterable[Row], config: QueuesConfig) -> tuple[MemberSettings, ...]:
    """The members of rows; one that names no interface is none."""
    general = config.general
    least = -1 if general is not None and general.flag("negative_penalty_invalid") else 0
    found = (_member(row, least) for row in rows if row.get("interface", "").strip())
    return tuple(found)


def _member(row: Row, least: int) -> MemberSettings:
    def text(column: str) -> str:
        return row.get(column, "").strip()

    in_use, wrap_up = text("ringinuse"), leading_int(text("wrapuptime"))
    return MemberSettings(
        interface=text("interface"),
        penalty=max(least, leading_int(text("penalty")) or 0),
        name=text("membername"),
        state_interface=text("state_interface"),
        rings_in_use=is_true(in_use) if in_use else None,
        wrap_up=float(wrap_up) if wrap_up is not None and wrap_up > 0 else None,
        is_paused=is_true(text("paused")) or (leading_int(text("paused")) or 0) > 0,
        pause_reason=text("reason_paused"),
        row=text("uniqueid") or text("interface"),
        skills=_skills(text("skills"), text("interface")),
    )


def _skills(text: str, interface: str) -> Levels | None:
    """A column of ours; without it, and where it cannot be read, queueskills.conf holds."""
    try:
        return parse_levels(text) if text else None
    except ValueError as error:
        logger.warning("queue_members: %s: skills: %s", interface, error)
        return None


def rules_of_rows(rows: Iterable[Row]) -> dict[str, tuple[PenaltyChange, ...]]:
    """The rules of rows, one a change: ``rule_name``, ``time``, and what the penalties become."""
    found: dict[str, list[PenaltyChange]] = {}
    for row in rows:
        name, after = row.get("rule_name", "").strip(), leading_int(row.get("time", ""))
        if name and after is not None and after >= 0:
            given = (row.get(f"{kind}_penalty", "").strip() for kind in ("max", "min", "raise"))
            texts = [text if leading_int(text) is not None else "" for text in given]
            found.setdefault(name, []).append(PenaltyChange(float(after), *texts))
    return {name: tuple(sorted(each, key=lambda c: c.after)) for name, each in found.items()}


def with_members(settings: QueueSettings, members: Iterable[MemberSettings]) -> QueueSettings:
    """A queue with members besides those that it has."""
    return replace(settings, members=(*settings.members, *members))

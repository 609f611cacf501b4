"""Mailboxes as rows of databases (realtime: ``voicemail``)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import Warnings
from switchroom.config.language.reader import Entry, Section
from switchroom.config.voicemail.mailboxes import DEFAULT_CONTEXT, BoxOptions, Mailbox, own_options
from switchroom.config.voicemail.options import BOX_OPTIONS, SAME_AS

logger = logging.getLogger(__name__)

FAMILY = "voicemail"
_PASSWORDS = ("password", "vmsecret", "secret")  #: columns, the first that there is counts


def mailbox_of_row(row: Mapping[str, str], defaults: BoxOptions) -> Mailbox | None:
    """The mailbox of a row; None where it names none that could be.

    Args:
        row: By column; one that is empty, or no option, says nothing.
        defaults: What ``[general]`` says.
    """
    texts = {column.lower(): text.strip() for column, text in row.items()}
    number, context = texts.get("mailbox", ""), texts.get("context") or DEFAULT_CONTEXT
    if not number or {number, context} & {".", ".."} or "/" in number + context:
        return None
    path = Path(f"{FAMILY}({number}@{context})")
    column = next((each for each in _PASSWORDS if each in texts), _PASSWORDS[0])
    return Mailbox(
        context,
        number,
        texts.get(column, ""),
        texts.get("fullname", ""),
        texts.get("email", ""),
        texts.get("pager", ""),
        _options(texts, defaults, path),
        path,
        column,
    )


def _options(texts: Mapping[str, str], defaults: BoxOptions, path: Path) -> BoxOptions:
    """Its options; those of others where one of them has no value that it may have."""
    section = Section("mailbox", path, 0)
    for column, text in texts.items():
        option = SAME_AS.get(column, column)
        if text and option in BOX_OPTIONS and BOX_OPTIONS[option].honoured:
            section.entries.append(Entry(option, text, path, 0))
    try:
        return own_options(section, defaults, Warnings())
    except ConfigError as error:
        logger.warning("%s", error)
        return defaults

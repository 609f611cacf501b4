"""Options behind a program in ``Dial(Technology/program/options)``, and names of channels."""

from __future__ import annotations

from switchroom.pbx.pbx import Pbx


def parse_options(text: str) -> dict[str, str]:
    """``c(ulaw)n`` as letters and what stands in brackets behind them, empty where nothing does.

    Brackets within brackets belong to what is in them; a bracket that is never closed ends with
    the text.
    """
    options: dict[str, str] = {}
    at = 0
    while at < len(text):
        letter = text[at]
        at += 1
        inner = ""
        if at < len(text) and text[at] == "(":
            depth, began = 0, at + 1
            while at < len(text):
                depth += {"(": 1, ")": -1}.get(text[at], 0)
                at += 1
                if not depth:
                    break
            inner = text[began : at - 1] if not depth else text[began:]
        options[letter] = inner
    return options


def unique_name(pbx: Pbx, name: str) -> str:
    """A name that no channel has: this one, or with a number behind it."""
    if name not in pbx.channels:
        return name
    return f"{name}-{pbx.next_sequence(name.partition('/')[0]):08x}"

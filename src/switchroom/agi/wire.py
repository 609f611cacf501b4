"""What goes over the line, without I/O: the facts of a call, commands in, answers out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MAX_LINE = 65_536  #: octets of a command


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command gave: ``200 result=1 (text) endpos=80``."""

    result: int | str
    text: str | None = None  #: in brackets
    end: int | None = None  #: where a sound was left, in samples of 8 kHz
    remark: str = ""  #: without brackets
    before: str = ""  #: a line that goes ahead
    behind: str = ""  #: what stands last

    def __str__(self) -> str:
        text = "" if self.text is None else f" ({self.text})"
        text += f" {self.remark}" if self.remark else ""
        end = "" if self.end is None else f" endpos={self.end}"
        behind = f" {self.behind}" if self.behind else ""
        line = f"200 result={self.result}{text}{end}{behind}"
        return f"{self.before}\n{line}" if self.before else line


def facts_text(facts: Mapping[str, str]) -> str:
    """The facts of a call as a script first reads them, the empty line behind them included."""
    lines = (f"agi_{name}: {_one_line(value)}\n" for name, value in facts.items())
    return "".join(lines) + "\n"


def argument_facts(arguments: Sequence[str]) -> dict[str, str]:
    """``arg_1`` and so on."""
    return {f"arg_{number}": value for number, value in enumerate(arguments, 1)}


def usage_text(usage: str) -> str:
    """The answer to a command whose arguments make no sense."""
    return (
        "520-Invalid command syntax.  Proper usage follows:\n"
        f"Usage: {usage}\n520 End of proper usage."
    )


UNKNOWN = "510 Invalid or unknown command"
DEAD = "511 Command Not Permitted on a dead channel or intercept routine"


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")

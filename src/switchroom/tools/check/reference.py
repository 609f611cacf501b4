"""Writes docs/check.md: how the check is used, and every rule with what it says of itself.

python -m switchroom.tools.check.reference > docs/check.md
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from switchroom.tools.check.rule import Rule, collect_rules

_INTRODUCTION = """\
# switchroom check

Looks a configuration over without running it: what cannot be read, places that do not exist,
variables nobody sets, mistyped names and words, what a caller could inject, what is outdated.

    switchroom check                            the folder /etc/asterisk
    switchroom check -C pbx/etc                 another folder
    switchroom check extensions.conf pjsip.conf single files; their names say what they are
    switchroom check --explain SW305            what a code means and what to do about it
    switchroom check --rules                    all codes

    extensions.conf:12:40: warning SW305: CONFBRIDGE_INFO does not know 'paries'; did you …
       12 |  same => n,Verbose(2,${CONFBRIDGE_INFO(paries,12345)} people)
          |                                        ^^^^^^

Of a folder it reads `extensions.conf`, `pjsip.conf`, `sip.conf`, `asterisk.conf`, `rtp.conf` and
the files that name contexts, queues, mailboxes, conference profiles, queries and music, with all
they include; `extensions.ael` too, as far as it is compiled to extensions. `#exec` and
`extensions.py` are never run. With single files it knows less, and says less: whether an endpoint
exists is checked only when the file that lists them is there.

## Which findings

| option | meaning |
|---|---|
| `--select SW2,SW305` | only these rules; a code is given whole, by its beginning, or as `SW2xx` |
| `--ignore SW303` | all rules but these |
| `--min-severity warning` | leaves out what is less severe; the summary still counts it |
| `--from 1.8 --to 22` | also what changed its meaning between two versions of Asterisk: SW326 |
| `--sounds DIR` | a folder of sound files, besides that of asterisk.conf |
| `--format human\\|json\\|sarif\\|github` | how findings are told |

An **error** is wrong whatever happens, or a door left open. A **warning** is wrong as far as can be
seen from here. A **note** (`info`) is worth knowing. Exit codes: 0 nothing found, 1 findings (those
that `--min-severity` leaves out do not count), 2 nothing could be read.

A comment silences a finding where it stands; a reason behind the code helps the next reader:

    exten => 100,1,System(/usr/bin/ring ${EXTEN})   ; switchroom: ignore SW602 dialled by us only
    ; switchroom: ignore SW204,SW5xx                  alone: for the next line
    ; switchroom: ignore-file SW501                   for the whole file

## In CI

GitHub Actions, findings as annotations of the changed lines:

    - run: pip install ./switchroom          # a checkout
    - run: switchroom check -C etc/asterisk --min-severity warning --format github

or kept as code scanning alerts:

    - run: switchroom check -C etc/asterisk --format sarif > check.sarif
      continue-on-error: true
    - uses: github/codeql-action/upload-sarif@v3
      with: {sarif_file: check.sarif}

As a hook before each commit (`.pre-commit-config.yaml`):

    - repo: local
      hooks:
        - id: switchroom-check
          name: switchroom check
          entry: switchroom check -C etc/asterisk --min-severity warning
          language: system
          pass_filenames: false
          files: \\.conf$

## What the taint rules (SW6xx) follow

A caller makes `${EXTEN}` under a pattern that ends in `.` or `!` (a slice that stays within the
fixed part is safe), what `CALLERID()` says, keyed digits (Read, WaitDigit), SIP headers, and what
`CURL()` and `ODBC_…()` bring back. That is followed through Set, MSet, `${SET()}`, Goto, Gosub with
its arguments and its return value, Macro, Local channels (for inherited variables) and hangup
handlers. FILTER, URIENCODE, hashes, arithmetic and comparisons make it harmless, as does a test
with `REGEX()` or `=~` on the way; SQL_ESC does for SQL. QUOTE does not for a shell (SW608).

"""

_FAMILIES = {
    "1": "Files",
    "2": "Places, order and names of things",
    "3": "Applications, functions and their arguments",
    "4": "Variables and expressions",
    "5": "Sounds",
    "6": "Injection",
    "7": "Strangers and secrets",
    "9": "The check itself",
}


def page() -> str:
    """The whole page."""
    rules = collect_rules().values()
    parts = [_INTRODUCTION, "## Rules\n\n", _table(rules)]
    family = ""
    for rule in rules:
        if rule.code[2] != family:
            family = rule.code[2]
            parts.append(f"\n## SW{family}xx: {_FAMILIES[family]}\n")
        parts.append(_rule(rule))
    return "".join(parts)


def _table(rules: Iterable[Rule]) -> str:
    rows = [f"| [{r.code}](#{r.code.lower()}) | {r.severity.word} | {r.title} |\n" for r in rules]
    return "| code | severity | finds |\n|---|---|---|\n" + "".join(rows)


def _rule(rule: Rule) -> str:
    body = re.sub(r"^(Wrong|Right)::$", r"\1:", rule.explanation, flags=re.MULTILINE)
    return f"\n### {rule.code}\n\n**{rule.title}** ({rule.severity.word})\n\n{body}\n"


if __name__ == "__main__":
    sys.stdout.write(page())

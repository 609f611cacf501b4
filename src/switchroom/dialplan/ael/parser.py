"""A recursive-descent parser of AEL: a method for each thing that can stand in a file."""

from __future__ import annotations

import difflib
from pathlib import Path

from switchroom.base.errors import ConfigError
from switchroom.config.language.sources import Sources
from switchroom.dialplan.ael.scanner import Scanner
from switchroom.dialplan.ael.statements import ListKind, StatementParser, read_list
from switchroom.dialplan.ael.syntax import (
    AelFile,
    Assignment,
    ContextNode,
    ExtensionNode,
    Line,
    MacroNode,
    Where,
)

_TOP_WORDS = ("context", "macro", "globals")
_CONTEXT_PREFIXES = frozenset({"abstract", "extend", "override"})
_LISTS: dict[str, ListKind] = {
    "includes": "include", "switches": "switch", "eswitches": "eswitch",
}  # fmt: skip


def parse_ael(path: Path, sources: Sources) -> AelFile:
    """Read an AEL file and what it includes.

    Raises:
        ConfigError: What makes no sense, with file, line and column.
    """
    return _Parser(Scanner(path, sources)).file()


class _Parser:
    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._statements = StatementParser(scanner)
        self._file = AelFile()

    def file(self) -> AelFile:
        while not self._scanner.at_end:
            if self._scanner.take(";"):
                continue
            where = self._scanner.where()
            word = self._scanner.word()
            prefixes: set[str] = set()
            while word in _CONTEXT_PREFIXES:
                prefixes.add(word)
                word = self._scanner.word()
            if word == "context":
                self._context(where, overrides="override" in prefixes)
            elif word == "macro" and not prefixes:
                self._macro(where)
            elif word == "globals" and not prefixes:
                self._globals()
            else:
                near = difflib.get_close_matches(word, _TOP_WORDS, 1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                message = f"expected context, macro or globals, not {word!r}{hint}"
                raise self._scanner.error(message, where)
        return self._file

    # what stands at the top

    def _context(self, where: Where, *, overrides: bool) -> None:
        name = self._name("a context")
        node = ContextNode(where, name, overrides)
        self._scanner.expect("{", f"context {name}")
        while not self._scanner.take("}"):
            self._element(node)
        self._file.contexts.append(node)

    def _macro(self, where: Where) -> None:
        name = self._name("a macro")
        if not self._scanner.peek("("):
            raise self._scanner.error(f"expected '(' behind macro {name}")
        inside = self._scanner.parenthesised()
        parameters = tuple(p.strip() for p in inside.replace("|", ",").split(",") if p.strip())
        lines: list[Line] = []
        if not self._scanner.peek("{"):
            raise self._scanner.error(f"expected '{{' behind macro {name}({inside})")
        body = self._statements.block(lines)
        if name in self._file.macros:
            raise self._scanner.error(f"there is a macro {name} already", where)
        self._file.macros[name] = MacroNode(where, name, parameters, body, lines)

    def _globals(self) -> None:
        self._scanner.expect("{", "globals")
        while not self._scanner.take("}"):
            if self._scanner.take(";"):
                continue
            where = self._scanner.where()
            name = self._name("a global variable")
            self._file.variables.append(self._variable(where, name))

    def _variable(self, where: Where, name: str) -> Assignment:
        self._scanner.expect("=", name)
        return Assignment(where, name, self._scanner.rest(";"))

    def _name(self, what: str) -> str:
        where = self._scanner.where()
        name = self._scanner.word()
        if not name:
            raise self._scanner.error(f"{what} needs a name", where)
        return name

    # what stands in a context

    def _element(self, node: ContextNode) -> None:
        if self._scanner.take(";"):
            return
        where = self._scanner.where()
        word = self._scanner.word()
        if word in _LISTS and self._scanner.peek("{"):
            node.lines += read_list(self._scanner, _LISTS[word])
        elif word == "ignorepat" and self._scanner.take("=>"):
            node.lines.append(Line(where, "ignorepat", self._scanner.rest(";")))
        elif word in {"hint", "regexten"} and not self._scanner.peek("=>"):
            self._hinted(node, word)
        elif not word:
            raise self._unexpected(node.name, where)
        elif self._scanner.take("=>"):
            node.extensions.append(ExtensionNode(where, word, self._statements.statement()))
        elif self._scanner.peek("="):
            node.variables.append(self._variable(where, word))
        else:
            raise self._unexpected(node.name, where)

    def _hinted(self, node: ContextNode, word: str) -> None:
        """``[regexten] [hint(devices)] extension => statement``."""
        hint = ""
        where = self._scanner.where()
        while word in {"hint", "regexten"} and not self._scanner.peek("=>"):
            if word == "hint":
                if not self._scanner.peek("("):
                    raise self._scanner.error("expected '(' behind hint")
                hint = self._scanner.parenthesised()
            where = self._scanner.where()
            word = self._scanner.word()
        if not word:
            raise self._scanner.error("expected an extension behind hint or regexten", where)
        self._scanner.expect("=>", word)
        node.extensions.append(ExtensionNode(where, word, self._statements.statement(), hint))

    def _unexpected(self, name: str, where: Where) -> ConfigError:
        if self._scanner.at_end:
            return self._scanner.error(f"context {name} is never closed")
        message = f"expected an extension, includes, switches or '}}' in context {name}"
        return self._scanner.error(message, where)

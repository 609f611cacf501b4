"""Parses the statements of AEL: what an extension or a macro does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal

from switchroom.dialplan.ael.scanner import Scanner, closing
from switchroom.dialplan.ael.syntax import (
    Assignment,
    Block,
    Call,
    Case,
    Catch,
    Goto,
    If,
    Label,
    Leave,
    Line,
    Loop,
    MacroCall,
    Statement,
    Switch,
    Where,
)

ListKind = Literal["include", "switch", "eswitch"]

MAX_DEPTH = 150  #: of statements within statements
_CASE_WORDS = frozenset({"case", "pattern", "default"})
_ASSIGNED = re.compile(r"(?P<name>[^=]*[^=!<>\s])\s*=(?!=)(?P<value>.*)", re.DOTALL)


class StatementParser:
    """Reads one statement at a time.

    Args:
        scanner: Where the text comes from.
    """

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._depth = 0
        self._keywords: Mapping[str, Callable[[Where], Statement]] = {
            "if": self._if,
            "iftime": self._if_time,
            "random": self._random,
            "while": self._while,
            "for": self._for,
            "switch": self._switch,
        }
        self._words: Mapping[str, Callable[[Where], Statement]] = {
            "goto": self._goto,
            "jump": self._jump,
            "local": self._local,
            "break": lambda where: self._leave(where, "break"),
            "continue": lambda where: self._leave(where, "continue"),
            "return": lambda where: self._leave(where, "return"),
            "catch": self._catch,
        }

    def statement(self) -> Statement:
        """The next statement; ``;`` alone is an empty block.

        Raises:
            ConfigError: It is none, or it is nested deeper than anybody writes.
        """
        where = self._scanner.where()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._scanner.error(f"statements are nested deeper than {MAX_DEPTH}", where)
        try:
            return self._statement(where)
        finally:
            self._depth -= 1

    def _statement(self, where: Where) -> Statement:
        if self._scanner.peek("{"):
            return self.block()
        if self._scanner.take(";"):
            return Block(where, ())
        if self._scanner.take("&"):
            return self._macro_call(where)
        word = self._scanner.word()
        if not word:
            raise self._scanner.error("expected a statement", where)
        return self._beginning_with(word, where)

    def _beginning_with(self, word: str, where: Where) -> Statement:
        if self._scanner.peek("("):
            keyword = self._keywords.get(word.lower())
            return keyword(where) if keyword is not None else self._call(where, word)
        if self._scanner.peek("="):
            return self._assignment(where, word, is_local=False)
        if self._scanner.take(":"):
            return Label(where, word)
        if (known := self._words.get(word)) is not None:
            return known(where)
        if self._scanner.take(";"):  # an application that is called without parentheses
            return Call(where, word, "")
        raise self._scanner.error(f"expected '(', '=', ':' or ';' behind {word!r}")

    def block(self, lines: list[Line] | None = None) -> Block:
        """``{ … }``.

        Args:
            lines: Takes what stands in ``includes``, where a block may have them: in a macro.
        """
        where = self._scanner.where()
        self._scanner.expect("{", "this")
        statements: list[Statement] = []
        while not self._scanner.take("}"):
            if self._scanner.at_end:
                raise self._scanner.error("this '{' is never closed", where)
            if lines is not None and self._scanner.peek_word() == "includes":
                self._scanner.word()
                lines += read_list(self._scanner, "include")
            else:
                statements.append(self.statement())
        return Block(where, tuple(statements))

    # what is done

    def _call(self, where: Where, application: str) -> Statement:
        arguments = self._scanner.parenthesised()
        if self._scanner.take("="):  # CALLERID(name) = Bob
            return Assignment(where, f"{application}({arguments})", self._scanner.rest(";"))
        self._scanner.expect(";", f"{application}()")
        return Call(where, application, arguments)

    def _assignment(self, where: Where, name: str, *, is_local: bool) -> Assignment:
        self._scanner.expect("=", name)
        return Assignment(where, name, self._scanner.rest(";"), is_local)

    def _local(self, where: Where) -> Statement:
        name = self._scanner.word()
        if not name:
            raise self._scanner.error("expected the name of a variable behind local")
        return self._assignment(where, name, is_local=True)

    def _macro_call(self, where: Where) -> Statement:
        name = self._scanner.word()
        if not name or not self._scanner.peek("("):
            raise self._scanner.error("a macro is called as in &name(arguments);", where)
        call = MacroCall(where, name, self._scanner.parenthesised())
        self._scanner.expect(";", f"&{name}()")
        return call

    # where to go on

    def _goto(self, where: Where) -> Statement:
        words = [word.strip() for word in re.split(r"[|,]", self._scanner.rest(";"))]
        if not 1 <= len(words) <= 3 or not all(words):
            message = "goto leads to a label, extension,label or context,extension,label"
            raise self._scanner.error(message, where)
        return Goto(where, tuple(words))

    def _jump(self, where: Where) -> Statement:
        text, at, context = self._scanner.rest(";").partition("@")
        extension, _, priority = (word.strip() for word in text.partition(","))
        context = context.strip()
        if not extension or (at and not context):
            message = "jump leads to extension, extension,priority or extension@context"
            raise self._scanner.error(message, where)
        if not at:
            return Goto(where, (extension, priority or "1"))
        return Goto(where, (context, extension, priority or "1"))

    def _leave(self, where: Where, kind: Literal["break", "continue", "return"]) -> Leave:
        self._scanner.expect(";", kind)
        return Leave(where, kind)

    def _catch(self, where: Where) -> Statement:
        extension = self._scanner.word()
        if not extension or not self._scanner.peek("{"):
            raise self._scanner.error("an extension is caught as in catch h { … }", where)
        return Catch(where, extension, self.block())

    # conditions and loops

    def _if(self, where: Where) -> Statement:
        return self._conditional(where, "if")

    def _if_time(self, where: Where) -> Statement:
        return self._conditional(where, "ifTime")

    def _random(self, where: Where) -> Statement:
        return self._conditional(where, "random")

    def _conditional(self, where: Where, kind: Literal["if", "ifTime", "random"]) -> If:
        condition = self._scanner.parenthesised()
        then = self.statement()
        otherwise = None
        if self._at_word("else"):
            self._scanner.word()
            otherwise = self.statement()
        return If(where, kind, condition, then, otherwise)

    def _at_word(self, word: str) -> bool:
        return self._scanner.peek_word() == word

    def _while(self, where: Where) -> Statement:
        return Loop(where, "while", self._scanner.parenthesised(), self.statement())

    def _for(self, where: Where) -> Statement:
        parts = self._scanner.parenthesised().split(";")
        if len(parts) != 3:
            raise self._scanner.error("a loop is written for (first; condition; each)", where)
        first, condition, each = (part.strip() for part in parts)
        body = self.statement()
        return Loop(
            where, "for", condition, body, self._small(where, first), self._small(where, each)
        )

    def _small(self, where: Where, text: str) -> Statement | None:
        """What stands in the head of a ``for``: an assignment or a call, without its ``;``."""
        if not text:
            return None
        is_macro = text.startswith("&")
        opening = text.find("(")
        if opening > 0 and closing(text, opening) == len(text) - 1:
            name, arguments = text[is_macro:opening].strip(), text[opening + 1 : -1]
            return (MacroCall if is_macro else Call)(where, name, arguments)
        if not is_macro and (match := _ASSIGNED.fullmatch(text)) is not None:
            return Assignment(where, match["name"].strip(), match["value"].strip())
        raise self._scanner.error(f"{text!r} is neither an assignment nor a call", where)

    def _switch(self, where: Where) -> Statement:
        subject = self._scanner.parenthesised()
        self._scanner.expect("{", f"switch ({subject})")
        cases: list[Case] = []
        while not self._scanner.take("}"):
            if self._scanner.at_end:
                raise self._scanner.error("this switch is never closed", where)
            cases.append(self._case())
        return Switch(where, subject, tuple(cases))

    def _case(self) -> Case:
        where = self._scanner.where()
        word = self._scanner.word()
        match word:
            case "case" | "pattern":
                kind: Literal["case", "pattern", "default"]
                kind = "case" if word == "case" else "pattern"
                value = self._scanner.rest(":")
            case "default":
                kind, value = "default", ""
                self._scanner.expect(":", "default")
            case _:
                raise self._scanner.error("expected case, pattern, default or '}'", where)
        statements: list[Statement] = []
        while not self._scanner.peek("}") and self._scanner.peek_word() not in _CASE_WORDS:
            if self._scanner.at_end:
                raise self._scanner.error(f"this {word} is never closed", where)
            statements.append(self.statement())
        return Case(where, kind, value, tuple(statements))


def read_list(scanner: Scanner, kind: ListKind) -> list[Line]:
    """``{ one; two; }`` behind ``includes``, ``switches`` or ``eswitches``."""
    scanner.expect("{", f"{kind}s")
    lines: list[Line] = []
    while not scanner.take("}"):
        if scanner.take(";"):
            continue
        where = scanner.where()
        text = scanner.rest(";")
        if len(text) > 1 and text[0] == text[-1] == '"':
            text = text[1:-1]
        lines.append(Line(where, kind, text))
    return lines

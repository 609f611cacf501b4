"""Whether a ``${…}`` can turn out empty, as far as the dialplan itself says."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from switchroom.tools.check import facts, texts
from switchroom.tools.check.calls import Call
from switchroom.tools.check.jumps import Jump, all_jumps
from switchroom.tools.check.project import Project
from switchroom.tools.check.texts import Piece, Reference, Word
from switchroom.tools.check.variables import Variables, variables_of
from switchroom.tools.check.writes import Write

MAX_DEPTH = 20  #: of variables that are set from variables

#: Functions that always say something.
_NEVER_EMPTY = frozenset(
    {"LEN", "GROUP_COUNT", "GROUP_MATCH_COUNT", "EXISTS", "ISNULL", "REGEX", "RAND", "MATH", "INC"}
    | {"DEC", "ABS", "MIN", "MAX", "FIELDQTY", "FIELDNUM", "DIALPLAN_EXISTS", "DB_EXISTS", "SET"}
    | {"DB_KEYCOUNT", "QUEUE_MEMBER", "QUEUE_MEMBER_COUNT", "QUEUE_WAITING_COUNT", "QUEUE_EXISTS"}
    | {"STRFTIME", "MD5", "SHA1", "UUID", "DEVICE_STATE", "EXTENSION_STATE", "VMCOUNT", "TIMEOUT"}
    | {"VALID_EXTEN", "CHANNEL_EXISTS", "VARIABLE_EXISTS", "GLOBAL_EXISTS", "IFMODULE", "TRYLOCK"}
    | {"LOCK", "UNLOCK", "SYSINFO", "VERSION", "CHANNEL", "CDR", "QUOTE", "CSV_QUOTE", "PASSTHRU"}
    | {"SPRINTF", "DIGIT_SUM", "KEYPADHASH", "IFTIME", "TESTTIME", "STAT", "EPOCH"}
)  # fmt: skip
#: Functions whose result is empty when their argument is.
_AS_ARGUMENT = frozenset({"TOUPPER", "TOLOWER", "URIENCODE", "URIDECODE", "BASE64_ENCODE"})
_ARGUMENT = re.compile(r"ARG(\d+)$")


@dataclass(eq=False)
class Emptiness:
    """Answers for one dialplan, remembering them."""

    variables: Variables
    global_values: dict[str, str]
    callers: dict[tuple[str, str], list[Jump]] = field(default_factory=lambda: defaultdict(list))
    _known: dict[str, bool] = field(default_factory=dict)

    def of_operand(self, parts: tuple[Piece, ...], call: Call) -> bool:
        """Whether all parts of an operand can be empty at once."""
        return all(self._of_piece(piece, call, 0) for piece in parts)

    def _of_piece(self, piece: Piece, call: Call, depth: int) -> bool:
        if piece.kind == "text":
            return not piece.text.strip()
        if piece.kind == "expression":
            return False
        return self._of_reference(texts.reference_of(piece), call, depth)

    def _of_text(self, text: str, call: Call, depth: int) -> bool:
        return all(self._of_piece(piece, call, depth) for piece in texts.pieces(text))

    def _of_reference(self, reference: Reference, call: Call, depth: int) -> bool:
        if depth > MAX_DEPTH or not reference.is_constant:
            return False  # nothing is said of it
        if reference.arguments is not None:
            return self._of_function(reference.name, reference.arguments, call, depth)
        if _ARGUMENT.match(reference.name):
            return self._of_argument(reference.name, call, depth)
        return self._of_variable(reference.name, depth)

    def _of_function(self, name: str, arguments: str, call: Call, depth: int) -> bool:
        if name in _NEVER_EMPTY:
            return False
        if name in _AS_ARGUMENT:
            return self._of_text(arguments, call, depth + 1)
        if name == "IF":
            branches = texts.split_branches(arguments)
            sides = branches[1:] if branches is not None else ()
            return any(self._of_text(side.text, call, depth + 1) for side in sides)
        return name in facts.functions()

    def _of_variable(self, name: str, depth: int) -> bool:
        if name in self._known:
            return self._known[name]
        self._known[name] = False  # while it is looked at: a variable that is set from itself
        writes = self.variables.writes.get(name, [])
        answer = any(self._of_write(write, depth) for write in writes)
        if not self.variables.is_set(name):
            answer = True  # nobody ever gives it a value
        if name in self.global_values and not self.global_values[name].strip():
            answer = True
        self._known[name] = answer
        return answer

    def _of_write(self, write: Write, depth: int) -> bool:
        return write.is_input or self._of_text(write.value.text, write.call, depth + 1)

    def _of_argument(self, name: str, call: Call, depth: int) -> bool:
        match = _ARGUMENT.match(name)
        assert match is not None
        index = int(match[1]) - 1
        step = call.step
        for jump in self.callers.get((step.context, step.extension), ()):
            given = texts.split_raw(jump.arguments.text, ",") if jump.arguments is not None else ()
            word = given[index] if 0 <= index < len(given) else Word("", 0)
            if self._of_text(word.text, jump.call, depth + 1):
                return True
        return False


def emptiness_of(project: Project) -> Emptiness:
    """Prepare the answers."""
    values = {setting.name: setting.value for setting in project.plan.global_variables}
    found = Emptiness(project.once(variables_of), values)
    for jump in project.once(all_jumps):
        if jump.kind in {"gosub", "macro"} and jump.context is not None:
            extension = jump.extension.text if jump.extension is not None else ""
            found.callers[jump.context.text, extension].append(jump)
    return found

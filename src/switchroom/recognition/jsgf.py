"""Grammars in JSGF: where they come from."""

from __future__ import annotations

from pathlib import Path

from switchroom.recognition.engine import RecognitionError

BUILT_IN = "builtin:"
HEADER = "#JSGF"
MAX_GRAMMAR = 60_000  #: octets
_FOLDER = Path(__file__).parent / "grammars"


def read_grammar(path: str) -> str:
    """The text of a grammar; blocking.

    Args:
        path: Of a file, or ``builtin:digits``, ``builtin:boolean``, also written as
            ``builtin:grammar/digits``.

    Raises:
        RecognitionError: There is no such grammar, or it is none in JSGF.
    """
    if path.lower().startswith(BUILT_IN):
        return _built_in(path[len(BUILT_IN) :])
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_GRAMMAR + 1)
        text = data.decode()
    except (OSError, ValueError) as error:
        raise RecognitionError(f"grammar {path}: {error}") from error
    if len(data) > MAX_GRAMMAR:
        raise RecognitionError(f"grammar {path} is longer than {MAX_GRAMMAR} octets")
    if not text.lstrip("\ufeff \r\n\t").startswith(HEADER):
        raise RecognitionError(f"grammar {path} is none in JSGF: it begins with {HEADER} V1.0;")
    return text


def _built_in(name: str) -> str:
    name = name.lower().removeprefix("grammar/")
    known = sorted(each.stem for each in _FOLDER.glob("*.gram"))
    if name not in known:
        raise RecognitionError(f"there is no grammar {BUILT_IN}{name}, but {', '.join(known)}")
    return (_FOLDER / f"{name}.gram").read_text()

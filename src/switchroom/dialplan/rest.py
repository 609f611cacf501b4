"""The annotation of a parameter that takes all remaining text."""

from __future__ import annotations

from typing import Annotated, get_args


class _AllOfIt:
    """The mark within :data:`Rest`."""


#: Annotates a last parameter that takes all remaining text, commas and quotes included.
Rest = Annotated[str, _AllOfIt]


def is_rest(kind: object) -> bool:
    """Whether an annotation is :data:`Rest`."""
    return _AllOfIt in get_args(kind)

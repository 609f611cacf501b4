"""Where speech begins and ends."""

import pytest

from switchroom.recognition.endpoints import Edge, EndpointRules, Endpoints

RULES = EndpointRules(frame=0.03, window=0.24, voiced=0.15, silence=0.3, longest=3.0)


def edges(frames: str, rules: EndpointRules = RULES) -> list[tuple[int, Edge]]:
    """What happens at which frame; ``v`` is a voiced one."""
    endpoints = Endpoints(rules)
    found = [(at, endpoints.frame(is_voiced=each == "v")) for at, each in enumerate(frames)]
    return [(at, edge) for at, edge in found if edge is not None]


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ("." * 50, []),
        ("..vvvv" + "." * 20, []),  # a click
        ("v..." * 20, []),  # clicks far from each other
        ("vvvvv", [(4, Edge.BEGIN)]),
        ("v.v.v.vv", [(7, Edge.BEGIN)]),
        ("vvvvv" + "." * 9 + "v" + "." * 10, [(4, Edge.BEGIN), (24, Edge.END)]),  # a pause
        ("vvvvv" + "." * 10 + "vvvvv", [(4, Edge.BEGIN), (14, Edge.END), (19, Edge.BEGIN)]),
        ("v" * 105, [(4, Edge.BEGIN), (104, Edge.END)]),  # as long as speech may last
    ],
)
def test_edges(frames: str, expected: list[tuple[int, Edge]]) -> None:
    assert edges(frames) == expected

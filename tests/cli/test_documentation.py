import pytest

from switchroom.channels.sip.location import Contact
from switchroom.cli.documentation import document
from switchroom.cli.sip_view import contact_view
from switchroom.cli.views import ContactView


def dial(channel: object, resources: str, timeout: float | None = None, options: str = "") -> None:
    """Dial."""


def read(channel: object, *names: str) -> None:
    """Read."""


def set_db(channel: object, value: str, path: str) -> None:
    """Write."""


def nothing(channel: object) -> None: ...


def test_syntax() -> None:
    assert document("Dial", dial).syntax == "Dial(resources[,timeout[,options]])"
    assert document("Read", read).syntax == "Read(names[,...])"
    assert document("DB", set_db, hidden=2).syntax == "DB(path)"
    bare = document("N", nothing)
    assert (bare.syntax, bare.summary, bare.description, bare.arguments) == ("N()", "", "", ())


@pytest.mark.parametrize(
    ("reachable", "round_trip", "expected"),
    [
        (None, None, ("NonQual", None)),
        (True, 0.0125, ("Avail", 12.5)),
        (False, None, ("Unavail", None)),
    ],
)
def test_contacts_of_the_driver(
    *, reachable: bool | None, round_trip: float | None, expected: tuple[str, float | None]
) -> None:
    contact = Contact("a", "sip:a@b", reachable=reachable, round_trip=round_trip)
    assert contact_view(contact) == ContactView("a", "sip:a@b", *expected)

import pytest

from switchroom.channels.sip.registrations.location import Contact
from switchroom.cli.sip_view import contact_view
from switchroom.cli.views import ContactView


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

import pytest

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.message import Request
from switchroom.sip.registrar import Binding, RegistrarPolicy, Registration, register

TWO = RegistrarPolicy(max_contacts=2)


def send(
    *contacts: str,
    before: tuple[Binding, ...] = (),
    policy: RegistrarPolicy = TWO,
    cseq: int = 1,
    call_id: str = "c",
    expires: str = "",
    now: float = 0.0,
) -> Registration:
    fields = {"call-id": [call_id], "cseq": [f"{cseq} REGISTER"], "contact": list(contacts)}
    if expires:
        fields["expires"] = [expires]
    request = Request("REGISTER", "sip:x", fields)
    return register(request, before, policy, now=now, source="udp:192.0.2.1:5060")


def uris(result: Registration) -> list[tuple[str, float]]:
    return [(b.uri, b.expires_at) for b in result.bindings]


def test_bind_refresh_ask_and_remove() -> None:
    first = send("<sip:a@192.0.2.1>;expires=120")
    assert (first.status, uris(first)) == (200, [("sip:a@192.0.2.1", 120.0)])
    assert first.headers == (("Contact", "<sip:a@192.0.2.1>;expires=120"),)
    asked = send(before=first.bindings, now=20.0)
    assert asked.headers == (("Contact", "<sip:a@192.0.2.1>;expires=100"),)
    again = send("<sip:a@192.0.2.1>", before=first.bindings, cseq=2, expires="600", now=60.0)
    assert uris(again) == [("sip:a@192.0.2.1", 660.0)]
    gone = send("<sip:a@192.0.2.1>;expires=0", before=again.bindings, cseq=3, now=61.0)
    assert (gone.bindings, len(gone.removed)) == ((), 1)


def test_expired_bindings_are_dropped() -> None:
    first = send("<sip:a@192.0.2.1>;expires=120")
    later = send(before=first.bindings, now=120.0)
    assert (later.bindings, later.removed) == ((), first.bindings)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", 3600.0), ("99999", 7200.0), ("junk", 3600.0), ("99999999999999", 3600.0)],
)
def test_expiry_is_bounded(text: str, seconds: float) -> None:
    assert uris(send("<sip:a@192.0.2.1>", expires=text)) == [("sip:a@192.0.2.1", seconds)]


def test_too_brief() -> None:
    result = send("<sip:a@192.0.2.1>;expires=10")
    assert (result.status, result.headers, result.bindings) == (423, (("Min-Expires", "60"),), ())


def test_too_many_and_remove_existing() -> None:
    two = send("<sip:a@192.0.2.1>", "<sip:b@192.0.2.1>")
    third = send("<sip:c@192.0.2.1>", before=two.bindings, cseq=2)
    assert (third.status, third.bindings) == (403, two.bindings)
    policy = RegistrarPolicy(max_contacts=2, remove_existing=True)
    third = send("<sip:c@192.0.2.1>", before=two.bindings, cseq=2, policy=policy)
    assert [b.uri for b in third.bindings] == ["sip:b@192.0.2.1", "sip:c@192.0.2.1"]
    assert [b.uri for b in third.removed] == ["sip:a@192.0.2.1"]
    crowd = send(*(f"<sip:{n}@192.0.2.1>" for n in range(3)), policy=policy)
    assert crowd.status == 403


def test_an_old_request_changes_nothing() -> None:
    first = send("<sip:a@192.0.2.1>", cseq=5)
    assert send("<sip:a@192.0.2.1>;expires=0", before=first.bindings, cseq=5).status == 500
    assert send("<sip:a@192.0.2.1>;expires=0", before=first.bindings, call_id="d").status == 200
    assert send("*", before=first.bindings, cseq=4, expires="0").status == 500


def test_star() -> None:
    two = send("<sip:a@192.0.2.1>", "<sip:b@192.0.2.1>")
    gone = send("*", before=two.bindings, cseq=2, expires="0")
    assert (gone.status, gone.bindings, gone.removed) == (200, (), two.bindings)
    with pytest.raises(RemoteSipError):
        send("*", before=two.bindings, cseq=2)


def test_contacts_are_told_apart_as_uris() -> None:
    first = send("<sip:a@EXAMPLE.com;x=1>")
    again = send("<sip:a@example.com;x=2>", before=first.bindings, cseq=2)
    assert [b.uri for b in again.bindings] == ["sip:a@example.com;x=2"]
    other = send("<sip:a@example.com;transport=tcp>", before=first.bindings, cseq=2)
    assert len(other.bindings) == 2
    with pytest.raises(RemoteSipError):
        send(*(f"<sip:{n}@192.0.2.1>" for n in range(40)))

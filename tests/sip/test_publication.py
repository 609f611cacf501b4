"""What is published, by the tags that name it (RFC 3903)."""

import pytest

from switchroom.sip import publication
from switchroom.sip.message import Request
from switchroom.sip.publication import Publications, Published
from tests.sip.peers import counting_token

EVENT, ALICE = "presence", "alice"


def publish(
    states: Publications, *, tag: str = "", body: bytes = b"", expires: int = 600,
    owner: str = "a", now: float = 0.0, resource: str = ALICE,
) -> Published:  # fmt: skip
    fields = {"expires": [str(expires)], "content-type": ["x/y"]}
    if tag:
        fields["sip-if-match"] = [tag]
    request = Request("PUBLISH", f"sip:{resource}@pbx", fields, body)
    return states.publish(request, EVENT, resource, owner=owner, now=now)


def tag_of(answer: Published) -> str:
    assert answer.status == 200
    return dict(answer.headers)["SIP-ETag"]


def body_of(states: Publications) -> bytes | None:
    found = states.current(EVENT, ALICE)
    return found.body if found is not None else None


def test_it_is_made_refreshed_changed_and_taken_back() -> None:
    states = Publications(counting_token("e"))
    made = publish(states, body=b"one")
    assert made == Published(200, (("SIP-ETag", "e1"), ("Expires", "600")), is_changed=True)
    refreshed = publish(states, tag="e1", now=500.0)
    assert (tag_of(refreshed), refreshed.is_changed) == ("e2", False)
    assert states.next_expiry() == 1100.0
    assert publish(states, tag="e1").status == 412
    changed = publish(states, tag="e2", body=b"two", now=600.0)
    assert (changed.is_changed, body_of(states)) == (True, b"two")
    removed = publish(states, tag="e3", expires=0)
    assert (removed.is_changed, body_of(states), len(states)) == (True, None, 0)


def test_of_two_devices_the_last_word_counts_until_it_expires() -> None:
    states = Publications(counting_token("e"))
    first = tag_of(publish(states, body=b"desk", expires=3600))
    publish(states, body=b"mobile", expires=60)
    assert body_of(states) == b"mobile"
    assert states.expire(now=59.0) == []
    assert states.expire(now=60.0) == [(EVENT, ALICE)]
    assert body_of(states) == b"desk"
    publish(states, tag=first, body=b"away", expires=9999, now=60.0)
    assert states.next_expiry() == 3660.0


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"body": b"x", "expires": 59}, 423), ({"body": b""}, 400), ({"tag": "nobody's"}, 412),
        ({"tag": "e1", "owner": "mallory"}, 412), ({"tag": "e1", "resource": "bob"}, 412),
        ({"body": b"x"}, 503),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, object], status: int
) -> None:
    monkeypatch.setattr(publication, "MAX_PUBLICATIONS", 1)
    states = Publications(counting_token("e"))
    publish(states, body=b"kept")
    answer = publish(states, **values)  # type: ignore[arg-type]  # of a table
    assert (answer.status, answer.is_changed) == (status, False)
    assert body_of(states) == b"kept"


def test_several_tags_are_none() -> None:
    states = Publications(counting_token("e"))
    request = Request("PUBLISH", "sip:alice@pbx", {"sip-if-match": ["a", "b"]}, b"x")
    assert states.publish(request, EVENT, ALICE, owner="a", now=0.0).status == 400

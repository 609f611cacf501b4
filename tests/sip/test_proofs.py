"""Which challenges are answered, with which account, and how often."""

import itertools

import pytest

from switchroom.sip.digest import Account, ha1_of, parse_credentials, response_of
from switchroom.sip.message import Response
from switchroom.sip.proofs import MAX_ROUNDS, Proofs

PROXY, FAR_END = Account("p", "of proxy", "proxy"), Account("f", "of far end", "far end")
ALICE = Account("alice", "secret")


def challenge(status: int, *values: str) -> Response:
    name = "proxy-authenticate" if status == 407 else "www-authenticate"
    return Response(status, "", {name: list(values)})


def digest(realm: str, nonce: str = "n", algorithm: str = "MD5", more: str = "") -> str:
    return f'Digest realm="{realm}",nonce="{nonce}",algorithm={algorithm},qop="auth"{more}'


def shown(proofs: Proofs | None) -> list[tuple[str, str, str, str, str]]:
    """Header, user, realm, algorithm and count of each answer."""
    assert proofs is not None
    numbers = itertools.count()
    found = []
    for name, value in proofs.headers("INVITE", "sip:x", lambda: f"c{next(numbers)}"):
        credentials = parse_credentials(value)
        assert credentials is not None
        found.append(
            (name, credentials.username, credentials.realm, credentials.algorithm, credentials.nc)
        )
    return found


def test_a_proxy_asks_first_and_the_far_end_then() -> None:
    both = Account("f", "of far end", "far end", beside=(PROXY,))
    first = Proofs().after(challenge(407, digest("proxy")), both)
    assert shown(first) == [("Proxy-Authorization", "p", "proxy", "MD5", "00000001")]
    assert first is not None
    second = first.after(challenge(401, digest("far end")), both)
    assert shown(second) == [
        ("Proxy-Authorization", "p", "proxy", "MD5", "00000002"),
        ("Authorization", "f", "far end", "MD5", "00000001"),
    ]


def test_two_realms_in_one_answer() -> None:
    both = Account("f", "x", "far end", beside=(PROXY,))
    proofs = Proofs().after(challenge(407, digest("proxy"), digest("far end")), both)
    assert [entry[1:3] for entry in shown(proofs)] == [("p", "proxy"), ("f", "far end")]


@pytest.mark.parametrize(
    ("account", "realm", "user"),
    [
        (ALICE, "any", "alice"),
        (Account("a", "x", "*"), "any", "a"),
        (Account("a", "x", "other", beside=(ALICE,)), "any", "alice"),
        (Account("a", "x", beside=(Account("b", "x", "any"),)), "any", "b"),
    ],
)
def test_an_account_is_chosen_by_its_realm(account: Account, realm: str, user: str) -> None:
    assert [each[1] for each in shown(Proofs().after(challenge(401, digest(realm)), account))] == [
        user
    ]


@pytest.mark.parametrize(
    ("account", "response"),
    [
        (None, challenge(401, digest("x"))),
        (PROXY, challenge(401, digest("x"))),
        (ALICE, challenge(401)),
        (ALICE, challenge(401, "Basic realm=x")),
        (ALICE, challenge(401, 'Digest realm="x')),
        (ALICE, challenge(401, digest("x", algorithm="SHA-512-256"))),
        (Account("a", ha1="0" * 32, password=""), challenge(401, digest("x", algorithm="SHA-256"))),
    ],
)
def test_what_cannot_be_answered(account: Account | None, response: Response) -> None:
    assert Proofs().after(response, account) is None


@pytest.mark.parametrize(
    ("account", "algorithm"), [(ALICE, "SHA-256"), (Account("a", ha1="0" * 32, password=""), "MD5")]
)
def test_the_strongest_algorithm_that_the_account_allows(account: Account, algorithm: str) -> None:
    asked = challenge(401, digest("x"), digest("x", algorithm="SHA-256"))
    assert [each[3] for each in shown(Proofs().after(asked, account))] == [algorithm]


def test_an_account_of_which_only_the_hash_is_known() -> None:
    hashed = Account("a", "", ha1=ha1_of("a", "x", "secret"))
    proofs = Proofs().after(challenge(401, digest("x")), hashed)
    assert proofs is not None
    ((_, value),) = proofs.headers("REGISTER", "sip:x", lambda: "c")
    credentials = parse_credentials(value)
    assert credentials is not None
    known = ha1_of("a", "x", "secret")
    assert credentials.response == response_of(credentials, known, "REGISTER")


def test_a_wrong_answer_is_not_repeated() -> None:
    first = Proofs().after(challenge(401, digest("x")), ALICE)
    assert first is not None
    assert first.after(challenge(401, digest("x", "m")), ALICE) is None


def test_a_late_answer_is_repeated_once() -> None:
    stale = challenge(401, digest("x", "m", more=",stale=TRUE"))
    first = Proofs().after(challenge(401, digest("x")), ALICE)
    assert first is not None
    second = first.after(stale, ALICE)
    assert shown(second) == [("Authorization", "alice", "x", "MD5", "00000001")]
    assert second is not None
    assert second.after(stale, ALICE) is None


def test_a_peer_that_asks_for_ever_is_not_answered_for_ever() -> None:
    proofs: Proofs | None = Proofs()
    rounds = 0
    while proofs is not None:
        proofs = proofs.after(challenge(401, digest(f"realm {rounds}")), ALICE)
        rounds += proofs is not None
    assert rounds == MAX_ROUNDS

import pytest

from switchroom.sip.digest import (
    Account,
    Authenticator,
    DigestCredentials,
    Verdict,
    ha1_of,
    parse_challenges,
    parse_credentials,
    prove,
    response_of,
)

SECRET = b"0123456789abcdef"


def test_the_example_of_rfc_2617() -> None:
    credentials = DigestCredentials(
        "Mufasa", "testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "/dir/index.html", "",
        "MD5", "auth", "0a4f113b", "00000001",
    )  # fmt: skip
    ha1 = ha1_of("Mufasa", "testrealm@host.com", "Circle Of Life")
    assert response_of(credentials, ha1, "GET") == "6629fae49393a05397450978507c4ef1"


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616(algorithm: str, expected: str) -> None:
    realm = "http-auth@example.org"
    credentials = DigestCredentials(
        "Mufasa", realm, "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "/dir/index.html", "",
        algorithm, "auth", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "00000001",
    )  # fmt: skip
    ha1 = ha1_of("Mufasa", realm, "Circle of Life", algorithm)
    assert response_of(credentials, ha1, "GET") == expected


def answered(judge: Authenticator, password: str, *, now: float) -> DigestCredentials:
    strongest = parse_challenges(judge.challenges("pbx", now=now))[0]
    value = prove(strongest, Account("alice", password), "INVITE", "sip:x", cnonce="c")
    credentials = parse_credentials(value)
    assert credentials is not None
    assert credentials.algorithm == "SHA-256"
    return credentials


def known(algorithm: str) -> str:
    return ha1_of("alice", "pbx", "right", algorithm)


def test_right_wrong_and_unknown() -> None:
    judge = Authenticator(SECRET)
    assert judge.judge(None, "INVITE", known, now=0.0) is Verdict.MISSING
    good = answered(judge, "right", now=10.0)
    assert judge.judge(good, "INVITE", known, now=20.0) is Verdict.GOOD
    assert judge.judge(good, "BYE", known, now=20.0) is Verdict.WRONG
    assert judge.judge(answered(judge, "no", now=10.0), "INVITE", known, now=20.0) is Verdict.WRONG
    assert (
        judge.judge(answered(judge, "right", now=10.0), "INVITE", None, now=20.0) is Verdict.WRONG
    )


def test_an_old_nonce_and_a_replay_are_stale() -> None:
    judge = Authenticator(SECRET)
    good = answered(judge, "right", now=10.0)
    assert judge.judge(good, "INVITE", known, now=20.0) is Verdict.GOOD
    assert judge.judge(good, "INVITE", known, now=21.0) is Verdict.STALE
    fresh = answered(judge, "right", now=100.0)
    assert judge.judge(fresh, "INVITE", known, now=161.0) is Verdict.STALE
    assert all("stale=true" in c for c in judge.challenges("pbx", now=1.0, stale=True))


def test_two_clients_challenged_in_one_millisecond_are_both_let_in() -> None:
    judge = Authenticator(SECRET)
    first, second = (answered(judge, "right", now=10.0) for _ in range(2))
    assert judge.judge(first, "INVITE", known, now=10.1) is Verdict.GOOD
    assert judge.judge(second, "INVITE", known, now=10.1) is Verdict.GOOD


def test_a_nonce_of_somebody_else_is_challenged_again() -> None:
    theirs = answered(Authenticator(b"another secret!!"), "right", now=10.0)
    assert Authenticator(SECRET).judge(theirs, "INVITE", known, now=10.0) is Verdict.MISSING


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Basic abc",
        "Digest",
        'Digest username="a"',
        'Digest username="a',
        "NoOneKnowsThisScheme x=y",
    ],
)
def test_what_is_not_credentials(value: str) -> None:
    assert parse_credentials(value) is None


def test_an_algorithm_that_was_not_offered_proves_nothing() -> None:
    authenticator = Authenticator(b"0" * 32, algorithms=("SHA-256",))
    nonce = "".join(authenticator.challenges("pbx", now=0.0)).partition('nonce="')[2].split('"')[0]
    for algorithm, verdict in (("MD5", Verdict.MISSING), ("SHA-256", Verdict.GOOD)):
        mine = DigestCredentials("alice", "pbx", nonce, "sip:pbx", "", algorithm)
        answer = response_of(mine, known(algorithm), "REGISTER")
        mine = DigestCredentials("alice", "pbx", nonce, "sip:pbx", answer, algorithm)
        assert authenticator.judge(mine, "REGISTER", known, now=1.0) is verdict

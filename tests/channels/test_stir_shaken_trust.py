"""Whose certificate may vouch for a number; where it is kept."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchroom.channels.sip.stir_shaken.authorized_numbers import (
    AuthorizedNumbers,
    parse_authorized_numbers,
)
from switchroom.channels.sip.stir_shaken.certificates import Certificates
from switchroom.channels.sip.stir_shaken.results import Result, UnprovenError
from switchroom.channels.sip.stir_shaken.signing import KeyFileError, load_key
from switchroom.channels.sip.stir_shaken.trust import Trust, read_chain
from switchroom.config.stir_shaken import Verification
from switchroom.net.fetching import Document, Fetcher, FetchError
from tests.support.caller_certificates import (
    CallerAuthority,
    element,
    number,
    number_range,
    pem,
    provider,
    write_key,
)

NOW = time.time()  # noqa: TID251  # certificates are made now
URL = "https://cr.example.com/c.pem"


class Repository(Fetcher):
    """Has documents, and keeps what was asked for."""

    def __init__(self, **documents: bytes) -> None:
        self.documents = {URL: documents.get("document", b"")}
        self.asked: list[str] = []
        self.lifetime: float | None = None

    async def fetch(
        self,
        url: str,
        *,
        allows: Callable[[str], bool],
        most: int,
        patience: float,
        accept: str = "*/*",
    ) -> Document:
        self.asked.append(url)
        await asyncio.sleep(0)
        if not self.documents.get(url):
            raise FetchError("404")
        return Document(self.documents[url], self.lifetime)


@pytest.fixture
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def judge(settings: Verification, document: bytes, digits: str = "12155551212") -> str:
    """``success``, or why a number is not proven by a document."""
    try:
        chain = read_chain(document)
        trust = Trust(settings)
        trust.check(chain, now=NOW)
        trust.check_number(chain, digits)
    except UnprovenError as error:
        return str(error.result)
    return str(Result.SUCCESS)


def test_a_provider_may_speak_for_any_number(
    tmp_path: Path, key: ec.EllipticCurvePrivateKey
) -> None:
    authority = CallerAuthority(tmp_path)
    document = pem(authority.issue(key, provider("1234")))
    trusting = Verification(authorities=(str(authority.file),))
    assert judge(trusting, document) == "success"
    assert judge(Verification(authorities=(str(tmp_path),)), document) == "success"
    other = CallerAuthority(tmp_path, "other")
    assert judge(Verification(authorities=(str(other.file),)), document) == "cert_not_trusted"
    assert judge(Verification(), document) == "cert_not_trusted"


def test_who_signs_for_himself_is_not_trusted(tmp_path: Path) -> None:
    CallerAuthority(tmp_path)
    liar = CallerAuthority(tmp_path, "liar")
    own = liar.issue(liar.key, provider("1234"))
    settings = Verification(authorities=(str(tmp_path / "sti-ca.pem"),))
    assert judge(settings, pem(own, liar.certificate)) == "cert_not_trusted"


def test_certificates_between(tmp_path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    root = CallerAuthority(tmp_path)
    between = CallerAuthority(tmp_path, "between", root)
    certificate = between.issue(key, provider("1234"))
    trusting = Verification(authorities=(str(root.file),))
    assert judge(trusting, pem(certificate)) == "cert_not_trusted"
    assert judge(trusting, pem(certificate, between.certificate)) == "success"
    knowing = replace(trusting, untrusted=(str(between.file),))
    assert judge(knowing, pem(certificate)) == "success"
    # What is said to be untrusted is not trusted for itself.
    assert judge(Verification(untrusted=(str(tmp_path),)), pem(certificate)) == "cert_not_trusted"


@pytest.mark.parametrize(
    ("began", "ends"),
    [
        (timedelta(days=-9), timedelta(days=-1)),
        (timedelta(days=1), timedelta(days=9)),
    ],
)
def test_a_certificate_has_its_time(
    tmp_path: Path, key: ec.EllipticCurvePrivateKey, began: timedelta, ends: timedelta
) -> None:
    authority = CallerAuthority(tmp_path)
    document = pem(authority.issue(key, provider("1234"), began=began, ends=ends))
    settings = Verification(authorities=(str(authority.file),))
    assert judge(settings, document) == "cert_date_invalid"


def test_revoked(tmp_path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    authority = CallerAuthority(tmp_path)
    good, bad = (authority.issue(key, provider("1234")) for _ in range(2))
    settings = Verification(
        authorities=(str(authority.file),), revocations=(str(authority.revoke(bad)),)
    )
    assert judge(settings, pem(good)) == "success"
    assert judge(settings, pem(bad)) == "cert_not_trusted"
    assert judge(replace(settings, revocations=()), pem(bad)) == "success"


@pytest.mark.parametrize(
    ("numbers", "result"),
    [
        (None, "cert_no_tnauth_ext"),
        (b"", "cert_no_tnauth_ext"),
        (b"\x30\x00", "cert_no_tnauth_ext"),
        (number("12155551212"), "success"),
        (number("+12155551212"), "success"),
        (number("12155551213"), "cert_tn_not_authorized"),
        (number_range("12155551200", 100), "success"),
        (number_range("12155551200", 12), "cert_tn_not_authorized"),
    ],
)
def test_numbers_that_it_may_speak_for(
    tmp_path: Path, key: ec.EllipticCurvePrivateKey, numbers: bytes | None, result: str
) -> None:
    authority = CallerAuthority(tmp_path)
    settings = Verification(authorities=(str(authority.file),))
    assert judge(settings, pem(authority.issue(key, numbers))) == result


def test_only_keys_for_es256(tmp_path: Path) -> None:
    authority = CallerAuthority(tmp_path)
    settings = Verification(authorities=(str(authority.file),))
    curve = ec.generate_private_key(ec.SECP384R1())
    assert judge(settings, pem(authority.issue(curve, provider("1")))) == "cert_contents_invalid"


@pytest.mark.parametrize("document", [b"", b"<html>", b"-----BEGIN CERTIFICATE-----\nx\n"])
def test_what_is_no_certificate(document: bytes) -> None:
    assert judge(Verification(), document) == "cert_contents_invalid"


def test_not_too_many_together(tmp_path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    certificate = CallerAuthority(tmp_path).issue(key, provider("1"))
    assert judge(Verification(), pem(*[certificate] * 9)) == "cert_contents_invalid"


def test_files_that_cannot_be_read_are_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text(
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"
    )
    missing = str(tmp_path / "missing")
    Trust(Verification(authorities=(missing, str(broken)), revocations=(str(broken),)))
    said = "\n".join(each.getMessage() for each in caplog.records)
    assert f"{missing}: No such file" in said
    assert "a certificate:" in said
    assert "a list of revocations:" in said


@pytest.mark.parametrize(
    ("der", "numbers"),
    [
        (provider("1234"), AuthorizedNumbers(("1234",))),
        (number("1" * 20), AuthorizedNumbers((), (("1" * 20, 1),))),
        (
            element(0x30, provider("1")[2:] + number("2")[2:] + number_range("3", 4)[2:]),
            AuthorizedNumbers(("1",), (("2", 1), ("3", 4))),
        ),
    ],
)
def test_lists_of_numbers(der: bytes, numbers: AuthorizedNumbers) -> None:
    assert parse_authorized_numbers(der) == numbers


def test_a_range_counts_numbers_of_its_length() -> None:
    numbers = AuthorizedNumbers((), (("100", 10),))
    assert [numbers.covers(each) for each in ("100", "109", "110", "099", "0105", "10*")] == [
        True, True, False, False, False, False,
    ]  # fmt: skip
    assert (
        str(AuthorizedNumbers(("12",), (("1", 1), ("2", 5)))) == "provider 12, 1, 5 numbers from 2"
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=60)
    | st.builds(lambda b: element(0x30, b), st.binary(max_size=60))
    | st.builds(
        lambda tag, inner: element(0x30, element(tag, inner)),
        st.sampled_from([0xA0, 0xA1, 0xA2]),
        st.binary(max_size=40) | st.builds(lambda b: element(0x30, b), st.binary(max_size=40)),
    )
)
def test_whatever_a_list_is_it_is_read_or_refused(der: bytes) -> None:
    try:
        found = parse_authorized_numbers(der)
    except ValueError:
        return
    assert found.providers or found.ranges


def test_whom_the_system_trusts(
    tmp_path: Path,
    key: ec.EllipticCurvePrivateKey,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    authority = CallerAuthority(tmp_path)
    document = pem(authority.issue(key, provider("1234")))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    assert judge(Verification(trusts_system=True), document) == "success"
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "missing"))
    assert judge(Verification(trusts_system=True), document) == "cert_not_trusted"
    assert "the system trusts nobody" in caplog.text


def test_private_keys(tmp_path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    assert load_key(write_key(tmp_path, key)).private_numbers() == key.private_numbers()
    other = write_key(tmp_path, ec.generate_private_key(ec.SECP384R1()), "other.pem")
    (tmp_path / "text.pem").write_text("no key")
    for file in (other, tmp_path / "text.pem", tmp_path / "missing.pem"):
        with pytest.raises(KeyFileError, match=file.name):
            load_key(file)


class Shelf:
    """Certificates that come from a repository, with a clock."""

    def __init__(self, folder: Path, key: ec.EllipticCurvePrivateKey, **more: object) -> None:
        authority = CallerAuthority(folder)
        self.repository = Repository(document=pem(authority.issue(key, provider("1234"))))
        self.now = NOW
        settings = Verification(authorities=(str(authority.file),), cache_folder=str(folder / "c"))
        self.settings = replace(settings, **more)  # type: ignore[arg-type]  # of its fields
        self.certificates = self.anew()

    def anew(self) -> Certificates:
        return Certificates(self.settings, self.repository, lambda: self.now)


def test_a_certificate_is_fetched_once(tmp_path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    shelf = Shelf(tmp_path, key)

    async def main() -> None:
        certificates = shelf.certificates
        both = await asyncio.gather(certificates.of(URL), certificates.of(URL))
        assert both[0] == both[1] == await certificates.of(URL)
        assert shelf.repository.asked == [URL]
        # Another process finds it on the disk, until it is old.
        assert await shelf.anew().of(URL) == both[0]
        assert shelf.repository.asked == [URL]
        shelf.now += 61
        await certificates.of(URL)
        await shelf.anew().of(URL)
        assert shelf.repository.asked == [URL] * 2
        assert len(list((tmp_path / "c").iterdir())) == 1

    asyncio.run(main())


def test_its_server_may_shorten_that(tmp_path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    shelf = Shelf(tmp_path, key)
    shelf.repository.lifetime = 0.0

    async def main() -> None:
        await shelf.certificates.of(URL)
        await shelf.certificates.of(URL)

    asyncio.run(main())
    assert shelf.repository.asked == [URL] * 2
    assert not (tmp_path / "c").exists()


def test_what_is_kept_is_bounded(tmp_path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    shelf = Shelf(tmp_path, key, cache_size=3)
    urls = [f"{URL}?{n}" for n in range(6)]
    shelf.repository.documents.update(dict.fromkeys(urls, shelf.repository.documents[URL]))

    async def main() -> None:
        for url in urls:
            shelf.now += 1
            await shelf.certificates.of(url)
        assert len(list((tmp_path / "c").iterdir())) == 3
        await shelf.certificates.of(urls[-1])
        assert shelf.repository.asked == urls

    asyncio.run(main())


def test_what_is_not_trusted_is_not_kept(tmp_path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    shelf = Shelf(tmp_path, key)
    shelf.repository.documents[URL] = pem(CallerAuthority(tmp_path, "x").issue(key, provider("1")))

    async def main() -> None:
        for _ in range(2):
            with pytest.raises(UnprovenError):
                await shelf.certificates.of(URL)

    asyncio.run(main())
    assert shelf.repository.asked == [URL] * 2
    assert not (tmp_path / "c").exists()


def test_a_file_that_somebody_changed_is_fetched_anew(
    tmp_path: Path, key: ec.EllipticCurvePrivateKey
) -> None:
    shelf = Shelf(tmp_path, key)

    async def main() -> None:
        await shelf.certificates.of(URL)
        (file,) = (tmp_path / "c").iterdir()
        file.write_text("something else")
        os.utime(file, (NOW + 1000, NOW + 1000))
        await shelf.anew().of(URL)

    asyncio.run(main())
    assert shelf.repository.asked == [URL] * 2


def test_a_disk_that_refuses_costs_no_call(
    tmp_path: Path, key: ec.EllipticCurvePrivateKey, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "c").write_text("no folder")
    shelf = Shelf(tmp_path, key)
    asyncio.run(shelf.certificates.of(URL))
    assert "kept in memory only" in caplog.text


def test_who_gives_up_waiting_leaves_the_others_theirs(
    tmp_path: Path, key: ec.EllipticCurvePrivateKey
) -> None:
    shelf = Shelf(tmp_path, key)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        first = loop.create_task(shelf.certificates.of(URL))
        second = loop.create_task(shelf.certificates.of(URL))
        await asyncio.sleep(0)
        first.cancel()
        assert await second
        assert first.cancelled()

    asyncio.run(main())
    assert shelf.repository.asked == [URL]

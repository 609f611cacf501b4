"""What the node knows of STIR/SHAKEN: its keys, and what becomes of a call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from switchroom.channels.sip.endpoints.endpoint import Endpoint
from switchroom.channels.sip.identity import number_said
from switchroom.channels.sip.stir_shaken.results import Proof, Result, UnprovenError, reasons_of
from switchroom.config.stir_shaken import (
    Attestation,
    FailureAction,
    Profile,
    StirShakenConfig,
    Verification,
)
from switchroom.net.names import Names
from switchroom.sip.client import NewCall
from switchroom.sip.message import Header, Request
from switchroom.sip.session import Session

if TYPE_CHECKING:  # loading OpenSSL is for nodes that sign or look at signatures
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    from switchroom.channels.sip.driver import SipChannelDriver
    from switchroom.channels.sip.service import SipService
    from switchroom.channels.sip.stir_shaken.certificates import Certificates
    from switchroom.net.fetching import Fetcher

logger = logging.getLogger(__name__)

Proven = Callable[[tuple[Proof, ...], list[Header]], None]  #: takes Reasons for the answers
_ATTESTS, _VERIFIES = frozenset({"attest", "on", "yes"}), frozenset({"verify", "on", "yes"})


class Suppression:
    """Whether one call is not to be signed; kept as its channel's datastore."""

    def __init__(self) -> None:
        self.is_on = False


class StirShaken:
    """Signs calls and looks at the signatures of others; kept as the core's datastore."""

    def __init__(self) -> None:
        self.config = StirShakenConfig()
        self.fetcher: Fetcher | None = None  #: made when the first certificate is asked for
        self._keys: dict[str, EllipticCurvePrivateKey | None] = {}
        self._certificates: dict[Verification, Certificates] = {}
        self._complained: set[tuple[str, str]] = set()
        self._unfit: set[tuple[str, Attestation]] = set()  #: by number, empty: all others

    def use(self, config: StirShakenConfig) -> None:
        """Go by other settings; keys and those who are trusted are read anew."""
        self.config = config
        self._keys.clear()
        self._complained.clear()
        self._unfit.clear()
        self._certificates.clear()

    def close(self) -> None:
        """Fetch nothing more."""
        for each in self._certificates.values():
            each.close()

    # of endpoints

    def profile_of(self, endpoint: Endpoint) -> Profile | None:
        """The profile that an endpoint names; a name that leads nowhere is complained of, once."""
        name = endpoint.stir_shaken.profile
        found = self.config.profiles.get(name)
        if name and found is None and (endpoint.name, name) not in self._complained:
            self._complained.add((endpoint.name, name))
            logger.error("endpoint %s: stir_shaken.conf has no profile [%s]", endpoint.name, name)
        return found

    def behaviour_of(self, endpoint: Endpoint) -> str:
        """``off``, ``attest``, ``verify`` or ``on``: the profile's word, else the endpoint's."""
        profile = self.profile_of(endpoint)
        said = profile.behaviour if profile is not None else ""
        return said or endpoint.stir_shaken.behaviour

    def verification_of(self, endpoint: Endpoint) -> Verification | None:
        """How calls of an endpoint are looked at; None: not at all."""
        if not self.config.verifies or self.behaviour_of(endpoint) not in _VERIFIES:
            return None
        profile = self.profile_of(endpoint)
        return profile.verification if profile is not None else self.config.verification

    # calls that we make

    def sign(self, driver: SipChannelDriver, call: NewCall, *, now: float) -> NewCall:
        """The call as it is sent, signed where it is to be and can be."""
        endpoint = driver.endpoint
        if not self.config.attests or self.behaviour_of(endpoint) not in _ATTESTS:
            return call
        from switchroom.channels.sip.stir_shaken.attesting import parties_of, signed

        caller, called = parties_of(call)
        if not caller or not called or driver.channel.datastore(Suppression).is_on:
            return call
        attestation = self.config.attestation_of(caller, self.profile_of(endpoint))
        number = caller if caller in self.config.numbers else ""
        key = self._key(attestation.private_key_file) if attestation.is_complete else None
        if key is None or (number, attestation) in self._unfit:
            return call
        from switchroom.channels.sip.stir_shaken.signing import sign

        return signed(call, attestation, partial(sign, key), now=now)

    def _key(self, file: str) -> EllipticCurvePrivateKey | None:
        """A private key, read once; None: it cannot be used, as the log says."""
        from switchroom.channels.sip.stir_shaken.signing import KeyFileError, load_key

        if file not in self._keys:
            try:
                self._keys[file] = load_key(Path(file))
            except KeyFileError as error:
                logger.error("calls are not signed: %s", error)  # noqa: TRY400  # known, no trace
                self._keys[file] = None
        return self._keys[file]

    def check_keys(self) -> None:
        """Read all private keys now: what is wrong with one is said before somebody calls."""
        for _, attestation in self._attestations():
            self._key(attestation.private_key_file)

    def _attestations(self) -> list[tuple[str, Attestation]]:
        """All that calls may be signed with, each once, by number; empty: one that is not ours."""
        if not self.config.attests:
            return []
        found = [
            (number, self.config.attestation_of(number, profile))
            for number in ("", *self.config.numbers)
            for profile in (None, *self.config.profiles.values())
        ]
        return [each for each in dict.fromkeys(found) if each[1].is_complete]

    async def check_published(self) -> None:
        """Look for our certificates where others will; calls of a number without go unsigned."""
        config = self.config
        for number, attestation in self._attestations():
            key = self._key(attestation.private_key_file)
            if key is None or not attestation.is_checked:
                continue
            from switchroom.channels.sip.stir_shaken.published import fault_of

            fetcher, settings = self._fetcher(), config.verification
            fault = await fault_of(attestation, number, key, fetcher, settings)
            if self.config is not config:
                return  # they were read anew meanwhile
            if fault:
                self._unfit.add((number, attestation))
                whose, url = number or "other numbers", attestation.certificate_url
                logger.error("calls of %s are not signed: %s: %s", whose, url, fault)

    # calls that come in

    def certificates(self, settings: Verification, now: Callable[[], float]) -> Certificates:
        """Where callers' certificates are, for a way to look at calls."""
        from switchroom.channels.sip.stir_shaken.certificates import Certificates

        found = self._certificates.get(settings)
        if found is None:
            found = self._certificates[settings] = Certificates(settings, self._fetcher(), now)
        return found

    def _fetcher(self) -> Fetcher:
        from switchroom.net.fetching import Fetcher

        if self.fetcher is None:
            self.fetcher = Fetcher(Names().addresses)
        return self.fetcher

    async def judge(self, file: Path, settings: Verification, now: Callable[[], float]) -> str:
        """Whether the certificate in a file would be trusted, in words."""
        from switchroom.channels.sip.stir_shaken.trust import read_chain

        try:
            chain = read_chain(await asyncio.to_thread(file.read_bytes))
            trust = await self.certificates(settings, now).trust()
            trust.check(chain, now=now())
            numbers = trust.numbers_of(chain)
        except OSError as error:
            return f"{file}: {error.strerror}"
        except UnprovenError as error:
            return f"{file}: not trusted: {error}"
        return f"{file}: trusted, for {numbers}"

    async def look_at(
        self, request: Request, number: str, sdp: str, settings: Verification, service: SipService
    ) -> tuple[Proof, ...]:
        """What the Identity headers of an INVITE come to; at least one proof."""
        from switchroom.channels.sip.stir_shaken.verifying import look_at, said_of

        clock = service.pbx.now
        certificates = self.certificates(settings, clock)
        said = said_of(request, number, sdp)
        found = await look_at(request, said, settings, certificates, now=clock())
        return found or (Proof(Result.NO_IDENTITY),)


def once_proven(service: SipService, session: Session, endpoint: Endpoint, begin: Proven) -> None:
    """Begin a call once it is known who calls; at once where nobody wants to know.

    Args:
        service: Whose call it is.
        session: Of an INVITE that is not answered; it may be cancelled meanwhile.
        endpoint: Who sent it.
        begin: Begins it.
    """
    stir_shaken = service.pbx.datastore(StirShaken)
    settings, request = stir_shaken.verification_of(endpoint), session.request
    if settings is None or request is None:
        begin((), [])
        return
    number = number_said(request, endpoint)

    async def prove() -> None:
        proofs: tuple[Proof, ...] = ()
        try:
            sdp = session.remote_sdp
            proofs = await stir_shaken.look_at(request, number, sdp, settings, service)
        finally:
            if proofs and not session.is_ended:
                _go_on(service, session, settings, proofs, begin)
            elif not session.is_ended:  # the node ends, or we fail: nobody gets in by that
                session.refuse(500, now=service.now)
            service.pump()

    service.pbx.spawn(prove(), name=f"look who calls {session.call_id[:80]}")


def _go_on(
    service: SipService,
    session: Session,
    settings: Verification,
    proofs: tuple[Proof, ...],
    begin: Proven,
) -> None:
    failed = tuple(each for each in proofs if each.status != 200)
    by_stir = settings.tells_by_stir
    if failed and settings.action is FailureAction.REJECT:
        first = failed[0]
        reasons = reasons_of(failed, by_stir=True) if by_stir else []
        logger.warning("%s: a call is refused: %s", session.flow.remote[0], first.result)
        session.refuse(first.status, now=service.now, reason=first.phrase, headers=reasons)
        return
    is_told = failed and settings.action is FailureAction.RETURN_REASON
    begin(proofs, reasons_of(failed, by_stir=by_stir) if is_told else [])

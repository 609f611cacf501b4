"""Callers' certificates: fetched when they are first needed, and kept for a while, on disk too."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from switchroom.channels.sip.stir_shaken.results import Result, UnprovenError
from switchroom.channels.sip.stir_shaken.trust import Chain, Trust, read_chain
from switchroom.config.stir_shaken import Verification
from switchroom.net.fetching import Document, Fetcher, FetchError
from switchroom.storage.whole_file import replace_file

logger = logging.getLogger(__name__)

MAX_DOCUMENT = 65536  #: octets of a chain
MOST_KEPT = 10000  #: certificates in memory, whatever ``max_cache_size`` says
ACCEPTED = "application/pem-certificate-chain, application/x-pem-file;q=0.9, */*;q=0.1"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A certificate that was good when it came."""

    chain: Chain
    until: float  #: seconds since the epoch


class Certificates:
    """What was fetched for one ``verification`` or ``profile``.

    Args:
        settings: How long, how many and where it is kept.
        fetcher: Asks for what is not there.
        now: The wall clock.
    """

    def __init__(self, settings: Verification, fetcher: Fetcher, now: Callable[[], float]) -> None:
        self._settings = settings
        self._fetcher = fetcher
        self._now = now
        self._trust: Trust | None = None
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[Chain]] = {}

    async def of(self, url: str) -> Chain:
        """The certificates at a URL; that they are trusted is known.

        Who asks for what is being fetched waits for the same answer.

        Raises:
            UnprovenError: They cannot be had, or not be trusted.
        """
        kept = self._kept.get(url)
        if kept is not None and kept.until > self._now():
            self._kept.move_to_end(url)
            (await self.trust()).check(kept.chain, now=self._now())
            return kept.chain
        task = self._under_way.get(url)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._get(url), name=f"fetch {url[:200]}")
            self._under_way[url] = task
            task.add_done_callback(lambda done: self._done(url, done))
        return await asyncio.shield(task)

    async def trust(self) -> Trust:
        """Whom the settings trust; files are read when that is first asked."""
        if self._trust is None:
            self._trust = await asyncio.to_thread(Trust, self._settings)
        return self._trust

    def close(self) -> None:
        """Fetch nothing more."""
        for task in self._under_way.values():
            task.cancel()

    def _done(self, url: str, task: asyncio.Task[Chain]) -> None:
        del self._under_way[url]
        if not task.cancelled():
            task.exception()  # whoever waits is told; perhaps nobody does any more

    async def _get(self, url: str) -> Chain:
        settings, now = self._settings, self._now()
        trust = await self.trust()
        file = _file_of(settings, url)
        stored = await asyncio.to_thread(_load, file, now) if file is not None else None
        if stored is not None:
            try:
                pem, until = stored
                return self._keep(url, trust, pem, min(until, now + settings.cache_age))
            except UnprovenError as error:
                logger.info("the kept certificate of %s is fetched anew: %s", url, error)
        document = await self._fetch(url)
        age = settings.cache_age
        if document.lifetime is not None:
            age = min(age, document.lifetime)
        chain = self._keep(url, trust, document.body, now + age)
        if file is not None and age > 0:
            await asyncio.to_thread(_store, file, document.body, now + age, settings.cache_size)
        return chain

    async def _fetch(self, url: str) -> Document:
        settings = self._settings
        try:
            return await self._fetcher.fetch(
                url,
                allows=settings.rules.allows,
                most=MAX_DOCUMENT,
                patience=settings.patience,
                accept=ACCEPTED,
            )
        except FetchError as error:
            raise UnprovenError(Result.NOT_FETCHED, str(error)) from error

    def _keep(self, url: str, trust: Trust, pem: bytes, until: float) -> Chain:
        """Only what is trusted is kept: a stranger fills nothing."""
        chain = read_chain(pem)
        trust.check(chain, now=self._now())
        self._kept[url] = _Kept(chain, until)
        self._kept.move_to_end(url)
        while len(self._kept) > min(self._settings.cache_size, MOST_KEPT):
            self._kept.popitem(last=False)
        return chain


def _file_of(settings: Verification, url: str) -> Path | None:
    if not settings.cache_folder or settings.cache_age <= 0:
        return None
    return Path(settings.cache_folder) / f"{hashlib.sha256(url.encode()).hexdigest()}.pem"


def _load(file: Path, now: float) -> tuple[bytes, float] | None:
    """What is kept on disk, and until when; that is the time of the file."""
    try:
        until = file.stat().st_mtime
        return (file.read_bytes()[:MAX_DOCUMENT], until) if until > now else None
    except OSError:
        return None


def _store(file: Path, pem: bytes, until: float, most: int) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(file, pem)
        os.utime(file, (until, until))
        files = sorted(file.parent.glob("*.pem"), key=lambda each: each.stat().st_mtime)
        for each in files[: max(0, len(files) - most)]:
            each.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("%s: a certificate is kept in memory only: %s", file.parent, error.strerror)

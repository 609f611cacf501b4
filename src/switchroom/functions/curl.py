"""CURL and CURLOPT: what a web server answers.

Family: Files, commands and the machine
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from switchroom.base.errors import DialplanError
from switchroom.base.text import (
    BLANKS,
    from_octets,
    leading_float,
    leading_int,
    shown_url,
    to_octets,
    without_controls,
)
from switchroom.dialplan.escalation import escalates
from switchroom.dialplan.registry import Rest, function
from switchroom.dialplan.substitution import MAX_RESULT
from switchroom.pbx.channel import Channel

if TYPE_CHECKING:
    import httpx

PATIENCE = 30.0  #: seconds for a whole answer, unless CURLOPT(httptimeout) says otherwise
LONGEST = 600.0  #: seconds that CURLOPT may ask for
MAX_HEADERS = 64 * 1024  #: letters of all that CURLOPT(httpheader) was set to
MAX_FILE = 256 * 1024 * 1024  #: octets that are saved into a file

KEYS = frozenset(
    {
        "cookie", "conntimeout", "dnstimeout", "followlocation", "ftptext", "ftptimeout",
        "header", "httpauth", "httpheader", "httptimeout", "maxredirs", "proxy", "proxytype",
        "proxyport", "proxyuserpwd", "referer", "useragent", "userpwd", "ssl_verifypeer",
        "ssl_verifyhost", "ssl_cainfo", "ssl_capath", "ssl_cert", "ssl_certtype", "ssl_key",
        "ssl_keytype", "ssl_keypasswd", "hashcompat", "failurecodes",
    }
)  # fmt: skip

_Take = Callable[["httpx.Response"], Awaitable[None]]


class CurlOptions(dict[str, str]):
    """What CURLOPT set on a channel."""

    def is_on(self, key: str, *, default: bool = False) -> bool:
        """Whether an option is set to anything but nothing, 0 and no."""
        if key not in self:
            return default
        return self[key].strip().lower() not in {"", "0", "no", "false", "off"}

    def seconds(self, key: str, default: float) -> float:
        """A time limit; 0 is none, as far as there can be none."""
        given = leading_float(self.get(key, ""))
        if given is None:
            return default
        return min(given, LONGEST) if given > 0 else LONGEST


def _key(text: str) -> str:
    key = text.strip().lower()
    if key not in KEYS:
        raise DialplanError(f"CURLOPT: there is no {text!r}")
    return key


@function("CURLOPT")
def curl_option(channel: Channel, key: str) -> str:
    """An option that this channel's CURL() follows.

    Args:
        channel: The channel.
        key: ``httptimeout``, ``conntimeout`` (seconds), ``followlocation``, ``maxredirs``,
            ``header`` (read the answer's headers too), ``httpheader`` (one to send, may be set
            several times), ``cookie``, ``referer``, ``useragent``, ``userpwd`` (``user:password``),
            ``httpauth`` (``basic`` or ``digest``), ``proxy``, ``proxyport``, ``proxyuserpwd``,
            ``ssl_verifypeer``, ``ssl_verifyhost``, ``ssl_cainfo``, ``ssl_capath``, ``ssl_cert``,
            ``ssl_key``, ``ssl_keypasswd``, ``failurecodes`` (statuses that count as no answer,
            joined by commas), ``hashcompat`` (read the values of a form, and let HASH() know its
            keys).

    Examples:
        Set(CURLOPT(httptimeout)=3)
        Set(CURLOPT(httpheader)=Accept: application/json)
        NoOp(${CURLOPT(httptimeout)})  ; => 3
    """
    return channel.datastore(CurlOptions).get(_key(key), "")


@function("CURLOPT", write=True)
def set_curl_option(channel: Channel, value: str, key: str) -> None:
    """Set an option that this channel's CURL() follows.

    Args:
        channel: The channel.
        value: Its value.
        key: ``httptimeout``, ``conntimeout`` (seconds), ``followlocation``, ``maxredirs``,
            ``header`` (read the answer's headers too), ``httpheader`` (one to send, may be set
            several times), ``cookie``, ``referer``, ``useragent``, ``userpwd`` (``user:password``),
            ``httpauth`` (``basic`` or ``digest``), ``proxy``, ``proxyport``, ``proxyuserpwd``,
            ``ssl_verifypeer``, ``ssl_verifyhost``, ``ssl_cainfo``, ``ssl_capath``, ``ssl_cert``,
            ``ssl_key``, ``ssl_keypasswd``, ``failurecodes`` (statuses that count as no answer,
            joined by commas), ``hashcompat`` (read the values of a form, and let HASH() know its
            keys).
    """
    options = channel.datastore(CurlOptions)
    name = _key(key)
    if name == "httpheader":
        value = without_controls(value)  # one header, whatever a caller is called
        if name in options:
            value = f"{options[name]}\n{value}"
        if len(value) > MAX_HEADERS:
            raise DialplanError(f"CURLOPT: headers have more than {MAX_HEADERS} letters")
    options[name] = value


@function("CURL")
async def curl(channel: Channel, url: str, post: Rest = "") -> str:
    """What a web server answers, without blanks at its end.

    Args:
        channel: The channel.
        url: ``http://…`` or ``https://…``.
        post: What is sent with POST; nothing: GET.

    Variables:
        ~ODBCFIELDS~: With ``CURLOPT(hashcompat)``, the keys of the form that was read.

    Examples:
        Set(CURLOPT(httptimeout)=3)
        Set(answer=${CURL(https://crm.example.com/who?number=${URIENCODE(${CALLERID(num)})})})
        Set(CALLERID(name)=${JSON_DECODE(answer,name)})
    """
    options = channel.datastore(CurlOptions)
    answer = bytearray()

    async def take(response: httpx.Response) -> None:
        if options.is_on("header"):
            answer.extend(_headers(response))
        async for chunk in response.aiter_raw():
            answer.extend(chunk)
            if len(answer) >= MAX_RESULT:
                del answer[MAX_RESULT:]
                return

    await _exchange(options, url, post, take)
    text = from_octets(bytes(answer).partition(b"\0")[0])
    if options.is_on("hashcompat"):
        return _form(channel, text, plus_is_blank=options["hashcompat"].lower() != "legacy")
    return text.rstrip(BLANKS)


@function("CURL", write=True)
@escalates
async def save(channel: Channel, value: str, url: str, post: Rest = "") -> None:
    """Save what a web server answers into a file.

    Args:
        channel: The channel.
        value: The file.
        url: ``http://…`` or ``https://…``.
        post: What is sent with POST; nothing: GET.
    """
    path = Path(value)
    if not path.name:
        raise DialplanError(f"CURL: {value!r} is no file")
    part = path.with_name(f".{path.name}.part")

    async def take(response: httpx.Response) -> None:
        size = 0
        with await asyncio.to_thread(part.open, "wb") as file:
            async for chunk in response.aiter_raw():
                size += len(chunk)
                if size > MAX_FILE:
                    raise DialplanError(f"CURL: {shown_url(url)} has more than {MAX_FILE} octets")
                await asyncio.to_thread(file.write, chunk)
        await asyncio.to_thread(os.replace, part, path)

    try:
        await _exchange(channel.datastore(CurlOptions), url, post, take)
    except OSError as error:
        raise DialplanError(f"CURL: {path}: {error}") from error
    finally:
        await asyncio.to_thread(part.unlink, missing_ok=True)


async def _exchange(options: CurlOptions, url: str, post: str, take: _Take) -> None:
    """Ask, and hand over an answer that is no failure.

    Raises:
        DialplanError: There is none.
    """
    try:
        import httpx
    except ImportError as error:
        raise DialplanError("CURL needs httpx: pip install 'switchroom[http]'") from error
    if not url.lower().startswith(("http://", "https://")):
        raise DialplanError(f"CURL: {shown_url(url)!r} is neither http nor https")
    shown = shown_url(url)
    method, content = ("POST", to_octets(post)) if post else ("GET", None)
    try:
        async with (
            asyncio.timeout(options.seconds("httptimeout", PATIENCE)),
            httpx.AsyncClient(**await _client_arguments(options)) as client,
            client.stream(method, url, content=content) as response,
        ):
            if str(response.status_code) in options.get("failurecodes", "").split(","):
                raise DialplanError(f"CURL: {shown}: {response.status_code}")
            await take(response)
    except TimeoutError as error:
        raise DialplanError(f"CURL: {shown}: no answer in time") from error
    except httpx.InvalidURL as error:
        raise DialplanError("CURL: that is no address") from error  # it quotes what may be secret
    except (httpx.HTTPError, ValueError, OSError) as error:
        raise DialplanError(f"CURL: {shown}: {str(error)[:200]}") from error


async def _client_arguments(options: CurlOptions) -> dict[str, Any]:
    import httpx

    headers = {
        "User-Agent": options.get("useragent") or "switchroom",
        # What is packed may grow a thousand times; curl asks for it only where it is told to.
        "Accept-Encoding": "identity",
    }
    if not any(line.lower().startswith("content-type") for line in _header_lines(options)):
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    for line in _header_lines(options):
        name, _, value = line.partition(":")
        headers[name.strip()] = value.strip()
    for key, name in (("cookie", "Cookie"), ("referer", "Referer")):
        if options.get(key):
            headers[name] = options[key]
    auth: httpx.Auth | None = None
    if options.get("userpwd"):
        user, _, password = options["userpwd"].partition(":")
        is_digest = "digest" in options.get("httpauth", "").lower()
        auth = (httpx.DigestAuth if is_digest else httpx.BasicAuth)(user, password)
    patience = options.seconds("httptimeout", PATIENCE)
    return {
        "headers": headers,
        "auth": auth,
        "timeout": httpx.Timeout(patience, connect=options.seconds("conntimeout", patience)),
        "follow_redirects": options.is_on("followlocation"),
        "max_redirects": max(0, leading_int(options.get("maxredirs", "")) or 20),
        "proxy": _proxy(options),
        "verify": await asyncio.to_thread(_tls, options),
        "trust_env": False,
    }


def _header_lines(options: CurlOptions) -> list[str]:
    return [line for line in options.get("httpheader", "").split("\n") if ":" in line]


def _proxy(options: CurlOptions) -> str | None:
    host = options.get("proxy", "").rpartition("://")[2]
    if not host:
        return None
    port = options.get("proxyport", "")
    user = options.get("proxyuserpwd", "")
    return f"http://{user}{'@' if user else ''}{host}{':' if port else ''}{port}"


def _tls(options: CurlOptions) -> ssl.SSLContext:
    """How servers are checked; reads files."""
    checks_peer = options.is_on("ssl_verifypeer", default=True)
    checks_host = options.is_on("ssl_verifyhost", default=True)
    file, folder = options.get("ssl_cainfo", ""), options.get("ssl_capath", "")
    if not (file or folder or options.get("ssl_cert")):
        return _of_system(checks_peer=checks_peer, checks_host=checks_host)
    context = _context(file, folder, checks_peer=checks_peer, checks_host=checks_host)
    if options.get("ssl_cert"):
        key = options.get("ssl_key") or None
        context.load_cert_chain(options["ssl_cert"], key, options.get("ssl_keypasswd") or None)
    return context


@lru_cache(maxsize=4)
def _of_system(*, checks_peer: bool, checks_host: bool) -> ssl.SSLContext:
    """The same with the authorities that the system knows: to read them takes 20 ms."""
    return _context("", "", checks_peer=checks_peer, checks_host=checks_host)


def _context(file: str, folder: str, *, checks_peer: bool, checks_host: bool) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=file or None, capath=folder or None)
    context.check_hostname = checks_peer and checks_host
    if not checks_peer:
        context.verify_mode = ssl.CERT_NONE
    return context


def _headers(response: httpx.Response) -> bytes:
    lines = [f"{response.http_version} {response.status_code} {response.reason_phrase}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    return to_octets("\r\n".join(lines) + "\r\n\r\n")


def _form(channel: Channel, text: str, *, plus_is_blank: bool) -> str:
    """The values of ``a=1&b=2``; the keys become the columns that HASH() knows."""
    if not plus_is_blank:
        text = text.replace("+", "%2B")
    pairs = parse_qsl(text.strip(), keep_blank_values=True, max_num_fields=1000)
    channel.set_variable("~ODBCFIELDS~", ",".join(key for key, _ in pairs))
    return ",".join(value for _, value in pairs)

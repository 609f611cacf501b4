"""Logging in and out, and what a session wants to hear."""

from __future__ import annotations

import asyncio

from switchroom.ami.filters import MAX_FILTERS as MOST_FILTERS
from switchroom.ami.filters import FilterError, parse_filter
from switchroom.ami.login import REFUSED
from switchroom.ami.privileges import Privilege, parse_privileges
from switchroom.ami.registry import action, collect_actions
from switchroom.ami.reply import ActionError, Listed, Reply, done
from switchroom.ami.request import Request
from switchroom.pbx.events import UserEvent as Told
from switchroom.pbx.security import SecurityEvent

MD5 = "md5"


@action("Login", needs_login=False)
def login(request: Request) -> Reply:
    """Log in."""
    session, context = request.session, request.context
    if session.is_in:
        # Asterisk: this is no error (22).
        return done("Already authenticated")
    kind = request.get("AuthType").lower()
    key = request.get("Key") if kind == MD5 else ""
    if kind == MD5 and not key:
        key = "none"
    refused = context.door.login(session, request.get("Username"), request.get("Secret"), key)
    if refused:
        return Reply((("Message", refused or REFUSED),), response="Error", closes=True)
    if request.action.has("Events"):
        session.listen(_mask(request.get("Events")) or Privilege.NONE)
    events = []
    if context.node.fully_booted.is_set() and session.hears(Privilege.SYSTEM):
        events.append(fully_booted(request))
    return Reply((("Message", "Authentication accepted"),), events=events)


def fully_booted(request: Request) -> Listed:
    """What whoever logs in is told when calls are accepted already."""
    now, node = request.pbx.now(), request.context.node
    return Listed(
        "FullyBooted",
        (
            ("Privilege", Privilege.SYSTEM.text),
            ("Uptime", str(int(now - node.started_at))),
            ("LastReload", str(int(now - node.reloaded_at))),
            ("Status", "Fully Booted"),
        ),
        has_ticket=False,
    )


@action("Challenge", needs_login=False)
def challenge(request: Request) -> Reply:
    """Get a number for a login that does not send the secret."""
    kind = request.get("AuthType")
    if kind.lower() != MD5:
        door = request.context.door
        method = (("AuthMethod", kind),)
        door.report(SecurityEvent("AuthMethodNotAllowed", door.facts(request.session), method))
        raise ActionError("Must specify AuthType")
    return done("", ("Challenge", request.context.door.challenge(request.session)))


@action("Logoff", needs_login=False)
def logoff(request: Request) -> Reply:
    """Log off."""
    return Reply((("Message", "Thanks for all the fish."),), response="Goodbye", closes=True)


@action("Ping")
def ping(request: Request) -> Reply:
    """Keep the connection alive."""
    return done("", ("Ping", "Pong"), ("Timestamp", f"{request.pbx.now():.6f}"))


def _mask(text: str) -> Privilege | None:
    """What an event mask stands for; None where it is none."""
    word = text.strip().lower()
    if word in {"on", "yes", "true", "1", "all"}:
        return Privilege.ALL
    if word in {"off", "no", "false", "0", "none"}:
        return Privilege.NONE
    if word.isdigit():
        return Privilege(int(word) & int(Privilege.ALL))
    found, unknown = parse_privileges(text)
    return None if unknown or not found else found


@action("Events")
def events(request: Request) -> Reply:
    """Choose which classes of events are sent."""
    mask = _mask(request.get("EventMask"))
    if mask is None:
        raise ActionError("Invalid event mask")
    request.session.listen(mask)
    if mask and request.context.config.answers_events_oddly:
        return Reply(is_silent=True)
    return done("", ("Events", "On" if mask else "Off"))


@action("Filter", Privilege.SYSTEM)
def add_filter(request: Request) -> Reply:
    """Add an event filter to this session."""
    if request.get("Operation", "Add").lower() != "add":
        raise ActionError("Unknown operation")
    text = request.get("Filter")
    if not text and not request.get("MatchCriteria"):
        raise ActionError("Filter not specified")
    session = request.session
    if len(session.filters) >= MOST_FILTERS:
        raise ActionError("Too many filters")
    try:
        session.filters.append(parse_filter(text, request.get("MatchCriteria")))
    except FilterError as error:
        raise ActionError(f"Filter did not parse: {error}") from error
    return done("Success")


@action("ListCommands")
def list_commands(request: Request) -> Reply:
    """List the actions that this user may do."""
    write = request.session.write
    return done(
        "",
        *(
            (each.name, f"{each.summary}  (Priv: {each.privilege.text})")
            for each in collect_actions().values()
            if each.may(write)
        ),
    )


@action("WaitEvent")
async def wait_event(request: Request) -> Reply:
    """Wait until something happens, over HTTP; return what has."""
    text = request.get("Timeout")
    seconds = float(text) if text.lstrip("-").isdigit() else -1.0
    if seconds < 0 or seconds > request.context.config.http_timeout:
        seconds = request.context.config.http_timeout
    wait = getattr(request.session.outbox, "wait", None)
    if wait is None:  # over TCP events come by themselves
        await asyncio.sleep(min(seconds, 1.0) and seconds)
        return Reply(
            (("Message", "Waiting for Event completed."),), events=[Listed("WaitEventComplete")]
        )
    told = await wait(seconds)
    return Reply(
        (("Message", "Waiting for Event completed."),),
        events=[
            *(Listed(each.get("Event"), each.headers[1:], has_ticket=False) for each in told),
            Listed("WaitEventComplete"),
        ],
    )


@action("UserEvent", Privilege.USER)
def user_event(request: Request) -> Reply:
    """Tell all who listen something of one's own."""
    events = request.pbx.events
    if events.wants(Told):
        body = tuple(
            f"{each}: {value}"
            for each, value in request.action.headers
            if each.lower() not in {"action", "userevent"}
        )
        events.publish(Told("", "", request.get("UserEvent"), body))
    return done("Event Sent")

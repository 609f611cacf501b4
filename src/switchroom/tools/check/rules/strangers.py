"""Who may call without a password, and what such a call gets to."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.tools.check import texts
from switchroom.tools.check.calls import place_of
from switchroom.tools.check.coverage import ends_openly
from switchroom.tools.check.finding import Problem, Severity
from switchroom.tools.check.parties import Party, parties_of
from switchroom.tools.check.project import Project
from switchroom.tools.check.reach import reached
from switchroom.tools.check.resources import CALLING, all_resources, folded
from switchroom.tools.check.rule import rule

_NO = frozenset({"no", "false", "off", "n", "f", "0"})


def _strangers(project: Project) -> dict[str, str]:
    """Contexts that calls without a password get into, with where those come from."""
    parties = project.once(parties_of)
    found = {p.context: f"the trunk {p.name}" for p in parties.by_name.values() if _is_open(p)}
    return {**found, **parties.guest_contexts}


def _is_open(party: Party) -> bool:
    return party.is_open and party.is_trunk


@rule("SW701", Severity.ERROR)
def stranger_dials_out(project: Project) -> Iterator[Problem]:
    """A stranger who can call out at your cost.

    From a context that calls without a password get into (guests, the endpoint `anonymous`, a
    trunk), includes and jumps lead to a Dial() of a trunk whose number the caller chooses.
    Scanners find such a system within hours. Let strangers only into a context that leads to what
    is meant for them. Where no pjsip.conf or sip.conf says who comes in, contexts called `default`,
    `anonymous` and `guest` are taken for such ones, as a warning.

    Wrong::

        [public]
        include => outbound
        exten => 100,1,Dial(PJSIP/100)
        [outbound]
        exten => _0NXXXXXX,1,Dial(PJSIP/${EXTEN:1}@trunk)
        ; pjsip.conf
        [100]
        type = endpoint
        context = outbound
        auth = 100
        [100]
        type = auth
        username = 100
        password = L3s7jd92Kq
        [anonymous]
        type = endpoint
        context = public
        [trunk]
        type = endpoint
        context = public
        aors = trunk
        outbound_auth = 100
        [trunk]
        type = aor
        contact = sip:provider.example

    Right::

        [public]
        exten => 100,1,Dial(PJSIP/100)
        [outbound]
        exten => _0NXXXXXX,1,Dial(PJSIP/${EXTEN:1}@trunk)
        ; pjsip.conf
        [100]
        type = endpoint
        context = outbound
        auth = 100
        [100]
        type = auth
        username = 100
        password = L3s7jd92Kq
        [trunk]
        type = endpoint
        context = public
        aors = trunk
        outbound_auth = 100
        [trunk]
        type = aor
        contact = sip:provider.example
    """
    parties = project.once(parties_of)
    origins: dict[str, tuple[str, str]] = {}
    for context, who in _strangers(project).items():
        for name in reached(project, [context]):
            origins.setdefault(name, (context, who))
    for resource in project.once(all_resources):
        origin = origins.get(resource.call.step.context)
        if origin is None or resource.call.key not in CALLING:
            continue
        known = folded(project, resource)
        if parties.trunk_of(known) and texts.has_parts(known.target.text):
            context, who = origin
            way = f"[{context}]"
            if context != resource.call.step.context:
                way += f" and on to [{resource.call.step.context}]"
            place = place_of(project, resource.call, resource.word)
            message = f"{who} gets into {way} and can dial any number by {known.party.text}"
            if parties.is_known:
                yield Problem(place, message)
            else:
                message = f"{who} can dial any number by {known.party.text}"
                yield Problem(place, message, Severity.WARNING)


@rule("SW702", Severity.WARNING)
def strangers_may_call(project: Project) -> Iterator[Problem]:
    """Calls are taken from anybody.

    sip.conf takes calls from strangers unless `allowguest = no` says otherwise; an endpoint called
    `anonymous` does the same for pjsip.conf.

    Wrong::

        [public]
        exten => 100,1,Answer()
        ; sip.conf
        [general]
        context = public

    Right::

        [public]
        exten => 100,1,Answer()
        ; sip.conf
        [general]
        context = public
        allowguest = no
    """
    for section in project.sections("sip.conf"):
        if section.name == "general" and section.get("allowguest", "yes").lower() not in _NO:
            place = project.lines.word(section.path, section.line, "[general]")
            context = section.get("context") or "default"
            message = f"strangers may call, into [{context}]: allowguest = no keeps them out"
            yield Problem(place, message)
    for party in project.once(parties_of).by_name.values():
        if party.name == "anonymous" and party.file == "pjsip.conf":
            place = project.lines.whole(party.path, party.line)
            yield Problem(place, f"strangers may call, into [{party.context}]")


@rule("SW703", Severity.WARNING)
def no_password(project: Project) -> Iterator[Problem]:
    """An endpoint that anybody may call as.

    It has neither a password nor an address by which it is known (`identify`, a fixed `host`): who
    writes its name into the From header of a call is taken for it.

    Wrong::

        [phones]
        exten => 100,1,Dial(PJSIP/100)
        ; pjsip.conf
        [100]
        type = endpoint
        context = phones

    Right::

        [phones]
        exten => 100,1,Dial(PJSIP/100)
        ; pjsip.conf
        [100]
        type = endpoint
        context = phones
        auth = 100
        [100]
        type = auth
        username = 100
        password = L3s7jd92Kq
    """
    identified = {
        section.get("endpoint")
        for section in project.sections("pjsip.conf")
        if section.get("type").lower() == "identify"
    }
    for party in project.once(parties_of).by_name.values():
        if not party.is_open or party.is_trunk or party.name in identified | {"anonymous"}:
            continue
        place = project.lines.whole(party.path, party.line)
        yield Problem(place, f"anybody may call as {party.name}: it has no password")


@rule("SW704", Severity.WARNING)
def open_pattern(project: Project) -> Iterator[Problem]:
    """A pattern without an end where strangers get in.

    Strangers may dial anything it takes, of any length and with any letter. Name the numbers that
    are theirs to dial.

    Wrong::

        [public]
        exten => _X.,1,Goto(phones,${FILTER(0-9,${EXTEN})},1)
        [phones]
        exten => 100,1,Answer()
        ; pjsip.conf
        [anonymous]
        type = endpoint
        context = public

    Right::

        [public]
        exten => 100,1,Goto(phones,100,1)
        [phones]
        exten => 100,1,Answer()
    """
    parties = project.once(parties_of)
    guests = parties.guest_contexts if parties.is_known else {}
    for context in project.plan.contexts.values():
        if context.name not in guests:
            continue
        for each in project.plan.family(context.name):
            for extension in each.extensions:
                if extension.pattern is not None and ends_openly(extension.pattern):
                    step = extension.first
                    place = project.lines.word(step.path, step.line, extension.name, behind="=")
                    message = (
                        f"{guests[context.name]} may dial anything that {extension.name} takes"
                    )
                    yield Problem(place, message)

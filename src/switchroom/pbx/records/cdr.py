"""Call records: what happens to channels goes in, one record for each pair of parties comes out.

Nothing here waits, writes or reads a clock. A channel has a chain of records. Its newest one is
*single* (the channel alone), then *dialling* somebody, *answered* (waiting to be joined) or
*joined* with somebody, and in the end *closed*; what happens after that begins a new one. Of two
parties one owns the record, *party A*; the other is its destination.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from types import MappingProxyType

from switchroom.pbx.hangup_cause import HangupCause
from switchroom.storage.call_record import CallRecord, Disposition


@dataclass(frozen=True, slots=True)
class RecordRules:
    """What of ``cdr.conf`` says which records there are and how they end."""

    records_by_default: bool = True  #: of channels about which the dialplan says nothing
    keeps_unanswered: bool = False  #: also where nobody was dialled
    tells_congestion: bool = False  #: CONGESTION rather than FAILED
    tells_cancel: bool = False  #: CANCEL rather than NO ANSWER where the caller hung up
    ends_before_h: bool = True  #: ``h`` finds the record closed
    heeds_bridges: bool = True
    heeds_dials: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """What a channel says of itself at one moment."""

    clid: str = '"" <>'
    src: str = ""
    extension: str = ""
    context: str = ""
    application: str = ""
    data: str = ""
    ama_flag: str = "DOCUMENTATION"
    account: str = ""
    tenant: str = ""
    user_field: str = ""
    unique_id: str = ""
    linked_id: str = ""
    cause: HangupCause = HangupCause.NOT_DEFINED
    is_disabled: bool | None = None  #: None: nobody said so
    is_party_a: bool = False
    destination_names: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


class _State(Enum):
    SINGLE = auto()
    DIALLING = auto()
    ANSWERED = auto()  #: who was dialled answered, and is about to be joined
    JOINED = auto()
    CLOSED = auto()


@dataclass(slots=True)
class _Draft:
    """A record that may still change."""

    sequence: int
    start: float
    answer: float | None = None
    end: float | None = None
    state: _State = _State.SINGLE
    destination: str = ""
    peer_account: str = ""
    disposition: Disposition | None = None
    facts: Facts | None = None  #: as they were when it dialled or closed; None: as they are
    settled: Facts | None = None  #: when ForkCDR(e) ended it: nothing is set in it any more
    is_kept: bool = True  #: no: another party's record tells of it


@dataclass(slots=True)
class _Leg:
    """One channel and its records."""

    name: str
    order: int  #: who is older
    drafts: list[_Draft]
    answered_at: float | None = None
    bridge: str = ""
    is_dialled: bool = False  #: by a channel, and it runs no dialplan of its own
    is_ringing: bool = False  #: its dial goes on
    dialled_as: str = ""  #: the extension that dialled it
    is_over: bool = False  #: it executes no more but ``h``

    @property
    def newest(self) -> _Draft:
        return self.drafts[-1]


#: What the end of a dial says of the record; the others failed.
_OF_STATUS: Mapping[str, Disposition] = MappingProxyType(
    {
        "ANSWER": Disposition.ANSWERED,
        "BUSY": Disposition.BUSY,
        "CONGESTION": Disposition.CONGESTION,
        "CANCEL": Disposition.CANCEL,
        "NOANSWER": Disposition.NO_ANSWER,
    }
)

#: What the cause of a channel that was neither answered nor dialled anybody says; others failed.
_OF_CAUSE: Mapping[HangupCause, Disposition] = MappingProxyType(
    {
        HangupCause.NORMAL_CLEARING: Disposition.NO_ANSWER,
        HangupCause.NO_ANSWER: Disposition.NO_ANSWER,
        HangupCause.USER_BUSY: Disposition.BUSY,
        HangupCause.NORMAL_CIRCUIT_CONGESTION: Disposition.CONGESTION,
    }
)


class RecordBook:
    """The records of all channels that are there.

    Args:
        rules: Which there are and how they end.
        look: What a channel says of itself now, by its name, as long as it is in the book.
    """

    def __init__(self, rules: RecordRules, look: Callable[[str], Facts]) -> None:
        self.rules = rules
        self._look = look
        self._legs: dict[str, _Leg] = {}
        self._bridges: dict[str, list[_Leg]] = {}
        self._orders = itertools.count()
        self._sequences = itertools.count()

    # the life of a channel

    def created(self, name: str, *, now: float) -> None:
        """A channel was made."""
        self._legs[name] = _Leg(name, next(self._orders), [self._begin(now, None)])

    def answered(self, name: str, *, now: float) -> None:
        """A channel is up."""
        leg = self._legs.get(name)
        if leg is None or leg.answered_at is not None:
            return
        leg.answered_at = now
        for draft in leg.drafts:
            if draft.state is not _State.CLOSED and draft.answer is None:
                draft.answer = now

    def executing(self, name: str, *, now: float) -> None:
        """A channel stands at a priority of the dialplan."""
        leg = self._legs.get(name)
        if leg is None or leg.is_over or leg.is_ringing:
            return
        draft = leg.newest
        if leg.is_dialled:  # it goes its own way from here on
            leg.is_dialled = False
            self._close(leg, draft, now)
            draft.is_kept = False
        elif draft.state is _State.ANSWERED:
            self._close(leg, draft, now)
        if draft.state is _State.CLOSED:
            leg.drafts.append(self._begin(now, leg))

    def dialplan_ended(self, name: str, *, now: float) -> None:
        """A channel executes no more but ``h``."""
        leg = self._legs.get(name)
        if leg is None:
            return
        leg.is_over = True
        for draft in leg.drafts:
            if self.rules.ends_before_h:
                self._close(leg, draft, now)
            elif draft.facts is None:
                draft.facts = self._facts(leg)

    def hung_up(self, name: str, *, now: float) -> list[CallRecord]:
        """A channel is gone.

        Returns:
            Its records, in the order in which they began.
        """
        leg = self._legs.get(name)
        if leg is None:
            return []
        facts = self._facts(leg)
        for draft in leg.drafts:
            self._close(leg, draft, now)
        self.left(name, now=now)
        del self._legs[name]
        is_disabled = facts.is_disabled
        if is_disabled if is_disabled is not None else not self.rules.records_by_default:
            return []
        return [_record(leg, each, facts) for each in leg.drafts if self._is_told(leg, each)]

    # dials

    def dial_began(self, caller: str, called: str, *, now: float) -> None:
        """A channel is dialled, by another or, where ``caller`` is empty, by nobody."""
        leg, other = self._legs.get(caller), self._legs.get(called)
        if leg is None or other is None or not self.rules.heeds_dials:
            return
        facts = self._facts(leg)
        other.is_dialled = other.is_ringing = True
        other.dialled_as = facts.extension
        draft = leg.newest
        if draft.state is not _State.SINGLE:
            if draft.state is _State.ANSWERED:
                self._close(leg, draft, now)
            draft = self._begin(now, leg)
            leg.drafts.append(draft)
        draft.state = _State.DIALLING
        draft.destination = called
        draft.peer_account = self._look(called).account
        draft.facts = facts

    def dial_ended(self, caller: str, called: str, status: str, *, now: float) -> None:
        """It is known what became of a dialled channel."""
        other = self._legs.get(called)
        if other is not None:
            other.is_ringing = False
        leg = self._legs.get(caller) if caller else other
        if leg is None or not self.rules.heeds_dials:
            return
        if not caller:
            if status != "ANSWER" and leg.newest.disposition is None:
                leg.newest.disposition = self._disposition(_OF_STATUS.get(status))
            return
        for draft in leg.drafts:
            if draft.destination == called and draft.state is _State.DIALLING:
                draft.disposition = self._disposition(_OF_STATUS.get(status))
                draft.state = _State.ANSWERED
                if status != "ANSWER":
                    self._close(leg, draft, now)

    # parking

    def parked(self, name: str, lot: str) -> None:
        """A channel stands in a parking space: its record says so from here on."""
        leg = self._legs.get(name)
        if leg is None or leg.newest.state is _State.CLOSED:
            return
        leg.newest.facts = replace(self._facts(leg), application="Park", data=lot)

    def unparked(self, name: str, *, now: float) -> None:
        """It does so no longer: what happens to it from here on is another record."""
        leg = self._legs.get(name)
        if leg is not None:
            self._close(leg, leg.newest, now)

    # bridges

    def entered(self, name: str, bridge: str, *, now: float) -> None:
        """A channel is in a bridge."""
        leg = self._legs.get(name)
        if leg is None or not self.rules.heeds_bridges:
            return
        leg.bridge = bridge
        there = self._bridges.setdefault(bridge, [])
        for other in there:
            first, second = _party_a_first(leg, other, self._look)
            self._join(first, second, now)
        there.append(leg)

    def left(self, name: str, *, now: float) -> None:
        """A channel is in its bridge no longer."""
        leg = self._legs.get(name)
        if leg is None or not leg.bridge:
            return
        there = self._bridges[leg.bridge]
        there.remove(leg)
        if not there:
            del self._bridges[leg.bridge]
        leg.bridge = ""
        for draft in leg.drafts:
            if draft.state is _State.JOINED:
                self._close(leg, draft, now)
        for other in there:
            for draft in other.drafts:
                if draft.state is _State.JOINED and draft.destination == name:
                    self._close(other, draft, now)

    def _join(self, first: _Leg, second: _Leg, now: float) -> None:
        draft = next(
            (each for each in first.drafts
             if each.destination == second.name and each.state is not _State.CLOSED),
            first.newest,
        )  # fmt: skip
        if draft.state is _State.CLOSED or (
            draft.state is _State.JOINED and draft.destination != second.name
        ):
            draft = self._begin(now, first)
            first.drafts.append(draft)
        draft.state = _State.JOINED
        draft.destination = second.name
        draft.peer_account = self._look(second.name).account
        draft.disposition = None
        if second.is_dialled:
            for each in second.drafts:
                if not each.destination:  # whom it dialled itself is told of by its own record
                    self._close(second, each, now)
                    each.is_kept = False

    # what applications and functions do

    def fork(self, name: str, *, now: float, closes: bool, resets: bool, answers_now: bool) -> None:
        """Begin another record of what a channel is doing.

        Args:
            name: The channel.
            now: The moment.
            closes: The one there is ends here.
            resets: The other starts now, and was answered now if it was answered.
            answers_now: It was answered now if it was answered, but starts with the first.
        """
        leg = self._legs.get(name)
        if leg is None:
            return
        old = leg.newest
        forked = replace(old, sequence=next(self._sequences), facts=None, settled=None, end=None)
        if forked.state is _State.CLOSED:
            forked.state, forked.destination, forked.disposition = _State.SINGLE, "", None
        if resets:
            forked.start = now
        if forked.answer is not None and (resets or answers_now):
            forked.answer = now
        if closes:
            self._close(leg, old, now)
            old.settled = old.settled or self._facts(leg)
        leg.drafts.append(forked)

    def reset(self, name: str, *, now: float) -> None:
        """The newest record of a channel starts now; what it says of an answer too."""
        leg = self._legs.get(name)
        if leg is None:
            return
        draft = leg.newest
        draft.start = now
        draft.answer = now if leg.answered_at is not None else None
        draft.end = draft.disposition = None
        if draft.state is _State.CLOSED:
            draft.state, draft.destination, draft.facts = _State.SINGLE, "", None

    def newest(self, name: str) -> CallRecord | None:
        """The newest record of a channel as it stands."""
        leg = self._legs.get(name)
        return None if leg is None else _record(leg, leg.newest, self._facts(leg))

    def open_records(self) -> Iterator[CallRecord]:
        """The newest of each channel."""
        for leg in self._legs.values():
            yield _record(leg, leg.newest, self._facts(leg))

    # inside

    def _begin(self, now: float, leg: _Leg | None) -> _Draft:
        is_up = leg is not None and leg.answered_at is not None
        return _Draft(next(self._sequences), now, now if is_up else None)

    def _facts(self, leg: _Leg) -> Facts:
        facts = self._look(leg.name)
        if leg.dialled_as:  # Asterisk: a dialled party is called what was dialled (22)
            number = leg.dialled_as
            return replace(facts, src=number, clid=f'"" <{number}>')
        return facts

    def _close(self, leg: _Leg, draft: _Draft, now: float) -> None:
        if draft.state is _State.CLOSED:
            return
        draft.state = _State.CLOSED
        draft.end = now
        live = self._facts(leg)
        if draft.facts is None:
            draft.facts = live
        if draft.disposition is None:
            answered = Disposition.ANSWERED if draft.answer is not None else None
            draft.disposition = answered or self._disposition(_OF_CAUSE.get(live.cause))

    def _disposition(self, found: Disposition | None) -> Disposition:
        if found is Disposition.CONGESTION and not self.rules.tells_congestion:
            return Disposition.FAILED
        if found is Disposition.CANCEL and not self.rules.tells_cancel:
            return Disposition.NO_ANSWER
        return found or Disposition.FAILED

    def _is_told(self, leg: _Leg, draft: _Draft) -> bool:
        if not draft.is_kept or (leg.is_dialled and not draft.destination):
            return False
        return draft.answer is not None or bool(draft.destination) or self.rules.keeps_unanswered


def _party_a_first(one: _Leg, two: _Leg, look: Callable[[str], Facts]) -> tuple[_Leg, _Leg]:
    """Who of two owns the record: who is said to, who dialled, who was there first."""

    def rank(leg: _Leg) -> tuple[bool, bool, int]:
        return not look(leg.name).is_party_a, leg.is_dialled, leg.order

    return (one, two) if rank(one) < rank(two) else (two, one)


def _record(leg: _Leg, draft: _Draft, now: Facts) -> CallRecord:
    """A draft as it stands; what the dialplan may still set is as it is now."""
    then = draft.facts or now
    now = draft.settled or now
    return CallRecord(
        clid=then.clid,
        src=then.src,
        dst=then.extension,
        dcontext=then.context,
        channel=leg.name,
        dstchannel=now.destination_names.get(draft.destination, draft.destination),
        lastapp=then.application,
        lastdata=then.data,
        start=draft.start,
        answer=draft.answer,
        end=draft.end,
        # Asterisk: a record that is open says NO ANSWER, whatever has happened before (22).
        disposition=draft.disposition or Disposition.NO_ANSWER,
        amaflags=now.ama_flag,
        accountcode=now.account,
        peeraccount=draft.peer_account,
        tenantid=now.tenant,
        uniqueid=now.unique_id,
        linkedid=then.linked_id,
        userfield=now.user_field,
        sequence=draft.sequence,
        variables=now.variables,
    )

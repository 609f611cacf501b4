"""A dialplan under test: the fixture ``dialplan`` of ``pytest-switchroom``."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, MutableMapping
from datetime import datetime

from switchroom.base.errors import ConfigError
from switchroom.pbx.caller_id import CallerId, parse_caller_id
from switchroom.tools.simulate.configuration import Configuration
from switchroom.tools.simulate.moment import parse_moment
from switchroom.tools.simulate.script import parse_script, wildcard
from switchroom.tools.simulate.simulation import IncomingCall, Simulation
from switchroom.tools.simulate.trace import Dialled, Heard
from switchroom.tools.testing.call import CallUnderTest


class Entries(MutableMapping[str, str]):
    """The AstDB as a mapping: ``db["pin/100"]``.

    Args:
        rows: By ``/family/key``.
    """

    def __init__(self, rows: dict[str, str]) -> None:
        self._rows = rows

    def __getitem__(self, path: str) -> str:
        return self._rows[f"/{path}"]

    def __setitem__(self, path: str, value: str) -> None:
        self._rows[f"/{path}"] = value

    def __delitem__(self, path: str) -> None:
        del self._rows[f"/{path}"]

    def __iter__(self) -> Iterator[str]:
        return (path.removeprefix("/") for path in sorted(self._rows))

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return f"Entries({dict(self)})"


class DialplanUnderTest:
    """A node in virtual time, for one test: calls that follow one another share its AstDB.

    Args:
        configuration: The dialplan and what stands beside it.
    """

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.simulation = Simulation(configuration)
        self.calls: list[CallUnderTest] = []

    def dial(  # noqa: PLR0913  # each names one fact about the call; tests give them by name
        self,
        extension: str,
        *,
        context: str = "",
        caller_id: str = "",
        phone: str = "",
        channel: str = "",
        language: str = "",
        variables: Mapping[str, str] | None = None,
        script: str = "",
    ) -> CallUnderTest:
        """Let a call come in; returns when the dialplan has it, at the same virtual moment.

        Args:
            extension: What is dialled.
            context: Where; the phone's, or ``default``.
            caller_id: ``"Alice" <100>``.
            phone: An endpoint of ``pjsip.conf`` or ``sip.conf``, for context, caller id, variables
                and language.
            channel: The channel's name without its number: ``PJSIP/alice``.
            language: Of the prompts.
            variables: Channel variables that are there before.
            script: What the caller does by itself while the test goes on.
        """
        __tracebackhide__ = True
        endpoint = self.configuration.endpoint(phone) if phone else None
        context = context or (endpoint.context if endpoint is not None else "default")
        self._check_context(context)
        caller = endpoint.caller if endpoint is not None else CallerId()
        usual = endpoint.language if endpoint is not None else ""
        own = endpoint.variables if endpoint is not None else ()
        incoming = IncomingCall(
            extension,
            context,
            parse_caller_id(caller_id) if caller_id else caller,
            channel=channel or (f"{endpoint.technology}/{endpoint.name}" if endpoint else ""),
            steps=parse_script(script),
            variables=(*own, *(variables or {}).items()),
            language=language or usual or self.configuration.asterisk.default_language,
            account_code=endpoint.account_code if endpoint is not None else "",
        )
        call = CallUnderTest(self.simulation.run(self.simulation.dial(incoming)))
        self.calls.append(call)
        return call

    def _check_context(self, context: str) -> None:
        contexts = self.configuration.dialplan.contexts
        if context not in contexts:
            near = difflib.get_close_matches(context, contexts, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            file = self.configuration.file
            raise ConfigError(f"there is no context {context!r}{hint}", path=file)

    # what is there before

    def outcome(self, resource: str, *outcomes: str) -> None:
        """Say how a dialled resource behaves: ``outcome("PJSIP/bob", "busy", "answer:30")``.

        Args:
            resource: ``Technology/resource``; ``*`` stands for any text.
            outcomes: One for each dial; the last one stays. See ``docs/simulate.md``.
        """
        self.simulation.outcomes.script(resource, ";".join(outcomes))

    def stub(self, call: str, answer: str = "") -> None:
        """Answer an application or a function instead of running it; before the first call.

        Args:
            call: ``CURL(http://crm/*)``, or the name alone.
            answer: What the function reads as, or the variables that the application sets.
        """
        self.simulation.stubs.script(call, answer)

    def at(self, moment: str) -> None:
        """Set the wall clock: ``2026-12-24 17:55``, ``17:55``, ``fri 17:55``."""
        self.simulation.set_clock(parse_moment(moment, now=self.simulation.now()))

    def seed(self, number: int) -> None:
        """Let the dialplan's random functions begin anew; they begin with 0 in each test."""
        self.simulation.chance.seed(number)

    def sound(self, name: str, seconds: float) -> None:
        """Say how long a sound lasts."""
        self.simulation.sounds.durations[name] = seconds

    def missing_sound(self, name: str) -> None:
        """Let a sound not be found."""
        self.simulation.sounds.missing.add(name)

    # what is there meanwhile and afterwards

    @property
    def db(self) -> Entries:
        """The AstDB, empty at first."""
        return Entries(self.simulation.astdb.rows)

    @property
    def globals(self) -> dict[str, str]:
        """The global variables; may be changed."""
        return self.simulation.global_variables

    @property
    def dialled(self) -> list[str]:
        """The resources that were dialled until now."""
        return [dialled.resource for dialled in self.simulation.trace.of(Dialled)]

    def heard_by(self, resource: str) -> list[str]:
        """The prompts that a party heard until now: ``PJSIP/bob``; ``*`` stands for any text."""
        fits = wildcard(resource)
        return [
            heard.hearing.sound
            for heard in self.simulation.trace.of(Heard)
            if fits(heard.channel.rpartition("-")[0])
        ]

    @property
    def now(self) -> datetime:
        """The wall clock, in local time."""
        return datetime.fromtimestamp(self.simulation.now()).astimezone()

    def wait(self, seconds: float) -> None:
        """Let time pass for all calls."""
        self.simulation.wait(seconds)

    def close(self) -> None:
        """Hang up what is left; the fixture does it."""
        self.simulation.close()

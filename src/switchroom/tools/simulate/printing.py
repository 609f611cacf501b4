"""The work of ``switchroom simulate``: from the words of its command line to what it prints."""

from __future__ import annotations

import argparse
import difflib
import json
import logging
import math
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from switchroom.base.errors import ConfigError, SwitchroomError
from switchroom.pbx.caller_id import CallerId, parse_caller_id
from switchroom.tools.phone.report import wants_colours
from switchroom.tools.simulate.configuration import Configuration, load_configuration
from switchroom.tools.simulate.ending import ending_of
from switchroom.tools.simulate.listing import Listing
from switchroom.tools.simulate.moment import parse_moment
from switchroom.tools.simulate.outcome import parse_outcome_option
from switchroom.tools.simulate.report import call_as_data
from switchroom.tools.simulate.script import ScriptError, parse_script
from switchroom.tools.simulate.simulation import IncomingCall, SimulatedCall, Simulation


def simulate_and_print(arguments: argparse.Namespace, folder: Path) -> int:
    """Run the call that the command line describes, and tell about it.

    Args:
        arguments: Parsed as :mod:`.command` declares them.
        folder: The configuration.

    Returns:
        The exit code.
    """
    logging.getLogger("switchroom").addHandler(logging.NullHandler())  # the trace tells it
    try:
        configuration = load_configuration(folder)
        with _simulation(arguments, configuration) as simulation:
            incoming = _incoming(arguments, configuration)
            call = simulation.run(_complete(simulation, incoming))
            _print(call, as_json=arguments.json)
            return int(ending_of(call).is_error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `| head` reads no further
        return 0
    except SwitchroomError as error:
        sys.stderr.write(f"switchroom simulate: {error}\n")
        return 2


async def _complete(simulation: Simulation, incoming: IncomingCall) -> SimulatedCall:
    call = await simulation.dial(incoming)
    await call.end()
    return call


def _simulation(arguments: argparse.Namespace, configuration: Configuration) -> Simulation:
    simulation = Simulation(
        configuration,
        at=parse_moment(arguments.at) if arguments.at else None,
        seed=arguments.seed,
        database=dict(_assignments(arguments.db, "--db FAMILY/KEY=VALUE")),
    )
    try:
        for outcome in arguments.outcome:
            simulation.outcomes.script(*parse_outcome_option(outcome))
        for stub in arguments.stub:
            simulation.stubs.script(*_split_stub(stub))
    except ScriptError:
        simulation.close()
        raise
    return simulation


def _incoming(arguments: argparse.Namespace, configuration: Configuration) -> IncomingCall:
    phone = configuration.endpoint(arguments.phone) if arguments.phone else None
    context = arguments.context or (phone.context if phone is not None else "default")
    if context not in configuration.dialplan.contexts:
        raise ConfigError(_no_context(context, configuration), path=configuration.file)
    caller = phone.caller if phone is not None else CallerId()
    if arguments.caller_id:
        caller = parse_caller_id(arguments.caller_id)
    variables = phone.variables if phone is not None else ()
    language = phone.language if phone is not None else ""
    usual = configuration.asterisk.default_language
    return IncomingCall(
        arguments.dial,
        context,
        caller,
        channel=arguments.channel
        or (f"{phone.technology}/{phone.name}" if phone is not None else ""),
        steps=parse_script(arguments.dtmf),
        variables=(*variables, *_assignments(arguments.variables, "--set NAME=VALUE")),
        language=arguments.language or language or usual,
        account_code=phone.account_code if phone is not None else "",
        hangs_up_after=_limit(arguments.hangup_after),
    )


def _limit(seconds: float | None) -> float | None:
    if seconds is not None and not 0 < seconds < math.inf:
        raise ScriptError(f"--hangup-after takes seconds, not {seconds:g}")
    return seconds


def _no_context(context: str, configuration: Configuration) -> str:
    names = configuration.dialplan.contexts
    near = difflib.get_close_matches(context, names, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names)}"
    return f"there is no context {context!r}; {hint}"


def _assignments(words: Iterable[str], what: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name or ("/" in what and not all(name.partition("/"))):
            raise ScriptError(f"expected {what}, not {word!r}")
        found.append((name, value))
    return found


def _split_stub(text: str) -> tuple[str, str]:
    """``CURL(http://a?b=c)=answer`` is split behind the parentheses."""
    call, closing, answer = text.partition(")=")
    if "(" in call and closing:
        return f"{call})", answer
    name, equals, answer = text.partition("=")
    if not equals or not name:
        raise ScriptError(f"expected --stub CALL=ANSWER, not {text!r}")
    return name, answer


def _print(call: SimulatedCall, *, as_json: bool) -> None:
    if as_json:
        text = json.dumps(call_as_data(call), indent=2)
    else:
        text = "\n".join(Listing(call, coloured=wants_colours(sys.stdout)).lines())
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()

"""``switchroom simulate``: run one call through a dialplan, in virtual time, and tell about it."""

from __future__ import annotations

import argparse
import difflib
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from switchroom.base.errors import ConfigError, SwitchroomError
from switchroom.pbx.caller_id import CallerId, parse_caller_id
from switchroom.tools.simulate.configuration import Configuration, load_configuration
from switchroom.tools.simulate.ending import ending_of
from switchroom.tools.simulate.listing import Listing
from switchroom.tools.simulate.moment import parse_moment
from switchroom.tools.simulate.outcome import parse_outcome_option
from switchroom.tools.simulate.report import call_as_data
from switchroom.tools.simulate.script import ScriptError, parse_script
from switchroom.tools.simulate.simulation import IncomingCall, SimulatedCall, Simulation

DESCRIPTION = """\
Run a call through the dialplan of a configuration folder: no network, no sound, no waiting. What
would take an hour takes milliseconds. Prints what is executed, heard, keyed, set and stored."""

EPILOG = """\
the caller (--dtmf), words in order:
  w3 or wait:3      wait three seconds      100 1ww2#         key digits; w: half a second
  hear:agent-pass   wait for a prompt       talk:5, hangup    talk, hang up

those who are dialled (--outcome), words joined by commas, several dials by semicolons:
  answer:30 busy congestion noanswer chanunavail cause:21 ring:5 keys:w1

what reaches out of the call (System, AGI, SHELL, CURL) is not done; --stub says what it answers:
  --stub 'CURL(http://crm/*)=Bob'   --stub 'AGI(lookup.py*)=AGISTATUS=SUCCESS,name=Bob'

exit codes: 0 the call ran to its end, 1 the dialplan went wrong, 2 usage or configuration"""


def add_parser(subparsers: Any) -> None:
    """Declare the command to the command line."""
    parser = subparsers.add_parser(
        "simulate",
        help="run a call through a dialplan, in virtual time",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("-C", dest="folder", metavar="DIR", type=Path, default=Path("/etc/asterisk"),
        help="configuration folder, or an extensions.conf (default: %(default)s)")  # fmt: skip
    add("--dial", metavar="EXTENSION", required=True, help="what the caller dials")
    add("--from", dest="context", metavar="CONTEXT", help="context of the call (default: default)")
    add("--phone", metavar="NAME",
        help="call as this endpoint of pjsip.conf or sip.conf does")  # fmt: skip
    add("--caller-id", metavar="ID", help="""who calls: '"Alice" <100>'""")
    add("--channel", metavar="NAME", help="the channel's name, without number: PJSIP/alice")
    add("--language", metavar="CODE", help="of the prompts")
    add("--dtmf", metavar="SCRIPT", default="", help="what the caller does (below)")
    add("--outcome", metavar="RESOURCE=OUTCOME", action="append", default=[],
        help="how those behave that are dialled (below); * stands for any text")  # fmt: skip
    add("--set", dest="variables", metavar="NAME=VALUE", action="append", default=[],
        help="a channel variable, set before the call")  # fmt: skip
    add("--db", metavar="FAMILY/KEY=VALUE", action="append", default=[],
        help="an AstDB entry, there before the call")  # fmt: skip
    add("--stub", metavar="CALL=ANSWER", action="append", default=[],
        help="answer an application or function instead of running it (below)")  # fmt: skip
    add(
        "--at", metavar="TIME", help="when: '2026-12-24 17:55', 17:55 or 'fri 17:55' (default: now)"
    )
    add("--seed", metavar="N", type=int, default=0, help="what random functions begin with")
    add("--hangup-after", metavar="SECONDS", type=float, help="when the caller hangs up at last")
    add("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Simulate and print.

    Returns:
        The exit code.
    """
    try:
        configuration = load_configuration(arguments.folder)
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
        hangs_up_after=arguments.hangup_after,
    )


def _no_context(context: str, configuration: Configuration) -> str:
    names = configuration.dialplan.contexts
    near = difflib.get_close_matches(context, names, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names)}"
    return f"there is no context {context!r}; {hint}"


def _assignments(words: Iterable[str], what: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
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
        text = json.dumps(call_as_data(call), indent=2, ensure_ascii=False)
    else:
        coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        text = "\n".join(Listing(call, coloured=coloured).lines())
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()

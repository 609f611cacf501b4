"""Page(): speak over many phones at once.

Family: Conferences
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from switchroom.apps.conferences.entry import Entry, attend
from switchroom.apps.dialing.answered import call_routine
from switchroom.apps.dialing.options import commas
from switchroom.apps.dialing.requests import equip, route
from switchroom.apps.prompts import play_prompts
from switchroom.base.errors import BadArgumentsError
from switchroom.conference.conference import Conferences
from switchroom.config.confbridge import BridgeProfile, Menu, UserProfile
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.borrowing import borrow
from switchroom.pbx.channel import Channel, RequestError
from switchroom.pbx.channel_search import device_of
from switchroom.pbx.dialing import Dialing, DialManners, hung_up_on_failure
from switchroom.pbx.introduction import introduce
from switchroom.pbx.states.device_state import DeviceState, device_state

logger = logging.getLogger(__name__)

DEFAULT_WITHIN = 20.0  #: seconds in which phones answer, where none are given
PAGE = "Page"


class Pages(Conferences):
    """Those of a node that are spoken now."""

    device = "page"


@dataclass(frozen=True, slots=True)
class PageOptions:
    """Option letters of Page."""

    routine_there: str = option(
        "b", "A routine for each phone before it is called, context^extension^priority.", default=""
    )
    routine_here: str = option("B", "A routine for this channel before that.", default="")
    duplex: bool = option("d", "The phones are heard as well.")
    keep_forwards: bool = option("i", "Ignore that a phone forwards the call.")
    quiet: bool = option("q", "Without the beep for the caller.")
    records: bool = option("r", "Record it.")
    idle_only: bool = option("s", "Call phones only that nobody uses.")
    announcement: str = option("A", "A sound that everybody hears first.", default="")
    not_for_caller: bool = option("n", "The caller does not hear that sound.")


@application("Page")
async def page(
    channel: Channel,
    destinations: str,
    options: PageOptions = PageOptions(),
    timeout: float = 0.0,  # noqa: ASYNC109  # the dialplan's own argument
) -> None:
    r"""Call phones, and let them hear the caller as soon as each answers, until he hangs up.

    Phones that shall answer by themselves are told so by a header, in a routine for them.

    Args:
        channel: The channel.
        destinations: ``Technology/resource``, joined by ``&``.
        options: Option letters.
        timeout: Seconds in which phones answer; 20 where none are given.

    Examples:
        exten => 999,1,Page(PJSIP/100&PJSIP/101,b(auto^s^1)A(beep))
        [auto]
        exten => s,1,Set(PJSIP_HEADER(add,Call-Info)=\;answer-after=0)
         same => n,Return()
    """
    names = [name.strip() for name in destinations.split("&") if name.strip()]
    if not names:
        raise BadArgumentsError("Page: there is nobody to call")
    await channel.answer()
    if options.routine_here:
        await call_routine(channel, commas(options.routine_here))
    called: list[Channel] = []
    with hung_up_on_failure(called):
        for name in names:
            await _request(channel, name, options, called)
    work = _Page(channel, options)
    tasks = [channel.pbx.spawn(work.call(new, timeout), name=new.name) for new in called]
    try:
        if not options.quiet:
            await play_prompts(channel, ["beep"], PAGE)
        await work.speak()
    finally:
        for new in called:
            new.hangup()
        for task in tasks:
            task.cancel()


async def _request(channel: Channel, name: str, options: PageOptions, made: list[Channel]) -> None:
    pbx = channel.pbx
    if name.lower() == device_of(channel).lower():
        return  # his own phone would only whistle
    if options.idle_only and device_state(pbx, name) not in {
        DeviceState.NOT_INUSE, DeviceState.UNKNOWN,
    }:  # fmt: skip
        return
    try:
        called = await pbx.request(name, channel)
    except RequestError as error:
        logger.warning("%s: Page: %s", channel.name, error)
        return
    made.append(called)
    introduce(called, channel.caller.copy(), channel.connected.copy())
    equip(channel, called)
    if not await route(called, options.routine_there):
        made.remove(called)


class _Page:
    """One announcement by voice."""

    def __init__(self, channel: Channel, options: PageOptions) -> None:
        self._channel = channel
        self._options = options
        self._name = f"page-{channel.unique_id}"
        self._bridge = BridgeProfile(name=PAGE, language=channel.language, records=options.records)

    def _entry(self, user: UserProfile) -> Entry:
        return Entry(self._name, self._bridge, user, Menu(PAGE), PAGE, application=PAGE)

    async def speak(self) -> None:
        """Let the caller speak."""
        heard = "" if self._options.not_for_caller else self._options.announcement
        user = UserProfile(
            name=PAGE, marked=True, quiet=True, announcement=heard,
            is_deaf=not self._options.duplex,
        )  # fmt: skip
        await attend(self._channel, self._entry(user), self._channel.pbx.datastore(Pages))

    async def call(self, called: Channel, within: float) -> None:
        """Call one phone, and let it listen."""
        manners = DialManners(forwards=not self._options.keep_forwards)
        dialing = Dialing(None, application="AppDial2", manners=manners)
        outcome = await dialing.run([called], within=within or DEFAULT_WITHIN)
        if outcome.answered is None:
            return
        user = UserProfile(
            name=PAGE, quiet=True, end_marked=True, wait_marked=True,
            start_muted=not self._options.duplex, announcement=self._options.announcement,
        )  # fmt: skip
        try:
            await borrow(outcome.answered, self._listen(outcome.answered, user))
        finally:
            outcome.answered.hangup()

    async def _listen(self, answered: Channel, user: UserProfile) -> None:
        await attend(answered, self._entry(user), answered.pbx.datastore(Pages))

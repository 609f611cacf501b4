"""An agent's time at a phone, from login to logoff. No application itself."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from switchroom.apps.prompts import play_prompts
from switchroom.base.text import leading_int
from switchroom.config.agents import AgentSettings, is_acknowledged
from switchroom.pbx.bridging.bridge import Party
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import ChannelSettings, variable_of
from switchroom.pbx.feature_codes import Rights, keys_of
from switchroom.pbx.music.classes import start_music, stop_music
from switchroom.queues.agents import Agent, Summons


class AgentSession:
    """One agent at one phone.

    Args:
        channel: The phone's; :meth:`run` is awaited in its task.
        agent: Not logged in yet.
        is_silent: It is not told that it is logged in.
    """

    def __init__(self, channel: Channel, agent: Agent, *, is_silent: bool) -> None:
        self._channel = channel
        self._agent = agent
        self._settings = _as_the_channel_says(channel, agent.settings)
        self._is_silent = is_silent
        self._accepted: asyncio.Future[None] | None = None

    async def run(self) -> None:
        """Take calls until the agent is to log off, or hangs up."""
        channel, agent = self._channel, self._agent
        agent.log_in(channel)
        try:
            if not self._is_silent:
                await play_prompts(channel, ["agent-loginok"], "AgentLogin")
            while (summons := await self._wait()) is not None:
                await self._serve(summons)
        finally:
            channel.on_key = None
            agent.log_off()
            if not channel.is_finished:
                stop_music(channel)

    async def _wait(self) -> Summons | None:
        channel = self._channel
        channel.on_key = self._key
        await start_music(channel, self._settings.music)
        summons = await self._agent.next_summons()
        stop_music(channel)
        return summons

    def _key(self, digit: str, duration: float) -> None:
        """Keys mean nothing here, but for the one that takes a call."""
        accepted = self._accepted
        if accepted is not None and digit in self._settings.accept_digit and not accepted.done():
            accepted.set_result(None)

    async def _serve(self, summons: Summons) -> None:
        """Let the agent and the caller talk, if both want to."""
        channel, agent, settings = self._channel, self._agent, self._settings
        if not await self._comes(summons):
            summons.settle(None)
            agent.be_free()
            return
        rights = Rights(disconnect=settings.may_end_calls)
        party = Party(channel, keys=keys_of(channel, rights))
        agent.talk()
        summons.settle(party)
        await party.stay()
        agent.wrap_up(settings.wrap_up)

    async def _comes(self, summons: Summons) -> bool:
        """Tell the agent of a call; whether it takes it."""
        settings = self._settings
        accepted = self._accepted = asyncio.get_running_loop().create_future()
        summons.withdrawn.add_done_callback(lambda _: self._stop_beep())
        try:
            if settings.beep:
                await play_prompts(self._channel, settings.beep.split("&"), "AgentLogin")
            if settings.needs_acknowledgement and not summons.withdrawn.done():
                within = settings.log_off_after or None
                wanted = {accepted, summons.withdrawn}
                done, _ = await asyncio.wait(
                    wanted, timeout=within, return_when=asyncio.FIRST_COMPLETED
                )
                if not done:
                    self._agent.send_off(softly=True)  # nobody is there
                if accepted not in done:
                    return False
        finally:
            self._accepted = None
        return not summons.withdrawn.done()

    def _stop_beep(self) -> None:
        stream = self._channel.opened_stream
        if stream is not None and self._accepted is not None:
            stream.stop_playback()


def _as_the_channel_says(channel: Channel, settings: AgentSettings) -> AgentSettings:
    """Variables of the channel go before what agents.conf says."""
    music = channel.datastore(ChannelSettings).music_class
    if music:
        settings = replace(settings, music=music)
    if text := variable_of(channel, "AGENTACKCALL"):
        settings = replace(settings, needs_acknowledgement=is_acknowledged(text))
    if text := variable_of(channel, "AGENTACCEPTDTMF"):
        settings = replace(settings, accept_digit=text)
    if (seconds := leading_int(variable_of(channel, "AGENTAUTOLOGOFF"))) is not None:
        settings = replace(settings, log_off_after=float(max(0, seconds)))
    if (milliseconds := leading_int(variable_of(channel, "AGENTWRAPUPTIME"))) is not None:
        settings = replace(settings, wrap_up=max(0, milliseconds) / 1000)
    return settings

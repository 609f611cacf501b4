"""What a caller is told while waiting: position, hold time, and what is said again and again.

No application itself.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from switchroom.apps.prompts import play_prompts
from switchroom.media.saying.gender import Gender
from switchroom.media.saying.registry import language_for
from switchroom.pbx.channel import HangupError
from switchroom.queues.entry import SLACK
from switchroom.queues.estimating import estimated_wait

if TYPE_CHECKING:
    from switchroom.apps.queues.stay import Stay


LOOK_AGAIN = 1.0  #: seconds between two looks at the position


class Announcer:
    """Of one caller.

    Args:
        stay: The caller's.
    """

    def __init__(self, stay: Stay) -> None:
        self._stay = stay
        self._told_at: float | None = None
        self._told_position = 0
        self._told_hold_time = False
        self._periodic_at: float | None = None
        self._next_periodic = 0
        self._is_speaking = False
        self._is_interrupted = False

    def interrupt(self) -> None:
        """Say no more: the caller goes."""
        self._is_interrupted = True
        stream = self._stay.channel.opened_stream
        if self._is_speaking and stream is not None:
            stream.stop_playback()

    def seconds_until_due(self) -> float | None:
        """Until something is to be said; None: never."""
        if self._stay.order.is_quiet:
            return None
        now = self._stay.desk.now()
        due = [at for at in (self._position_due(), self._periodic_due()) if at is not None]
        seconds = max(0.0, min(due) - now) if due else None
        if seconds and self._may_move_up():
            assert self._told_at is not None
            least = self._stay.desk.queue.settings.announcements.least
            # Later, look every now and then whether somebody before this caller has gone.
            seconds = min(seconds, max(self._told_at + least - now, LOOK_AGAIN))
        return seconds

    def _may_move_up(self) -> bool:
        """Whether a change of the position is to be told, and can come."""
        what = self._stay.desk.queue.settings.announcements
        is_told = self._told_at is not None and bool(what.every) and what.least > 0
        return is_told and self._says_anything() and self._told_position > 1

    def _position_due(self) -> float | None:
        what = self._stay.desk.queue.settings.announcements
        if not what.every or not self._says_anything():
            return None
        if self._told_at is None:
            # Asterisk: who finds nobody before him is rung first, and told after a retry (22).
            is_first = self._stay.entry.original_position == 1 and not what.while_ringing
            wait = self._stay.desk.queue.settings.retry if is_first else 0.0
            return self._stay.entry.joined_at + wait
        due = self._told_at + what.every
        if self._position() != self._told_position and what.least:
            due = min(due, self._told_at + what.least)
        return due

    def _periodic_due(self) -> float | None:
        what = self._stay.desk.queue.settings.announcements
        if not what.periodic_every or not what.periodic:
            return None
        if self._periodic_at is None:
            first = what.periodic_first if what.periodic_first >= 0 else what.periodic_every
            return self._stay.entry.joined_at + first
        return self._periodic_at + what.periodic_every

    async def say_what_is_due(self) -> None:
        """Say it; the music is held up meanwhile."""
        if self._stay.order.is_quiet:
            return
        now = self._stay.desk.now()
        prompts: list[str] = []
        is_periodic = False
        due = self._position_due()
        if due is not None and due <= now + SLACK:
            self._told_at = now
            prompts += self._about_position()
        due = self._periodic_due()
        if due is not None and due <= now + SLACK:
            is_periodic = True
            self._periodic_at = now
            prompts += self._periodic()
        if prompts:
            await self._say(prompts)
        what = self._stay.desk.queue.settings.announcements
        if is_periodic and what.periodic_from_end:
            self._periodic_at = self._stay.desk.now()

    async def speak(self) -> None:
        """Say what is due, and what will be, until cancelled."""
        with contextlib.suppress(HangupError):
            while (seconds := self.seconds_until_due()) is not None:
                await asyncio.sleep(seconds)
                await self.say_what_is_due()

    async def _say(self, prompts: list[str]) -> None:
        self._is_speaking = self._stay.entry.is_listening = True
        try:
            for prompt in prompts:
                if self._is_interrupted:
                    return
                await play_prompts(self._stay.channel, [prompt], "Queue")
        finally:
            self._is_speaking = self._stay.entry.is_listening = False
            self._stay.desk.look_soon()

    def _position(self) -> int:
        return self._stay.desk.queue.position(self._stay.entry)

    def _says_anything(self) -> bool:
        what = self._stay.desk.queue.settings.announcements
        return what.position != "no" or what.hold_time != "no"

    def _about_position(self) -> list[str]:
        settings = self._stay.desk.queue.settings
        what, prompts = settings.announcements, settings.prompts
        position = self._position()
        is_worse = bool(self._told_position) and position > self._told_position
        self._told_position = position
        said: list[str] = []
        if what.position != "no" and not (what.only_up and is_worse):
            said += self._position_prompts(position)
        said += self._hold_time_prompts()
        return [*said, prompts.thank_you] if said and prompts.thank_you else said

    def _position_prompts(self, position: int) -> list[str]:
        settings = self._stay.desk.queue.settings
        what, prompts = settings.announcements, settings.prompts
        if position == 1:
            return [prompts.you_are_next]
        is_far = position > what.position_limit
        if what.position == "limit" and is_far:
            return []
        if what.position == "more" and is_far:
            number = self._number(what.position_limit)
            return [prompts.quantity1, *number, prompts.quantity2]
        return [prompts.there_are, *self._number(position), prompts.calls_waiting]

    def _hold_time_prompts(self) -> list[str]:
        settings = self._stay.desk.queue.settings
        what, prompts = settings.announcements, settings.prompts
        if what.hold_time == "no" or (what.hold_time == "once" and self._told_hold_time):
            return []
        left = self._expected_wait()
        minutes, seconds = divmod(int(left), 60)
        if what.rounds_seconds:
            seconds -= seconds % what.rounds_seconds
        else:
            minutes, seconds = int(left + 30) // 60, 0
        if not minutes and not seconds:
            return []
        self._told_hold_time = True
        said = [prompts.hold_time]
        if prompts.less_than and minutes == 1:  # as versions up to 1.6 told it
            return [*said, prompts.less_than, *self._number(2), prompts.minutes]
        if minutes:
            noun = prompts.minute if minutes == 1 else prompts.minutes
            said += [*self._number(minutes), noun]
        if seconds:
            said += [*self._number(seconds), prompts.seconds]
        return said

    def _expected_wait(self) -> float:
        desk = self._stay.desk
        if not desk.queue.settings.announcements.estimates:
            return desk.queue.statistics.hold_time
        return estimated_wait(desk.queue, desk.now(), entry=self._stay.entry) or 0.0

    def _periodic(self) -> list[str]:
        what = self._stay.desk.queue.settings.announcements
        if what.periodic_at_random:
            return [self._stay.channel.pbx.chance.choice(what.periodic)]
        prompt = what.periodic[self._next_periodic % len(what.periodic)]
        self._next_periodic += 1
        return [prompt]

    def _number(self, number: int) -> list[str]:
        language = language_for(self._stay.channel.language)
        return list(language.number(number, Gender.of("")))

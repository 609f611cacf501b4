"""What a channel's party hears, and what is recorded of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from switchroom.ari.context import Request, find_channel
from switchroom.ari.errors import AriError
from switchroom.ari.media_uri import UnknownMediaError, check_media
from switchroom.ari.models.channels import Channel
from switchroom.ari.models.playbacks import Playback as PlaybackModel
from switchroom.ari.models.recordings import LiveRecording
from switchroom.ari.playback import (
    SKIP_MS,
    ChannelAudience,
    Playback,
    PlaybackOrder,
)
from switchroom.ari.recording import ChannelSource, Recording, Wanted, make_order
from switchroom.ari.registry import operation
from switchroom.ari.resources.channel_originate import APPLICATION, begin_stay
from switchroom.ari.resources.channels import STATES
from switchroom.channels.snoop import SnoopPlan, make_snoop
from switchroom.media.api import Sound
from switchroom.pbx.background import Background, BackgroundKind
from switchroom.pbx.channel import ALL_DIGITS
from switchroom.pbx.channel import Channel as CoreChannel
from switchroom.pbx.holding import begin_hold, end_hold
from switchroom.pbx.music.classes import start_music, stop_music
from switchroom.pbx.muting import set_muted
from switchroom.pbx.originate import RunApplication
from switchroom.pbx.signal_tones import stop_tones
from switchroom.pbx.stasis import StasisStay

MAX_MEDIA = 100  #: addresses of one playback
MAX_DIGITS = 128
MAX_PAUSE = 60_000  #: milliseconds

_SILENCE = Sound("silence", bytes(2 * 8000))


def check_playback(media: Sequence[str]) -> None:
    """Refuse what cannot be played.

    Raises:
        AriError: 400: it is no media.
    """
    if not media or len(media) > MAX_MEDIA:
        raise AriError(400, "At least one media URI must be provided")
    for each in media:
        try:
            check_media(each)
        except UnknownMediaError as error:
            raise AriError(400, f"Invalid media URI: {each}") from error


def make_playback_order(
    media: Sequence[str], lang: str, offsetms: int | None, skipms: int, playback_id: str
) -> PlaybackOrder:
    """What is to be played.

    Raises:
        AriError: 400: a time is none.
    """
    if (offsetms or 0) < 0 or skipms < 0:
        raise AriError(400, "Offsets cannot be negative")
    return PlaybackOrder(media, playback_id, lang, (offsetms or 0) / 1000, skipms / 1000)


def _submit(stay: StasisStay, work: Playback | Recording | _Digits) -> None:
    try:
        stay.submit(work)
    except asyncio.QueueFull as error:
        raise AriError(409, "Too much is waiting") from error


@operation("POST", "/channels/{channelId}/play", "play", errors=STATES, created="/playbacks/{id}")
def play(  # noqa: PLR0913  # the operation's own parameters
    ari: Request,
    channel_id: str,
    media: list[str],
    lang: str = "",
    offsetms: int | None = None,
    skipms: int = SKIP_MS,
    playback_id: str = "",
) -> PlaybackModel:
    """Play something to a channel, behind what was asked for before.

    Args:
        ari: The request.
        channel_id: Of the channel.
        media: ``sound:``, ``recording:``, ``number:``, ``digits:``, ``characters:`` or ``tone:``;
            several are heard one after the other.
        lang: Of the sounds; the channel's own when empty.
        offsetms: Milliseconds of the first sound that are left out.
        skipms: Milliseconds that forward and reverse wind.
        playback_id: What the playback is to be called.
    """
    stay = ari.stay(channel_id)
    check_playback(media)
    order = make_playback_order(media, lang, offsetms, skipms, playback_id)
    playback = Playback(ari.pbx, ari.hub, ChannelAudience(stay.channel), order)
    model = playback.model()
    _submit(stay, playback)
    return model


@operation(
    "POST",
    "/channels/{channelId}/play/{playbackId}",
    "playWithId",
    errors=STATES,
    created="/playbacks/{id}",
)
def play_with_id(  # noqa: PLR0913  # the operation's own parameters
    ari: Request,
    channel_id: str,
    playback_id: str,
    media: list[str],
    lang: str = "",
    offsetms: int | None = None,
    skipms: int = SKIP_MS,
) -> PlaybackModel:
    """Play something to a channel, with a playback that is called as you want it.

    Args:
        ari: The request.
        channel_id: Of the channel.
        playback_id: What the playback is to be called.
        media: ``sound:``, ``recording:``, ``number:``, ``digits:``, ``characters:`` or ``tone:``;
            several are heard one after the other.
        lang: Of the sounds; the channel's own when empty.
        offsetms: Milliseconds of the first sound that are left out.
        skipms: Milliseconds that forward and reverse wind.
    """
    return play(ari, channel_id, media, lang, offsetms, skipms, playback_id)


@operation(
    "POST",
    "/channels/{channelId}/record",
    "record",
    errors=(400, 404, 409, 422),
    created="/recordings/live/{name}",
)
def record(  # noqa: PLR0913  # the operation's own parameters
    ari: Request,
    channel_id: str,
    name: str,
    format: str,  # noqa: A002  # on the wire
    max_duration_seconds: int = 0,
    max_silence_seconds: int = 0,
    if_exists: str = "fail",
    beep: bool = False,  # noqa: FBT001, FBT002  # on the wire
    terminate_on: str = "none",
) -> LiveRecording:
    """Record what a channel's party says, behind what was asked for before.

    Args:
        ari: The request.
        channel_id: Of the channel.
        name: Of the recording.
        format: ``wav``, ``ulaw``, ``alaw``, ``sln``, ``gsm``.
        max_duration_seconds: After which it ends; 0: never.
        max_silence_seconds: Of silence after which it ends; 0: never.
        if_exists: ``fail``, ``overwrite`` or ``append``.
        beep: Let the party hear when it begins.
        terminate_on: Keys that end it: ``none``, ``any``, ``*`` or ``#``.
    """
    stay = ari.stay(channel_id)
    wanted = Wanted(
        name, format, max_duration_seconds, max_silence_seconds, if_exists, beep, terminate_on
    )
    order = make_order(ari.pbx, wanted)
    recording = Recording(ari.pbx, ari.hub, ChannelSource(stay.channel), order)
    model = recording.model()
    _submit(stay, recording)
    return model


class _Digits:
    """Keys to be sent; fulfils :class:`~switchroom.pbx.stasis.StasisWork`."""

    def __init__(self, channel: CoreChannel, digits: str, times: Sequence[float]) -> None:
        self._channel = channel
        self._digits = digits
        self._before, self._between, self._duration, self._after = times

    async def run(self) -> None:
        await asyncio.sleep(self._before)
        for number, digit in enumerate(self._digits):
            if number:
                await asyncio.sleep(self._between)
            await self._channel.send_digit(digit, duration=self._duration)
            await asyncio.sleep(self._duration)
        await asyncio.sleep(self._after)

    def drop(self) -> None:
        """Nobody waits for it."""


@operation("POST", "/channels/{channelId}/dtmf", "sendDTMF", errors=(400, *STATES))
def send_dtmf(  # noqa: PLR0913  # the operation's own parameters
    ari: Request,
    channel_id: str,
    dtmf: str = "",
    before: int = 0,
    between: int = 100,
    duration: int = 100,
    after: int = 0,
) -> None:
    """Send keys to a channel's party.

    Args:
        ari: The request.
        channel_id: Of the channel.
        dtmf: The keys.
        before: Milliseconds to wait before.
        between: Milliseconds between two keys.
        duration: Milliseconds that a key is held.
        after: Milliseconds to wait behind them.
    """
    stay = ari.stay(channel_id)
    digits = dtmf.upper()
    if not digits or len(digits) > MAX_DIGITS or any(each not in ALL_DIGITS for each in digits):
        raise AriError(400, "DTMF is required")
    times = (before, between, duration, after)
    if any(not 0 <= each <= MAX_PAUSE for each in times):
        raise AriError(400, "Times must be positive")
    _submit(stay, _Digits(stay.channel, digits, [each / 1000 for each in times]))


async def _mute(ari: Request, channel_id: str, direction: str, *, muted: bool) -> None:
    channel = ari.stay(channel_id).channel
    if direction not in {"both", "in", "out"}:
        raise AriError(400, "Invalid direction specified")
    said, heard = direction in {"both", "in"}, direction in {"both", "out"}
    await set_muted(channel, muted=muted, said=said, heard=heard)


@operation("POST", "/channels/{channelId}/mute", "mute", errors=STATES)
async def mute(ari: Request, channel_id: str, direction: str = "both") -> None:
    """Let a channel's party not be heard, or hear nothing.

    Args:
        ari: The request.
        channel_id: Of the channel.
        direction: ``in``: what it says; ``out``: what it hears; ``both``.
    """
    await _mute(ari, channel_id, direction, muted=True)


@operation("DELETE", "/channels/{channelId}/mute", "unmute", errors=STATES)
async def unmute(ari: Request, channel_id: str, direction: str = "both") -> None:
    """Let a channel's party be heard, or hear, again.

    Args:
        ari: The request.
        channel_id: Of the channel.
        direction: ``in``: what it says; ``out``: what it hears; ``both``.
    """
    await _mute(ari, channel_id, direction, muted=False)


@operation("POST", "/channels/{channelId}/hold", "hold", errors=STATES)
async def hold(ari: Request, channel_id: str) -> None:
    """Let a channel's party wait.

    Args:
        ari: The request.
        channel_id: Of the channel.
    """
    await begin_hold(ari.stay(channel_id).channel)


@operation("DELETE", "/channels/{channelId}/hold", "unhold", errors=STATES)
def unhold(ari: Request, channel_id: str) -> None:
    """Let a channel's party wait no longer.

    Args:
        ari: The request.
        channel_id: Of the channel.
    """
    end_hold(ari.stay(channel_id).channel)


@operation("POST", "/channels/{channelId}/moh", "startMoh", errors=STATES)
async def begin_music(ari: Request, channel_id: str, moh_class: str = "") -> None:
    """Let a channel's party hear music.

    Args:
        ari: The request.
        channel_id: Of the channel.
        moh_class: The class of the music; the channel's own when empty.
    """
    await start_music(ari.stay(channel_id).channel, moh_class)


@operation("DELETE", "/channels/{channelId}/moh", "stopMoh", errors=STATES)
def end_music(ari: Request, channel_id: str) -> None:
    """Let a channel's party hear no more music.

    Args:
        ari: The request.
        channel_id: Of the channel.
    """
    stop_music(ari.stay(channel_id).channel)


@operation("POST", "/channels/{channelId}/silence", "startSilence", errors=STATES)
async def begin_silence(ari: Request, channel_id: str) -> None:
    """Send silence to a channel's party, so that its side does not think that we are gone.

    Args:
        ari: The request.
        channel_id: Of the channel.
    """
    channel = ari.stay(channel_id).channel
    stream = await channel.stream()
    channel.datastore(Background).begin(stream, BackgroundKind.TONES)
    stream.play_background(_SILENCE, loop=True)


@operation("DELETE", "/channels/{channelId}/silence", "stopSilence", errors=STATES)
def end_silence(ari: Request, channel_id: str) -> None:
    """Send no more silence.

    Args:
        ari: The request.
        channel_id: Of the channel.
    """
    stop_tones(ari.stay(channel_id).channel)


@operation("POST", "/channels/{channelId}/snoop", "snoopChannel", errors=(400, 404))
async def snoop(  # noqa: PLR0913  # the operation's own parameters
    ari: Request,
    channel_id: str,
    app: str,
    spy: str = "none",
    whisper: str = "none",
    app_args: str = "",
    snoop_id: str = "",
) -> Channel:
    """Make a channel that hears what another one hears or says, and speaks into it.

    Args:
        ari: The request.
        channel_id: Of the channel that is listened in on.
        app: The application that gets the new channel.
        spy: What it hears: ``none``, ``in`` (what the party says), ``out``, ``both``.
        whisper: Who hears it: ``none``, ``out`` (the party), ``in`` (the others), ``both``.
        app_args: Handed to the application, separated by commas.
        snoop_id: What the new channel is to be called.
    """
    target = ari.channel(channel_id)
    sides = {"none", "both", "in", "out"}
    if spy not in sides or whisper not in sides:
        raise AriError(400, "Invalid direction specified")
    if spy == whisper == "none":
        raise AriError(400, "Direction must be specified for at least one of spy and whisper")
    if snoop_id and find_channel(ari.pbx, snoop_id) is not None:
        raise AriError(409, "Channel with given unique ID already exists")
    plan = SnoopPlan(
        hears_said=spy in {"in", "both"},
        hears_heard=spy in {"out", "both"},
        whispers_to_party=whisper in {"out", "both"},
        whispers_to_others=whisper in {"in", "both"},
    )
    channel = make_snoop(ari.pbx, target, plan, snoop_id)
    await channel.stream()
    data = f"{app},{app_args}" if app_args else app
    await begin_stay(channel, RunApplication(APPLICATION, data))
    return ari.view.channel(channel)


@operation("POST", "/channels/{channelId}/snoop/{snoopId}", "snoopChannelWithId", errors=(400, 404))
async def snoop_with_id(  # noqa: PLR0913  # the operation's own parameters
    ari: Request,
    channel_id: str,
    snoop_id: str,
    app: str,
    spy: str = "none",
    whisper: str = "none",
    app_args: str = "",
) -> Channel:
    """Make a channel that listens in on another one, called as you want it.

    Args:
        ari: The request.
        channel_id: Of the channel that is listened in on.
        snoop_id: What the new channel is to be called.
        app: The application that gets the new channel.
        spy: What it hears: ``none``, ``in`` (what the party says), ``out``, ``both``.
        whisper: Who hears it: ``none``, ``out`` (the party), ``in`` (the others), ``both``.
        app_args: Handed to the application, separated by commas.
    """
    return await snoop(ari, channel_id, app, spy, whisper, app_args, snoop_id)

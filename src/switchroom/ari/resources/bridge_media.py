"""What is heard in a bridge, what is recorded of it, and its variables."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from switchroom.ari.context import Request
from switchroom.ari.errors import AriError
from switchroom.ari.models.asterisk import Variable, Variables
from switchroom.ari.models.playbacks import Playback as PlaybackModel
from switchroom.ari.models.recordings import LiveRecording
from switchroom.ari.playback import SKIP_MS, BridgeAudience, Playback
from switchroom.ari.recording import BridgeSource, Recording, Wanted, make_order
from switchroom.ari.registry import InBody, Wire, operation
from switchroom.ari.resources.channel_media import check_playback, make_playback_order
from switchroom.ari.variables import texts

ERRORS = (404, 409, 422)
VARIABLE_ERRORS = (400, 404, 409)


@operation("POST", "/bridges/{bridgeId}/moh", "startMoh", errors=(404, 409))
def begin_music(ari: Request, bridge_id: str, moh_class: str = "") -> None:
    """Let all in a bridge hear music, who comes too.

    Args:
        ari: The request.
        bridge_id: Of the bridge.
        moh_class: The class of the music.
    """
    ari.bridge(bridge_id).start_music(moh_class)


@operation("DELETE", "/bridges/{bridgeId}/moh", "stopMoh", errors=(404, 409))
def end_music(ari: Request, bridge_id: str) -> None:
    """Let them hear no more music.

    Args:
        ari: The request.
        bridge_id: Of the bridge.
    """
    bridge = ari.bridge(bridge_id)
    if bridge.music is None:
        raise AriError(409, "No music is played")
    bridge.stop_music()


@operation("POST", "/bridges/{bridgeId}/play", "play", errors=ERRORS, created="/playbacks/{id}")
def play(  # noqa: PLR0913  # the operation's own parameters
    ari: Request,
    bridge_id: str,
    media: list[str],
    announcer_format: Annotated[str, Wire("announcer_format")] = "",
    lang: str = "",
    offsetms: int = 0,
    skipms: int = SKIP_MS,
    playback_id: str = "",
) -> PlaybackModel:
    """Play something to all in a bridge, behind what was asked for before.

    Args:
        ari: The request.
        bridge_id: Of the bridge.
        media: ``sound:``, ``recording:``, ``number:``, ``digits:``, ``characters:`` or ``tone:``;
            several are heard one after the other.
        announcer_format: Accepted; each hears it as his codec allows.
        lang: Of the sounds.
        offsetms: Milliseconds of the first sound that are left out.
        skipms: Milliseconds that forward and reverse wind.
        playback_id: What the playback is to be called.
    """
    bridge = ari.bridge(bridge_id)
    check_playback(media)
    order = make_playback_order(media, lang, offsetms, skipms, playback_id)
    playback = Playback(ari.pbx, ari.hub, BridgeAudience(bridge), order)
    model = playback.model()
    try:
        bridge.submit(playback)
    except asyncio.QueueFull as error:
        playback.drop()
        raise AriError(409, "Too much is waiting") from error
    return model


@operation(
    "POST",
    "/bridges/{bridgeId}/play/{playbackId}",
    "playWithId",
    errors=ERRORS,
    created="/playbacks/{id}",
)
def play_with_id(  # noqa: PLR0913  # the operation's own parameters
    ari: Request,
    bridge_id: str,
    playback_id: str,
    media: list[str],
    announcer_format: Annotated[str, Wire("announcer_format")] = "",
    lang: str = "",
    offsetms: int = 0,
    skipms: int = SKIP_MS,
) -> PlaybackModel:
    """Play something to all in a bridge, with a playback that is called as you want it.

    Args:
        ari: The request.
        bridge_id: Of the bridge.
        playback_id: What the playback is to be called.
        media: ``sound:``, ``recording:``, ``number:``, ``digits:``, ``characters:`` or ``tone:``;
            several are heard one after the other.
        announcer_format: Accepted; each hears it as his codec allows.
        lang: Of the sounds.
        offsetms: Milliseconds of the first sound that are left out.
        skipms: Milliseconds that forward and reverse wind.
    """
    return play(ari, bridge_id, media, announcer_format, lang, offsetms, skipms, playback_id)


@operation(
    "POST",
    "/bridges/{bridgeId}/record",
    "record",
    errors=(400, *ERRORS),
    created="/recordings/live/{name}",
)
def record(  # noqa: PLR0913  # the operation's own parameters
    ari: Request,
    bridge_id: str,
    name: str,
    format: str,  # noqa: A002  # on the wire
    recorder_format: Annotated[str, Wire("recorder_format")] = "",
    max_duration_seconds: int = 0,
    max_silence_seconds: int = 0,
    if_exists: str = "fail",
    beep: bool = False,  # noqa: FBT001, FBT002  # on the wire
    terminate_on: str = "none",
) -> LiveRecording:
    """Record what is said in a bridge.

    Args:
        ari: The request.
        bridge_id: Of the bridge.
        name: Of the recording.
        format: ``wav``, ``ulaw``, ``alaw``, ``sln``, ``gsm``.
        recorder_format: Accepted; it is recorded as it is heard.
        max_duration_seconds: After which it ends; 0: never.
        max_silence_seconds: Of silence of one of them after which it ends; 0: never.
        if_exists: ``fail``, ``overwrite`` or ``append``.
        beep: Let all hear when it begins.
        terminate_on: Keys that end it: ``none``, ``any``, ``*`` or ``#``.
    """
    bridge = ari.bridge(bridge_id)
    wanted = Wanted(
        name, format, max_duration_seconds, max_silence_seconds, if_exists, beep, terminate_on
    )
    recording = Recording(ari.pbx, ari.hub, BridgeSource(bridge), make_order(ari.pbx, wanted))
    model = recording.model()
    bridge.at_destruction(recording.stop)
    ari.pbx.spawn(recording.run(), name=f"recording {name}")
    return model


@operation("GET", "/bridges/{bridgeId}/variable", "getBridgeVar", errors=VARIABLE_ERRORS)
def get_variable(ari: Request, bridge_id: str, variable: str) -> Variable:
    """Read a variable of a bridge.

    Args:
        ari: The request.
        bridge_id: Of the bridge.
        variable: Its name.
    """
    found = ari.bridge(bridge_id).variables.get(variable)
    if found is None:
        raise AriError(404, "Provided variable was not found")
    return Variable(value=found)


@operation("POST", "/bridges/{bridgeId}/variable", "setBridgeVar", errors=VARIABLE_ERRORS)
def set_variable(
    ari: Request,
    bridge_id: str,
    variable: str,
    value: str = "",
    report_events: Annotated[bool, Wire("report_events")] = False,  # noqa: FBT002  # on the wire
) -> None:
    """Set a variable of a bridge.

    Args:
        ari: The request.
        bridge_id: Of the bridge.
        variable: Its name.
        value: Its value.
        report_events: Accepted; of variables of bridges nothing is told.
    """
    if not variable:
        raise AriError(400, "Variable name is required")
    ari.bridge(bridge_id).variables[variable] = value


@operation("GET", "/bridges/{bridgeId}/variables", "getBridgeVars", errors=VARIABLE_ERRORS)
def get_variables(ari: Request, bridge_id: str, variables: str) -> Variables:
    """Read several variables of a bridge; those that there are not are empty.

    Args:
        ari: The request.
        bridge_id: Of the bridge.
        variables: Their names, separated by commas.
    """
    known = ari.bridge(bridge_id).variables
    names = [name.strip() for name in variables.split(",") if name.strip()]
    return Variables(variables={name: known.get(name, "") for name in names})


@operation("POST", "/bridges/{bridgeId}/variables", "setBridgeVars", errors=VARIABLE_ERRORS)
def set_variables(
    ari: Request, bridge_id: str, variables: Annotated[dict[str, Any], InBody()]
) -> None:
    """Set several variables of a bridge.

    Args:
        ari: The request.
        bridge_id: Of the bridge.
        variables: Their values by their names.
    """
    ari.bridge(bridge_id).variables.update(texts(variables))

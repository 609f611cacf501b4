"""What is played: told about, wound, paused, stopped."""

from __future__ import annotations

from switchroom.ari.context import Request
from switchroom.ari.errors import AriError
from switchroom.ari.models.playbacks import Playback as PlaybackModel
from switchroom.ari.playback import Control, Playback, Playbacks
from switchroom.ari.registry import operation


def _playback(ari: Request, playback_id: str) -> Playback:
    found = ari.pbx.datastore(Playbacks).get(playback_id)
    if found is None:
        raise AriError(404, "Playback not found")
    return found


@operation("GET", "/playbacks/{playbackId}", "get", errors=(404,))
def get(ari: Request, playback_id: str) -> PlaybackModel:
    """Tell about a playback that is not over.

    Args:
        ari: The request.
        playback_id: Of the playback.
    """
    return _playback(ari, playback_id).model()


@operation("DELETE", "/playbacks/{playbackId}", "stop", errors=(404,))
def stop(ari: Request, playback_id: str) -> None:
    """End a playback.

    Args:
        ari: The request.
        playback_id: Of the playback.
    """
    _playback(ari, playback_id).stop()


@operation("POST", "/playbacks/{playbackId}/control", "control", errors=(400, 404, 409))
def control(ari: Request, playback_id: str, operation: str) -> None:
    """Wind or pause a playback.

    Args:
        ari: The request.
        playback_id: Of the playback.
        operation: ``restart``, ``pause``, ``unpause``, ``reverse`` or ``forward``.
    """
    playback = _playback(ari, playback_id)
    try:
        what = Control(operation)
    except ValueError as error:
        raise AriError(400, "Invalid operation specified") from error
    if not playback.control(what):
        raise AriError(409, "Operation cannot be performed in the playback's state")

"""Recordings: those that are made, and those that are there."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

from switchroom.ari.context import Request
from switchroom.ari.dispatch import File
from switchroom.ari.errors import AriError
from switchroom.ari.media_uri import recordings_folder
from switchroom.ari.models.recordings import LiveRecording, StoredRecording
from switchroom.ari.recording import Recording, Recordings, recording_path
from switchroom.ari.registry import operation
from switchroom.media.files.reading import READERS
from switchroom.pbx.pbx import Pbx

MAX_LISTED = 10_000
STATES = (404, 409)

#: What is there when none of several formats is asked for.
_CONTENT_TYPES = {".wav": "audio/wav"}


def _all(pbx: Pbx) -> Iterator[Path]:
    folder = recordings_folder(pbx)
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.suffix.lower() in READERS and path.is_file():
            yield path


def _model(pbx: Pbx, path: Path) -> StoredRecording:
    name = path.relative_to(recordings_folder(pbx)).with_suffix("")
    return StoredRecording(name=str(name), format=path.suffix.removeprefix("."))


def _stored(pbx: Pbx, name: str) -> Path:
    """The file of a recording.

    Raises:
        AriError: 404: there is none.
    """
    for suffix in READERS:
        path = recording_path(pbx, name, suffix.removeprefix("."))
        if path is not None and path.is_file():
            return path
    raise AriError(404, "Recording not found")


@operation("GET", "/recordings/stored", "listStored")
async def list_stored(ari: Request) -> list[StoredRecording]:
    """List the recordings that are there.

    Args:
        ari: The request.
    """
    found = await asyncio.to_thread(lambda: list(_all(ari.pbx))[:MAX_LISTED])
    return [_model(ari.pbx, path) for path in found]


@operation("GET", "/recordings/stored/{recordingName}", "getStored", errors=(404,))
async def get_stored(ari: Request, recording_name: str) -> StoredRecording:
    """Tell about a recording that is there.

    Args:
        ari: The request.
        recording_name: Of the recording.
    """
    return _model(ari.pbx, await asyncio.to_thread(_stored, ari.pbx, recording_name))


@operation("DELETE", "/recordings/stored/{recordingName}", "deleteStored", errors=(404,))
async def delete_stored(ari: Request, recording_name: str) -> None:
    """Delete a recording.

    Args:
        ari: The request.
        recording_name: Of the recording.
    """
    path = await asyncio.to_thread(_stored, ari.pbx, recording_name)
    await asyncio.to_thread(path.unlink, missing_ok=True)


@operation("GET", "/recordings/stored/{recordingName}/file", "getStoredFile", errors=(403, 404))
async def get_stored_file(ari: Request, recording_name: str) -> File:
    """Fetch a recording.

    Args:
        ari: The request.
        recording_name: Of the recording.
    """
    path = await asyncio.to_thread(_stored, ari.pbx, recording_name)
    try:
        body = await asyncio.to_thread(path.read_bytes)
    except PermissionError as error:
        raise AriError(403, "Recording file cannot be opened") from error
    kind = _CONTENT_TYPES.get(path.suffix.lower(), "application/octet-stream")
    return File(body, kind)


@operation(
    "POST", "/recordings/stored/{recordingName}/copy", "copyStored", errors=STATES,
    created="/recordings/stored/{name}",
)  # fmt: skip
async def copy_stored(
    ari: Request, recording_name: str, destination_recording_name: str
) -> StoredRecording:
    """Copy a recording.

    Args:
        ari: The request.
        recording_name: Of the recording.
        destination_recording_name: Of the copy.
    """
    pbx = ari.pbx
    path = await asyncio.to_thread(_stored, pbx, recording_name)
    target = recording_path(pbx, destination_recording_name, path.suffix.removeprefix("."))
    if target is None:
        raise AriError(400, "Invalid recording name")
    if target.exists():
        raise AriError(409, "A recording with the same name already exists")

    def copy() -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)

    await asyncio.to_thread(copy)
    return _model(pbx, target)


# live ones


def _live(ari: Request, name: str) -> Recording:
    found = ari.pbx.datastore(Recordings).get(name)
    if found is None:
        raise AriError(404, "Recording not found")
    return found


@operation("GET", "/recordings/live/{recordingName}", "getLive", errors=(404,))
def get_live(ari: Request, recording_name: str) -> LiveRecording:
    """Tell about a recording that is made.

    Args:
        ari: The request.
        recording_name: Of the recording.
    """
    return _live(ari, recording_name).model()


@operation("DELETE", "/recordings/live/{recordingName}", "cancel", errors=(404,))
def cancel(ari: Request, recording_name: str) -> None:
    """End a recording and forget it.

    Args:
        ari: The request.
        recording_name: Of the recording.
    """
    _live(ari, recording_name).cancel()


@operation("POST", "/recordings/live/{recordingName}/stop", "stop", errors=(404,))
def stop(ari: Request, recording_name: str) -> None:
    """End a recording and keep it.

    Args:
        ari: The request.
        recording_name: Of the recording.
    """
    _live(ari, recording_name).stop()


@operation("POST", "/recordings/live/{recordingName}/pause", "pause", errors=STATES)
def pause(ari: Request, recording_name: str) -> None:
    """Leave out what is said from now on.

    Args:
        ari: The request.
        recording_name: Of the recording.
    """
    _live(ari, recording_name).pause(paused=True)


@operation("DELETE", "/recordings/live/{recordingName}/pause", "unpause", errors=STATES)
def unpause(ari: Request, recording_name: str) -> None:
    """Go on.

    Args:
        ari: The request.
        recording_name: Of the recording.
    """
    _live(ari, recording_name).pause(paused=False)


@operation("POST", "/recordings/live/{recordingName}/mute", "mute", errors=STATES)
def mute(ari: Request, recording_name: str) -> None:
    """Have silence in the recording instead of what is said from now on.

    Args:
        ari: The request.
        recording_name: Of the recording.
    """
    _live(ari, recording_name).mute(muted=True)


@operation("DELETE", "/recordings/live/{recordingName}/mute", "unmute", errors=STATES)
def unmute(ari: Request, recording_name: str) -> None:
    """Record what is said again.

    Args:
        ari: The request.
        recording_name: Of the recording.
    """
    _live(ari, recording_name).mute(muted=False)

"""Events of playbacks and recordings."""

from __future__ import annotations

from switchroom.ari.models.model import Event
from switchroom.ari.models.playbacks import Playback
from switchroom.ari.models.recordings import LiveRecording


class PlaybackContinuing(Event):
    """The next sound of a list is played."""

    playback: Playback


class PlaybackFinished(Event):
    """It was played."""

    playback: Playback


class PlaybackStarted(Event):
    """It is played now."""

    playback: Playback


class RecordingFailed(Event):
    """A recording could not be made."""

    recording: LiveRecording


class RecordingFinished(Event):
    """A recording is there."""

    recording: LiveRecording


class RecordingStarted(Event):
    """It is recorded now."""

    recording: LiveRecording

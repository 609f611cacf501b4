"""Recordings of a simulation: silence of the right length, in a folder that goes away with it.

Nothing that stands on the machine is written, replaced or removed, whatever name the dialplan
records under.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from switchroom.base.errors import MediaError
from switchroom.config.asterisk_conf import Directories
from switchroom.dialplan.registry import Application, Rest
from switchroom.media.files.writing import SAMPLE_RATE, open_writer
from switchroom.pbx.channel import Channel

_LONGEST = 600.0  #: seconds of silence that are written; the trace tells the real length


class Recordings:
    """The folder of a simulation's recordings, made when it is needed.

    Args:
        read: Where the configuration's own files are.
    """

    def __init__(self, read: Directories) -> None:
        self._read = read
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def root(self) -> Path:
        """The folder."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="switchroom-simulate-")
        return Path(self._folder.name)

    @property
    def directories(self) -> Directories:
        """The configuration's folders to read from, with those that calls write to moved here."""
        own = self.root
        return replace(
            self._read,
            astvarlibdir=own / "lib",
            astdbdir=own / "lib",
            astdatadir=own / "data",
            astspooldir=own / "spool",
            astrundir=own / "run",
            astlogdir=own / "log",
            astcachedir=own / "cache",
        )

    def redirected(self, path: Path) -> Path:
        """Where an absolute path leads in a simulation."""
        if path.is_relative_to(self.root):
            return path
        return self.root / "absolute" / path.relative_to(path.anchor)

    def close(self) -> None:
        """Remove the folder."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    # what the engine asks

    def begin(self, path: Path) -> None:
        """A recording into ``path`` begins."""
        if path.is_relative_to(self.root):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")

    def end(self, path: Path, duration: float) -> None:
        """It ended: the party had said nothing for so long."""
        if not path.is_relative_to(self.root):
            return
        try:
            writer = open_writer(path)
        except MediaError:
            return  # a format that this machine cannot write: the file stays empty
        writer.write(bytes(2 * round(SAMPLE_RATE * min(duration, _LONGEST))))
        writer.close()

    def record(self, real: Application) -> Application:
        """Record() with absolute names led here; the dialplan sees the name it gave."""

        async def run(channel: Channel, data: Rest = "") -> None:
            name, comma, rest = data.partition(",")
            if not name.strip().startswith("/"):
                waiting = real(channel, data)
                if waiting is not None:
                    await waiting
                return
            path = str(self.redirected(Path(name.strip())))
            try:
                waiting = real(channel, f"{path}{comma}{rest}")
                if waiting is not None:
                    await waiting
            finally:
                recorded = channel.variables.get("RECORDED_FILE", "")
                if recorded.startswith(str(self.root)):
                    absolute = recorded.removeprefix(str(self.root / "absolute"))
                    channel.set_variable("RECORDED_FILE", absolute)

        run.__doc__ = real.run.__doc__
        return Application(real.name, run)

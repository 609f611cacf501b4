"""A house with voicemail in virtual time: a caller who presses keys, and what is left on the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from switchroom.base.errors import MediaError
from switchroom.config.asterisk_conf import Directories
from switchroom.config.language.reader import parse_config
from switchroom.config.voicemail.mailboxes import Mailbox, read_voicemail
from switchroom.media.files.writing import open_writer
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import EventBus
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.mailboxes import MailboxChanged
from switchroom.tools.simulate.engine import SimulatedEngine
from switchroom.voicemail.message import Message
from switchroom.voicemail.service import Voicemail, voicemail_of
from switchroom.voicemail.spool import Spool
from tests.support.dialplan import Outcome, run_dialplan
from tests.support.fakes import FakeSounds, fake_stream

NOW = 1_700_000_000
CONF = """[general]
format=wav
charset=UTF-8
[default]
100 => 1234,Alice Adams,alice@example.com
200 => 4321,Bob Brown
300 => ,Carl Cook
"""
PLAN = """[default]
exten => s,1,{line}
 same => n,Set(end=s)
exten => o,1,Set(end=o)
exten => a,1,Set(end=a)
exten => 7,1,Set(end=7)
exten => h,1,Set(status=${{VMSTATUS}})
"""


class WavFiles:
    """Recordings are silence of the right length."""

    def begin(self, path: Path) -> None:
        try:
            open_writer(path).close()
        except OSError as error:
            raise MediaError(f"cannot record into {path}") from error

    def end(self, path: Path, duration: float) -> None:
        writer = open_writer(path)
        writer.write(bytes(2 * round(8000 * duration)))
        writer.close()


@dataclass
class House:
    """One node's mailboxes.

    Args:
        root: Its spool and its configuration.
        conf: Text of voicemail.conf.
    """

    root: Path
    conf: str = CONF
    plan: str = PLAN
    sounds: FakeSounds = field(default_factory=FakeSounds)
    told: list[MailboxChanged] = field(default_factory=list)
    played: list[str] = field(default_factory=list)
    bus: EventBus | None = None
    prepare: Callable[[Pbx], None] = lambda pbx: None
    real: bool = False  #: on a real clock, for what asks databases

    @property
    def path(self) -> Path:
        """voicemail.conf."""
        return self.root / "voicemail.conf"

    @property
    def spool(self) -> Spool:
        return Spool(self.root / "spool" / "voicemail")

    def box(self, name: str = "100") -> Mailbox:
        found = read_voicemail(parse_config(self.conf, path=self.path)).find(name)
        assert found is not None
        return found

    def put(self, folder: str = "INBOX", box: str = "100", **facts: object) -> Message:
        """A message that is there already."""
        owner = self.box(box)
        count = len(list(self.root.rglob("msg*.txt")))
        about = {"id": f"{NOW}-{count:08}", "mailbox": box, "time": NOW - 60, "duration": 5}
        message = Message(**{**about, **facts})  # type: ignore[arg-type]  # a test's own facts
        sound = self.spool.temporary(owner, ".wav")
        WavFiles().end(sound, 5)
        self.spool.add(owner, folder, message, [sound])
        return message

    def ids(self, folder: str = "INBOX", box: str = "100") -> list[str]:
        return [each.message.id for each in self.spool.messages(self.box(box), folder)]

    def messages(self, folder: str = "INBOX", box: str = "100") -> list[Message]:
        return [each.message for each in self.spool.messages(self.box(box), folder)]

    def voicemail(self, pbx: Pbx) -> Voicemail:
        self.prepare(pbx)
        pbx.directories = Directories(astspooldir=self.root / "spool", astetcdir=self.root)
        pbx.engine = SimulatedEngine(WavFiles())
        pbx.now = lambda: float(NOW)
        voicemail = voicemail_of(pbx)
        if not self.path.exists():
            self.path.write_text(self.conf)
        self.conf = self.path.read_text()
        voicemail.use(read_voicemail(parse_config(self.conf, path=self.path)))
        pbx.events.subscribe(MailboxChanged, self.told.append)
        return voicemail

    def call(
        self,
        line: str,
        keys: str = "",
        *,
        hangs_up: bool = True,
        caller: tuple[str, str] = ("", ""),
        every: float = 1.0,
    ) -> Outcome:
        """Run one line of dialplan; a key a second, ``w`` waits, ``t`` talks, and then the caller hangs up."""

        def prepare(pbx: Pbx, channel: Channel) -> None:
            self.voicemail(pbx)
            channel.caller.name, channel.caller.number = caller

        async def play(channel: Channel) -> None:
            try:
                for key in keys:
                    await asyncio.sleep(every)
                    self._note(channel)
                    if key == "t":
                        fake_stream(channel).talk(2.0)
                    elif key != "w":
                        channel.on_digit(key)
                await asyncio.sleep(every)
                if hangs_up:
                    channel.hangup()
                else:
                    await asyncio.sleep(3600)
            finally:
                self._note(channel)

        outcome = run_dialplan(
            self.plan.format(line=line), play=play, prepare=prepare, sounds=self.sounds,
            real=self.real,
        )  # fmt: skip
        self.conf = self.path.read_text()
        return outcome

    def _note(self, channel: Channel) -> None:
        if channel.opened_stream is not None:
            self.played[:] = fake_stream(channel).played

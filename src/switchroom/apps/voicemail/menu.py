"""The main menu of VoiceMailMain(), and what its keys do with messages. No application itself."""

from __future__ import annotations

import asyncio

from switchroom.apps.voicemail.advanced import Advanced
from switchroom.apps.voicemail.forwarding import forward
from switchroom.apps.voicemail.greetings import mailbox_menu
from switchroom.apps.voicemail.playing import play_envelope_and_message
from switchroom.apps.voicemail.visit import Entry, Visit
from switchroom.apps.voicemail.voice import PATIENCE, TRIES
from switchroom.voicemail.delivering import copy_message
from switchroom.voicemail.folders import CHOSEN, FOLDERS, folder_prompt

_LEAVE = "#"


class Menu:
    """One owner's way through a mailbox.

    Args:
        visit: The mailbox.
    """

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._voice = visit.voice
        self.gain_db = 0.0  #: of what is recorded

    async def run(self, *, plays_at_once: bool = False) -> None:
        """Until the owner leaves."""
        key = await self._play(0) if plays_at_once else await self._welcome()
        while key != _LEAVE:
            key = key or await self._ask()
            if not key or key == _LEAVE:
                break
            key = await self._obey(key)
            if self._visit.channel.jumped:  # the call goes on elsewhere
                return
        await self._voice.say("vm-goodbye", keys="")

    async def _welcome(self) -> str:
        """What waits, and which greeting callers hear."""
        visit, voicemail = self._visit, self._visit.voicemail
        counts = await asyncio.to_thread(voicemail.spool.counts, visit.box)
        names = self._voice.waiting(counts)
        temporary = await voicemail.greeting(visit.box, "temp")
        if temporary is not None and visit.box.options.warn_of_temporary:
            names = ["vm-tempgreetactive", *names]
        return await self._voice.say(*names)

    async def _ask(self) -> str:
        """Say what may be done until a key; nothing when none comes."""
        names = self._options()
        self._voice.tell("VOICEMAIL_MENU", ("Prompts", "&".join(names)))
        for _ in range(TRIES):
            key = await self._voice.say(*names) or await self._voice.key(PATIENCE)
            if key:
                return key
        return ""

    def _options(self) -> list[str]:
        """The prompts of what may be done now."""
        visit = self._visit
        entry = visit.current
        if entry is None:
            first = ["vm-onefor", folder_prompt(visit.folder), "vm-messages"]
            return [*(first if visit.entries else ()), "vm-opts", "vm-helpexit"]
        names = ["vm-prev"] if visit.at else []
        names += ["vm-advopts", "vm-repeat"]
        if visit.at + 1 < len(visit.entries):
            names.append("vm-next")
        if visit.may_change:
            names.append("vm-undelete" if entry.is_deleted else "vm-delete")
        return [*names, "vm-toforward", "vm-savemessage", "vm-helpexit"]

    async def _obey(self, key: str) -> str:  # noqa: PLR0911  # one line a key
        """Do what a key asks for; gives the next key, if one was pressed meanwhile."""
        visit = self._visit
        match key:
            case "1":
                return await self._play(0)
            case "2":
                return await self._change_folder()
            case "3":
                return await Advanced(visit, self.gain_db).run()
            case "4":
                return await self._play(visit.at - 1)
            case "5":
                return await self._play(max(visit.at, 0))
            case "6":
                return await self._play(visit.at + 1)
            case "7" | "8" | "9" if (entry := visit.current) is not None:
                return await self._with_message(key, entry)
            case "0" if visit.may_change:
                await mailbox_menu(visit)
                return ""
            case "*":
                return ""  # the menu is said again
            case _:
                return await self._voice.say("vm-sorry")

    async def _play(self, at: int) -> str:
        """Play a message by its place."""
        visit = self._visit
        count = len(visit.entries)
        if not count:
            return await self._voice.say("vm-youhave", *self._voice.messages(0, visit.folder))
        if not 0 <= at < count:
            if not visit.box.options.wrap:
                return await self._voice.say("vm-nomore")
            at %= count
        visit.at = at
        return await play_envelope_and_message(visit, visit.entries[at], at)

    async def _change_folder(self) -> str:
        folder = await self.choose_folder("vm-changeto")
        visit = self._visit
        if folder is None:
            return ""
        await visit.close()
        await visit.open(folder)
        said = self._voice.messages(len(visit.entries), folder)
        return await self._voice.say("vm-youhave", *said)

    async def choose_folder(self, question: str) -> str | None:
        """Ask for a folder; None where the owner thinks better of it."""
        names = [question]
        for number, folder in enumerate(FOLDERS[:CHOSEN]):
            names += ["vm-press", *self._voice.number(number), "vm-for"]
            names += [folder_prompt(folder), "vm-messages"]
        key = await self._voice.choose([*names, "vm-tocancel"], "0123456789#")
        return FOLDERS[int(key)] if key.isdigit() else None

    async def _with_message(self, key: str, entry: Entry) -> str:
        """Delete, forward or save the current message."""
        visit = self._visit
        if key == "8":
            return await forward(visit, entry.stored)
        if not visit.may_change:
            return await self._voice.say("vm-sorry")
        said: list[str]
        if key == "7":
            entry.is_deleted = not entry.is_deleted
            entry.is_saved = entry.is_saved and entry.is_deleted
            said = ["vm-deleted" if entry.is_deleted else "vm-undeleted"]
        else:
            folder = await self.choose_folder("vm-savefolder")
            if folder is None:
                return ""
            if not await self._save(entry, folder):
                return await self._voice.say("vm-mailboxfull")
            number = self._voice.number(visit.at + 1)
            said = ["vm-message", *number, "vm-savedto", folder_prompt(folder), "vm-messages"]
        self._voice.tell("VOICEMAIL_" + ("DELETED" if key == "7" else "SAVED"))
        pressed = await self._voice.say(*said)
        if not pressed and visit.box.options.next_after_command and entry.is_deleted:
            return await self._play(visit.at + 1)
        return pressed

    async def _save(self, entry: Entry, folder: str) -> bool:
        """Put a message into a folder; it leaves this one when the folder is closed."""
        visit = self._visit
        if folder == entry.stored.folder:
            entry.is_heard = entry.is_deleted = False  # it stays
            return True
        copied = await copy_message(
            visit.voicemail, visit.box, entry.stored, visit.box, folder, keeps_id=True
        )
        if copied is None:
            return False
        entry.is_deleted = entry.is_saved = True
        return True

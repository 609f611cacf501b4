"""The dialplan of a running node: read, shown, changed, and read anew."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from switchroom.base.errors import SwitchroomError
from switchroom.config.asterisk_conf import AsteriskConfig
from switchroom.config.language.reader import parse_config
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.listing import list_dialplan, ordered
from switchroom.dialplan.loading import (
    CONF,
    DialplanLoader,
    LoadingOptions,
    apply_global_variables,
)
from switchroom.dialplan.model import HINT, Context, Dialplan, Include
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.realtime_extensions import RealtimeExtensions
from switchroom.dialplan.switches import REALTIME
from switchroom.dialplan.writing import as_extensions_conf, own_part
from switchroom.pbx.look_ups import LookUps
from switchroom.pbx.pbx import Pbx
from switchroom.storage.realtime import Realtime

logger = logging.getLogger(__name__)


class NoSuchExtensionError(SwitchroomError):
    """The dialplan has no such place, or has it already."""


class DialplanChangeError(SwitchroomError):
    """The dialplan cannot be written to its file."""


class DialplanSource:
    """Fulfils :class:`~switchroom.cli.context.DialplanView` for a node.

    Args:
        config: Where the dialplan is, and how old.
        interpreter: Runs what is read.

    Raises:
        ConfigError: The dialplan cannot be read, and there is none before it.
    """

    def __init__(self, config: AsteriskConfig, interpreter: Interpreter) -> None:
        self._folder = config.directories.astetcdir
        self._interpreter = interpreter
        self._pbx: Pbx | None = None
        self._extensions = RealtimeExtensions()
        options = replace(LoadingOptions.of(config), sources={REALTIME: self._extensions})
        last_good = config.directories.astcachedir / "dialplan-last-good"
        self._loader = DialplanLoader(self._folder, last_good, options)
        interpreter.replace(self._loader.load())
        if not self.dialplan.contexts:
            logger.warning("%s has no dialplan: no call leads anywhere", self._folder)

    def serve(self, pbx: Pbx) -> None:
        """Give the global variables of the dialplan to the core, now and after each reload."""
        self._pbx = pbx
        self._extensions.use(pbx.datastore(Realtime))
        self._look_up_before_calls(pbx)
        apply_global_variables(self._loader.dialplan, pbx.global_variables)

    def _look_up_before_calls(self, pbx: Pbx) -> None:
        """Where there are realtime families, extensions may stand in one."""
        look_ups = pbx.datastore(LookUps)
        if pbx.datastore(Realtime).families and self._extensions.freshen not in look_ups:
            look_ups.append(self._extensions.freshen)
        for context in self.dialplan.contexts.values():
            for switch in context.switches:
                if switch.kind.lower() == REALTIME:  # read before the first call, too
                    self._extensions.context(switch.data, context.name)

    @property
    def dialplan(self) -> Dialplan:
        """What new calls run in."""
        return self._interpreter.dialplan

    async def reload(self) -> None:
        """Read the dialplan anew and let new calls run in it.

        Raises:
            ConfigError: What is wrong; the last good dialplan stays.
        """
        self._start_in(await self._loader.reload())

    async def rollback(self) -> None:
        """Let new calls run in the dialplan before.

        Raises:
            RollbackError: There is none.
        """
        self._start_in(await self._loader.rollback())

    def _start_in(self, dialplan: Dialplan) -> None:
        self._interpreter.replace(dialplan)
        if self._pbx is not None:
            self._look_up_before_calls(self._pbx)
            apply_global_variables(dialplan, self._pbx.global_variables)

    # what the commands show and change

    def show(self, context: str = "", extension: str = "") -> str:
        """See :class:`DialplanView`."""
        return list_dialplan(self.dialplan, context, extension)

    def context_names(self) -> Sequence[str]:
        """See :class:`DialplanView`."""
        return sorted(self.dialplan.contexts)

    def extension_names(self, context: str) -> Sequence[str]:
        """See :class:`DialplanView`."""
        found = self.dialplan.contexts.get(context)
        return [each.name for each in ordered(found)] if found is not None else []

    def save(self, path: str) -> str:
        """See :class:`DialplanView`."""
        if not self.dialplan.may_be_saved:
            message = "the dialplan is saved only with static = yes and writeprotect = no"
            raise DialplanChangeError(message)
        file = self._folder / (path or CONF)
        fresh = file.with_name(f"{file.name}.new")
        try:
            fresh.write_text(as_extensions_conf(own_part(self.dialplan)), errors="surrogateescape")
            fresh.chmod(0o640)
            if file.exists():  # it may have comments, which nobody else keeps
                shutil.copy2(file, file.with_name(f"{file.name}.old"))
            fresh.replace(file)
        except OSError as error:
            raise DialplanChangeError(f"cannot write {file}: {error.strerror}") from error
        return str(file)

    def add_extension(
        self, context: str, extension: str, priority: str, application: str, *, replace: bool
    ) -> None:
        """See :class:`DialplanView`."""
        added = _parse_one(context, extension, priority, application)
        ((key, new),) = added.extensions.items()
        (number,) = new.priorities
        contexts = dict(self.dialplan.contexts)
        target = contexts[context] = contexts.get(context, Context(context)).copy()
        there = target.extensions.get(key)
        if there is not None and number in there.priorities and not replace:
            what = "hint" if number == HINT else f"priority {number}"
            raise NoSuchExtensionError(f"{extension}@{context} has a {what} already")
        target.add(*key).priorities[number] = new.priorities[number]
        self._swap(contexts, target)

    def remove_extension(self, context: str, extension: str, priority: int | None) -> None:
        """See :class:`DialplanView`."""
        contexts = dict(self.dialplan.contexts)
        name, slash, caller = extension.partition("/")
        key = (name, caller if slash else None)
        target = contexts[context] = contexts.get(context, Context(context)).copy()
        found = target.extensions.get(key)
        if found is None or (priority is not None and priority not in found.priorities):
            raise NoSuchExtensionError(f"there is no {extension}@{context} to remove")
        if priority is not None:
            del found.priorities[priority]
        if priority is None or not found.priorities:
            del target.extensions[key]
        self._swap(contexts, target)

    def change_parts(self, context: str, kind: str, text: str, *, add: bool) -> None:
        """See :class:`DialplanView`."""
        contexts = dict(self.dialplan.contexts)
        if context not in contexts:
            raise NoSuchExtensionError(f"There is no existence of context '{context}'")
        if kind == "context":
            del contexts[context]
            self._interpreter.replace(replace(self.dialplan, contexts=contexts))
            return
        target = contexts[context] = contexts[context].copy()
        names = (
            [each.context for each in target.includes]
            if kind == "include"
            else target.ignore_patterns
        )
        if (text in names) is add:
            what = "already" if add else "not"
            raise NoSuchExtensionError(f"'{text}' is {what} in context '{context}'")
        if kind == "include" and add:
            target.includes.append(Include(text, text))
        elif kind == "include":
            target.includes[:] = [each for each in target.includes if each.context != text]
        elif add:
            target.ignore_patterns.append(text)
        else:
            target.ignore_patterns.remove(text)
        self._swap(contexts, target)

    def _swap(self, contexts: Mapping[str, Context], changed: Context) -> None:
        changed.index()
        self._interpreter.replace(replace(self.dialplan, contexts=contexts))


def _parse_one(context: str, extension: str, priority: str, application: str) -> Context:
    """One line of a dialplan, read as the file would be."""
    text = f"[{context}]\nexten => {extension},{priority},{application}\n"
    dialplan = parse_dialplan(parse_config(text, path=Path("CLI")))
    found = Context(context)
    for key, each in dialplan.contexts[context].extensions.items():
        for number, step in each.priorities.items():
            found.add(*key).priorities[number] = replace(step, path=None, line=0)
    return found

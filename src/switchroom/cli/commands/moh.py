"""``moh …``: the classes of music on hold."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.config.musiconhold import MusicClass, MusicMode
from switchroom.pbx.music.classes import MusicClasses, music_files


def _classes(context: CliContext) -> list[MusicClass]:
    return sorted(
        context.pbx.datastore(MusicClasses).config.classes.values(), key=lambda each: each.name
    )


def _described(music: MusicClass) -> str:
    lines = [f"Class: {music.name}", f"\tMode: {music.mode}"]
    if music.mode is MusicMode.PLAYLIST:
        lines += [f"\tEntry: {entry}" for entry in music.entries]
    else:
        lines.append(f"\tDirectory: {music.directory or '<none>'}")
    if music.mode is MusicMode.CUSTOM:
        lines += [f"\tApplication: {music.application}", f"\tFormat: {music.format}"]
    if music.sort:
        lines.append(f"\tSort: {music.sort}")
    return "\n".join(lines) + "\n"


@command("moh show classes")
def show_classes(context: CliContext, arguments: Arguments) -> str:
    """List the classes of music on hold."""
    if arguments:
        raise UsageError
    return "".join(map(_described, _classes(context)))


@command("moh show files")
def show_files(context: CliContext, arguments: Arguments) -> str:
    """List the pieces of each class."""
    if arguments:
        raise UsageError
    folder = context.pbx.directories.astdatadir
    listed = [(music, music_files(music, folder)) for music in _classes(context)]
    return "".join(
        f"Class: {music.name}\n" + "".join(f"\tFile: {file}\n" for file in files)
        for music, files in listed
        if files
    )


@command("moh reload")
async def reload(context: CliContext, arguments: Arguments) -> str:
    """Read musiconhold.conf anew."""
    if arguments:
        raise UsageError
    await context.node.reload("res_musiconhold")
    return ""


@command(
    "moh unregister class",
    "moh unregister class <class>",
    complete=lambda context, arguments: (
        () if arguments else [music.name for music in _classes(context)]
    ),
)
def unregister_class(context: CliContext, arguments: Arguments) -> str:
    """Take a class away until musiconhold.conf is read again."""
    if len(arguments) != 1:
        raise UsageError
    classes = context.pbx.datastore(MusicClasses)
    left = {name: each for name, each in classes.config.classes.items() if name != arguments[0]}
    if len(left) == len(classes.config.classes):
        raise CommandFailedError(f"No such moh class '{arguments[0]}'")
    classes.use(replace(classes.config, classes=MappingProxyType(left)))
    return f"Class '{arguments[0]}' was taken away.\n"

"""Sounds: which there are, and one made into another format."""

from __future__ import annotations

import asyncio
from pathlib import Path

from switchroom.base.errors import MediaError
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.media.catalog import find_sounds
from switchroom.media.codecs.samples import resample
from switchroom.media.files.reading import read_sound
from switchroom.media.files.writing import SAMPLE_RATE, can_write, open_writer
from switchroom.media.prompts import load_texts


@command("core show sounds")
async def show_sounds(context: CliContext, arguments: Arguments) -> str:
    """List the sounds that can be played, with their languages and formats."""
    if arguments:
        raise UsageError
    found = await asyncio.to_thread(find_sounds, context.pbx.directories.sounds)
    lines = [f"{name}: {_kinds(formats)}\n" for name, formats in sorted(found.items())]
    return "".join(["Available audio files:\n", *lines, f"{len(lines)} sounds\n"])


@command("core show sound", "core show sound [soundid]")
async def show_sound(context: CliContext, arguments: Arguments) -> str:
    """Show the languages and formats of a sound, and what it says."""
    if len(arguments) != 1:
        raise UsageError
    name = arguments[0]
    found = await asyncio.to_thread(find_sounds, context.pbx.directories.sounds)
    if name not in found:
        raise CommandFailedError(f"There is no sound '{name}'")
    text = load_texts("en").get(name, "")
    return f"Sound ID: {name}\nFormats: {_kinds(found[name])}\nText: {text}".rstrip() + "\n"


def _kinds(formats: set[tuple[str, str]]) -> str:
    return ", ".join(f"{language}/{kind}" for language, kind in sorted(formats))


@command("file convert", "file convert <file_in> <file_out>")
async def convert(context: CliContext, arguments: Arguments) -> str:
    """Write a sound in another format; the suffixes name the formats.

    Names without a folder in front are below the folder of sounds.
    """
    if len(arguments) != 2:
        raise UsageError
    folder = context.pbx.directories.sounds
    source, target = (folder / each for each in arguments)
    if not can_write(target.suffix):
        raise CommandFailedError(f"Unable to write '{arguments[1]}': unknown format")
    if source.resolve() == target.resolve():
        raise CommandFailedError("A file cannot be written into itself")
    try:
        seconds = await asyncio.to_thread(_convert, source, target)
    except (MediaError, OSError) as error:
        raise CommandFailedError(str(error)) from error
    return f"Converted {arguments[0]} to {arguments[1]} ({seconds:.1f} s)\n"


def _convert(source: Path, target: Path) -> float:
    """Write it aside first, so that nobody ever plays half of it."""
    samples, rate = read_sound(source)
    samples = resample(samples, rate, SAMPLE_RATE)
    aside = target.with_name(f".{target.stem}.converting{target.suffix}")
    writer = open_writer(aside)
    try:
        writer.write(samples)
    except BaseException:
        writer.close()
        aside.unlink(missing_ok=True)
        raise
    writer.close()
    aside.replace(target)
    return len(samples) / 2 / SAMPLE_RATE

"""Configuration files: read as sections and lines, and changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from switchroom.ami.config_changes import Changes, apply_changes, read_changes
from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Reply, done
from switchroom.ami.request import Request
from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import ConfigFile, Section, read_config
from switchroom.dialplan.posix_regex import compile_posix

_FILTER_PART = re.compile(r"\s*(?P<name>[^=,]+?)\s*=\s*(?P<value>[^,]*)")


def _path(request: Request, header: str = "Filename") -> Path:
    """A file of the configuration folder; none of elsewhere is told or touched."""
    name = request.required(header, "Filename not specified")
    folder = request.context.asterisk.directories.astetcdir.resolve()
    path = (folder / name).resolve()
    if path.parent != folder and folder not in path.parents:
        raise ActionError("File requires escalated priveledges")
    return path


def _read(request: Request) -> ConfigFile:
    path = _path(request)
    if not path.is_file():
        raise ActionError("Config file not found")
    try:
        return read_config(path, allow_exec=request.context.asterisk.exec_includes)
    except ConfigError as error:
        raise ActionError("Config file has invalid format") from error


def _chosen(request: Request, file: ConfigFile) -> list[Section]:
    wanted = request.get("Category")
    conditions = [
        (match["name"], match["value"])
        for match in _FILTER_PART.finditer(request.get("Filter"))
        if match["name"].upper() != "TEMPLATES"
    ]
    templates = "TEMPLATES" in request.get("Filter").upper()
    return [
        section
        for section in file.sections
        if (not wanted or section.name == wanted)
        and (templates or not section.is_template)
        and all(_fits(value, section.get(name)) for name, value in conditions)
    ]


def _fits(text: str, value: str) -> bool:
    pattern = compile_posix(f"^({text})$")
    return pattern is not None and pattern.finds(value)


@action("GetConfig", Privilege.SYSTEM | Privilege.CONFIG)
def get_config(request: Request) -> Reply:
    """Read a file: its sections, and the lines of each."""
    sections = _chosen(request, _read(request))
    if not sections and request.get("Category"):
        raise ActionError("No categories found")
    return done("", *_lines(sections))


def _lines(sections: list[Section]) -> Iterator[tuple[str, str]]:
    for number, section in enumerate(sections):
        yield f"Category-{number:06}", section.name
        if section.is_template:
            yield f"IsTemplate-{number:06}", "1"
        if section.parents:
            yield f"Templates-{number:06}", ",".join(section.parents)
        for line, entry in enumerate(section.entries):
            yield f"Line-{number:06}-{line:06}", f"{entry.name}={entry.value}"


@action("GetConfigJSON", Privilege.SYSTEM | Privilege.CONFIG)
def get_config_json(request: Request) -> Reply:
    """Read a file as one JSON object."""
    found: dict[str, dict[str, str | list[str]]] = {}
    for section in _chosen(request, _read(request)):
        values = found.setdefault(section.name, {})
        for entry in section.entries:
            before = values.get(entry.name)
            if before is None:
                values[entry.name] = entry.value
            elif isinstance(before, list):
                before.append(entry.value)
            else:
                values[entry.name] = [before, entry.value]
    text = json.dumps(found, separators=(",", ":"), ensure_ascii=False)
    return done("", ("JSON", text))


@action("ListCategories", Privilege.CONFIG)
def list_categories(request: Request) -> Reply:
    """List the sections of a file."""
    sections = [each for each in _read(request).sections if not each.is_template]
    if not sections:
        raise ActionError("Error: no categories found")
    return done("", *((f"Category-{n:06}", each.name) for n, each in enumerate(sections)))


@action("CreateConfig", Privilege.CONFIG)
def create_config(request: Request) -> Reply:
    """Make an empty file in the configuration folder."""
    path = _path(request)
    try:
        with path.open("x"):
            pass
        path.chmod(0o640)
    except OSError as error:
        raise ActionError(error.strerror or "Cannot create the file") from error
    return done("New configuration file created successfully")


@action("UpdateConfig", Privilege.CONFIG)
async def update_config(request: Request) -> Reply:
    """Change sections and lines of a file; its comments are lost where lines change."""
    source = _path(request, "SrcFilename")
    target = _path(request, "DstFilename")
    if not source.is_file():
        raise ActionError("Config file not found")
    changes: Changes = read_changes(request.action)
    try:
        text = source.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise ActionError("Config file not found") from error
    changed = apply_changes(text, changes)
    fresh = target.with_name(f"{target.name}.new")
    try:
        fresh.write_text(changed, encoding="utf-8", errors="surrogateescape")
        fresh.chmod(source.stat().st_mode & 0o777)
        fresh.replace(target)
    except OSError as error:
        raise ActionError("Save of config failed") from error
    reload = request.get("Reload")
    if reload and reload.lower() not in {"no", "false", "0", "off"}:
        word = "" if request.action.is_true("Reload") else reload
        await request.context.node.reload(word)
    return done()

"""Runs `switchroom simulate` as its command line does, on a dialplan written in the test."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from switchroom.tools.simulate import command


class Simulator:
    """A configuration folder and the command."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def write(self, dialplan: str, **files: str) -> None:
        (self.folder / "extensions.conf").write_text(dialplan)
        for name, text in files.items():
            (self.folder / f"{name}.conf").write_text(text)

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        parser = argparse.ArgumentParser()
        command.add_parser(parser.add_subparsers())
        code = command.run(parser.parse_args(["simulate", "-C", str(self.folder), *arguments]))
        out, err = self._capsys.readouterr()
        return code, out, err

    def json(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        found, out, err = self.run(*arguments, "--json")
        assert (found, err) == (code, ""), out + err
        data: dict[str, Any] = json.loads(out)
        return data


def executed(data: dict[str, Any], *, channel: str = "") -> list[str]:
    """``extension,priority Application(data)`` of every step."""
    return [
        f"{e['extension']},{e['priority']} {e['application']}({e['data']})"
        for e in data["trace"]
        if e["kind"] == "executed" and "file" in e and channel in {"", e["channel"]}
    ]

"""The native side is built anew when any of its files changes."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MEDIA = ROOT / "src/switchroom/media"


@pytest.mark.parametrize(
    ("module", "folders"),
    [
        ("switchroom.media.engine._engine", ("codecs", "engine")),
        ("switchroom.media.codecs._coder", ("codecs",)),
    ],
)
def test_an_extension_depends_on_all_files_of_its_folders(
    module: str, folders: tuple[str, ...]
) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (extension,) = (
        each for each in settings["tool"]["setuptools"]["ext-modules"] if each["name"] == module
    )
    there = {
        str(file.relative_to(ROOT))
        for folder in folders
        for kind in ("*.h", "*.pxi")
        for file in (MEDIA / folder).glob(kind)
    }
    assert set(extension["depends"]) == there

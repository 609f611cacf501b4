"""Every prompt that voicemail says has words, so that it talks on a machine without sound files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import switchroom.apps.voicemail
from switchroom.config.voicemail.options import PROMPTS
from switchroom.media.prompts import load_texts
from switchroom.voicemail.folders import FOLDERS, folder_prompt

APPS = Path(switchroom.apps.voicemail.__file__).parent
_NAME = re.compile(r'"((?:vm|dir|auth|pbx)-[A-Za-z0-9-]+|beep)"')


def said() -> set[str]:
    """The names in the code."""
    found = {name for path in APPS.glob("*.py") for name in _NAME.findall(path.read_text())}
    folders = {folder_prompt(each) for each in FOLDERS if each != "Deleted"}
    return found - PROMPTS.keys() | {each for each in PROMPTS.values() if each} | folders


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_all_of_them_have_words(language: str) -> None:
    names = said()
    assert len(names) > 90
    assert sorted(names - load_texts(language).keys() - {"beep"}) == []

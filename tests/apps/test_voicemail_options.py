"""The option letters are the original's."""

from __future__ import annotations

import pytest

from switchroom.apps.voicemail.directory import DirectoryOptions
from switchroom.apps.voicemail.main import VMAuthenticateOptions, VoiceMailMainOptions
from switchroom.apps.voicemail.voicemail import VoiceMailOptions
from switchroom.dialplan.options import option_letters


@pytest.mark.parametrize(
    ("kind", "letters"),
    [
        (VoiceMailOptions, "bdegsStuUP"),
        (VoiceMailMainOptions, "pgrsa"),
        (VMAuthenticateOptions, "s"),
        (DirectoryOptions, "eflbamnpcsd"),
    ],
)
def test_all_of_them_and_no_other(kind: type, letters: str) -> None:
    assert {letter[0] for letter, _ in option_letters(kind)} == set(letters)

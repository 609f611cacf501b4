"""AMD(): tell a person from an answering machine.

Family: Calls
"""

from __future__ import annotations

from dataclasses import fields

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import read_config
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.listening.answering_machine import AmdSettings, AnsweringMachineDetector
from switchroom.pbx.listening.talking import TalkWatch

FRAME = 0.02  #: seconds between two looks

#: Options of ``amd.conf`` in the order of the application's arguments.
_NAMES = {
    "initial_silence": "initial_silence",
    "greeting": "greeting",
    "after_greeting_silence": "after_greeting_silence",
    "total_analysis_time": "total_analysis_time",
    "min_word_length": "minimum_word_length",
    "between_words_silence": "between_words_silence",
    "maximum_number_of_words": "maximum_number_of_words",
    "silence_threshold": "silence_threshold",
    "maximum_word_length": "maximum_word_length",
}


class _Configured:
    """``amd.conf``, read when it is first asked for; by ``pbx.datastore(_Configured)``."""

    def __init__(self) -> None:
        self._settings: AmdSettings | None = None

    def settings(self, channel: Channel) -> AmdSettings:
        if self._settings is None:
            self._settings = _read(channel)
        return self._settings


def _read(channel: Channel) -> AmdSettings:
    path = channel.pbx.directories.astetcdir / "amd.conf"
    if not path.exists():
        return AmdSettings()
    section = read_config(path).section("general")
    values = {}
    for name, known in _NAMES.items():
        text = section.get(name) if section is not None else ""
        if text and not text.isdecimal():
            raise ConfigError(f"{name} = {text} is no number", path=path)
        if text:
            values[known] = int(text)
    return AmdSettings(**values)


@application("AMD")
async def amd(  # noqa: PLR0913  # the arguments that the dialplan has
    channel: Channel,
    initial_silence: int = 0,
    greeting: int = 0,
    after_greeting_silence: int = 0,
    total_analysis_time: int = 0,
    minimum_word_length: int = 0,
    between_word_silence: int = 0,
    maximum_number_of_words: int = 0,
    silence_threshold: int = 0,
    maximum_word_length: int = 0,
    audio_file: str = "",
) -> None:
    """Listen to how a called party greets, and tell a person from an answering machine.

    What is left out is taken from amd.conf. All lengths are milliseconds.

    Args:
        channel: The channel.
        initial_silence: So much silence before any greeting is a machine's.
        greeting: A longer greeting is a machine's.
        after_greeting_silence: So much silence behind a greeting is a person's.
        total_analysis_time: When to give up.
        minimum_word_length: A shorter noise is no word.
        between_word_silence: So much silence ends a word.
        maximum_number_of_words: More words are a machine's.
        silence_threshold: Mean magnitude below which it is silence, 0 to 32767.
        maximum_word_length: A longer word is a machine's.
        audio_file: A sound that is played meanwhile.

    Variables:
        AMDSTATUS: HUMAN, MACHINE, NOTSURE, or HANGUP.
        AMDCAUSE: TOOLONG, INITIALSILENCE, HUMAN, LONGGREETING, MAXWORDLENGTH or MAXWORDS, and
            behind a dash what was measured.

    Examples:
        AMD()
        ExecIf($["${AMDSTATUS}" = "MACHINE"]?WaitForSilence(2500))
    """
    given = (
        initial_silence, greeting, after_greeting_silence, total_analysis_time, minimum_word_length,
        between_word_silence, maximum_number_of_words, silence_threshold, maximum_word_length,
    )  # fmt: skip
    configured = channel.pbx.datastore(_Configured).settings(channel)
    settings = AmdSettings(
        *(
            value or getattr(configured, field.name)
            for value, field in zip(given, fields(AmdSettings), strict=True)
        )
    )
    channel.set_variable("AMDSTATUS", "HANGUP")
    channel.set_variable("AMDCAUSE", "")
    stream = await channel.stream()
    if audio_file:
        stream.play_background(await channel.pbx.sounds.find(audio_file, language=channel.language))
    detector = AnsweringMachineDetector(settings)
    async with TalkWatch(channel, pause=FRAME, level=settings.silence_threshold) as watch:
        verdict = None
        while verdict is None:
            await channel.sleep(FRAME)
            verdict = detector.hear(round(1000 * FRAME), voice=watch.talks)
    stream.stop_background()
    channel.set_variable("AMDSTATUS", verdict.status)
    channel.set_variable("AMDCAUSE", verdict.cause)

"""SPEECH(), SPEECH_TEXT() and their like: what was recognised.

Family: Speech recognition
"""

from __future__ import annotations

import logging

from switchroom.base.text import leading_int
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.recognition.engine import RecognitionError, Result
from switchroom.recognition.speech import DialplanSpeech, speech_of

logger = logging.getLogger(__name__)

KINDS = {"normal": False, "nbest": True}


@function("SPEECH")
def speech(channel: Channel, argument: str) -> str:
    """How far speech recognition is.

    Args:
        channel: The channel.
        argument: ``status``: 1 where SpeechCreate() made something, otherwise 0; ``spoke``: 1
            where the caller has spoken, otherwise 0; ``results``: how many there are.

    Examples:
        ExecIf($["${SPEECH(results)}" = "0"]?Verbose(nothing was understood))
    """
    found = channel.datastore(DialplanSpeech).speech
    match argument.strip().lower():
        case "status":
            return "0" if found is None else "1"
        case "spoke":
            return "1" if found is not None and found.spoke else "0"
        case "results":
            return str(len(found.results)) if found is not None else "0"
        case other:
            logger.warning("%s: SPEECH: there is no %r", channel.name, other)
            return ""


@function("SPEECH_TEXT")
def speech_text(channel: Channel, result_number: str = "0") -> str:
    """What was recognised.

    Args:
        channel: The channel.
        result_number: 0 for the first result; ``1/0`` for the first of alternative 1.

    Examples:
        Set(said=${SPEECH_TEXT(0)})
    """
    found = _result(channel, result_number)
    return "" if found is None else found.text


@function("SPEECH_SCORE")
def speech_score(channel: Channel, result_number: str = "0") -> str:
    """How sure a result is, mostly from 0 to 1000.

    Args:
        channel: The channel.
        result_number: 0 for the first result; ``1/0`` for the first of alternative 1.

    Examples:
        ExecIf($[0${SPEECH_SCORE(0)} < 400]?Verbose(that is not sure))
    """
    found = _result(channel, result_number)
    return "" if found is None else str(found.score)


@function("SPEECH_GRAMMAR")
def speech_grammar(channel: Channel, result_number: str = "0") -> str:
    """Which grammar a result fits; ``dtmf`` where it was keyed.

    Args:
        channel: The channel.
        result_number: 0 for the first result; ``1/0`` for the first of alternative 1.

    Examples:
        ExecIf($["${SPEECH_GRAMMAR(0)}" = "dtmf"]?Verbose(it was keyed))
    """
    found = _result(channel, result_number)
    return "" if found is None else found.grammar


def _result(channel: Channel, text: str) -> Result | None:
    found = channel.datastore(DialplanSpeech).speech
    if found is None:
        return None
    before, slash, behind = text.partition("/")
    number, alternative = (behind, before) if slash else (text, "0")
    return found.result(leading_int(number) or 0, leading_int(alternative) or 0)


@function("SPEECH_ENGINE")
async def speech_engine(channel: Channel, name: str) -> str:
    """What a setting of the engine says.

    Args:
        channel: The channel.
        name: Of the setting: what a program of ``aeap.conf`` knows; for ``pocketsphinx``
            ``silence`` and ``longest`` (seconds), ``hmm``, ``dict``, ``lm`` and others.

    Examples:
        Verbose(ends behind ${SPEECH_ENGINE(silence)} s of silence)
    """
    try:
        return await speech_of(channel).recogniser.setting(name)
    except RecognitionError as error:
        logger.warning("%s: SPEECH_ENGINE: %s", channel.name, error)
        return ""


@function("SPEECH_ENGINE", write=True)
async def set_speech_engine(channel: Channel, value: str, name: str) -> None:
    """Change a setting of the engine, for this call.

    Args:
        channel: The channel.
        value: What it shall be.
        name: Of the setting.

    Examples:
        Set(SPEECH_ENGINE(language)=de-CH)
    """
    try:
        await speech_of(channel).recogniser.change(name, value)
    except RecognitionError as error:
        logger.warning("%s: SPEECH_ENGINE: %s", channel.name, error)


@function("SPEECH_RESULTS_TYPE", write=True)
def set_speech_results_type(channel: Channel, value: str) -> None:
    """Choose whether alternatives are wanted, from the next start on.

    Args:
        channel: The channel.
        value: ``normal``, or ``nbest``.

    Examples:
        Set(SPEECH_RESULTS_TYPE()=nbest)
    """
    kind = KINDS.get(value.strip().lower())
    found = channel.datastore(DialplanSpeech).speech
    if kind is None or found is None:
        why = "SpeechCreate() comes first" if kind is not None else "it is normal or nbest"
        logger.warning("%s: SPEECH_RESULTS_TYPE: %s", channel.name, why)
        return
    found.wants_alternatives = kind

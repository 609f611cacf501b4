"""Speech recognition for a script; its engine is not that of the dialplan."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from switchroom.agi.commands.playing import RATE
from switchroom.agi.registry import agi_command
from switchroom.agi.wire import Answer
from switchroom.base.text import leading_int
from switchroom.pbx.channel import Channel
from switchroom.recognition.engine import Recogniser, RecognitionError
from switchroom.recognition.listening import Ended, Listener, Listening
from switchroom.recognition.speech import ScriptSpeech, Speech

logger = logging.getLogger(__name__)

DONE, FAILED = Answer(1), Answer(0)


@agi_command("speech create", "<engine>")
async def create(channel: Channel, engine: str) -> Answer:
    """Prepares an engine: 1; 0 where there is none, or one is prepared already."""
    slot = channel.datastore(ScriptSpeech)
    if slot.speech is not None:
        return FAILED
    try:
        await slot.create(channel, engine)
    except RecognitionError as error:
        logger.warning("%s: AGI: %s", channel.name, error)
        return FAILED
    return DONE


@agi_command("speech destroy", when_dead=True)
async def destroy(channel: Channel) -> Answer:
    """Lets the engine go: 1; 0 where there is none."""
    return DONE if channel.datastore(ScriptSpeech).destroy() else FAILED


@agi_command("speech set", "<name> <value>")
async def set_(channel: Channel, name: str, value: str) -> Answer:
    """Changes a setting of the engine."""
    return await _done(channel, lambda engine: engine.change(name, value))


@agi_command("speech load grammar", "<name> <path>")
async def load_grammar(channel: Channel, name: str, path: str) -> Answer:
    """Gets a grammar ready."""
    return await _done(channel, lambda engine: engine.load_grammar(name, path))


@agi_command("speech unload grammar", "<name>", when_dead=True)
async def unload_grammar(channel: Channel, name: str) -> Answer:
    """Forgets a grammar."""
    return await _done(channel, lambda engine: engine.unload_grammar(name))


@agi_command("speech activate grammar", "<name>")
async def activate_grammar(channel: Channel, name: str) -> Answer:
    """Uses a grammar."""
    return await _done(channel, lambda engine: engine.activate_grammar(name))


@agi_command("speech deactivate grammar", "<name>")
async def deactivate_grammar(channel: Channel, name: str) -> Answer:
    """Uses a grammar no more."""
    return await _done(channel, lambda engine: engine.deactivate_grammar(name))


async def _done(channel: Channel, work: Callable[[Recogniser], Awaitable[None]]) -> Answer:
    """1 where the engine does it, 0 where it does not, or there is none."""
    speech = channel.datastore(ScriptSpeech).speech
    if speech is None:
        return FAILED
    try:
        await work(speech.recogniser)
    except RecognitionError as error:
        logger.warning("%s: AGI: %s", channel.name, error)
        return FAILED
    return DONE


@agi_command("speech recognize", "<sound> <seconds> [<offset>]")
async def recognize(channel: Channel, sound: str, within: str, offset: str = "") -> Answer:
    """Plays a sound and recognises what is said; a key ends it too. Seconds of 0: any time."""
    speech = channel.datastore(ScriptSpeech).speech
    if speech is None:
        return FAILED
    seconds, begin = leading_int(within) or 0, max(0, leading_int(offset) or 0)
    plan = Listening(
        [name for name in sound.split("&") if name],
        seconds if seconds > 0 else None,
        start=begin / RATE,
        most_digits=1,
        terminator="",
    )
    listener = Listener(channel, speech, plan)
    ended = await listener.run()
    for error in listener.missing:
        logger.warning("%s: AGI: %s", channel.name, error)
    end = begin + round(listener.played * RATE)
    match ended:
        case Ended.RECOGNISED:
            return Answer(1, "speech", end, behind=_results(speech))
        case Ended.KEYED:
            return Answer(1, "digit", end, remark=f"digit={listener.digits}")
        case Ended.TIMEOUT:
            return Answer(1, "timeout", end)


def _results(speech: Speech) -> str:
    words = [f"results={len(speech.results)}"]
    for number, each in enumerate(speech.results):
        words += [
            f"score{number}={each.score}",
            f'text{number}="{_quoted(each.text)}"',
            f'grammar{number}="{_quoted(each.grammar)}"',
        ]
    return " ".join(words)


def _quoted(text: str) -> str:
    """On one line, and without what would end it."""
    return text.replace('"', "'").replace("\r", " ").replace("\n", " ")

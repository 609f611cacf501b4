"""SpeechCreate(), SpeechBackground() and what belongs to them: recognise what the caller says.

Family: Speech recognition
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from switchroom.base.text import leading_int
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.dialplan.substitution import variable
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.recognition.engine import RecognitionError
from switchroom.recognition.listening import Listener, Listening
from switchroom.recognition.speech import DialplanSpeech, speech_of

logger = logging.getLogger(__name__)

TERMINATOR = "#"


@application("SpeechCreate")
async def speech_create(channel: Channel, engine_name: str = "") -> None:
    """Get ready to recognise speech; it comes before all that does so.

    Args:
        channel: The channel.
        engine_name: A section of ``aeap.conf``, or ``pocketsphinx``; empty: the first there is.

    Variables:
        ERROR: 1 where there is no such engine, or it does not answer; otherwise not set.

    Examples:
        exten => s,1,Answer()
         same => n,SpeechCreate(pocketsphinx)
         same => n,ExecIf($["${ERROR}" = "1"]?Queue(support))
    """
    channel.variables.pop("ERROR", None)
    try:
        await channel.datastore(DialplanSpeech).create(channel, engine_name.strip())
    except RecognitionError as error:
        logger.warning("%s: SpeechCreate: %s", channel.name, error)
        channel.set_variable("ERROR", "1")


@application("SpeechDestroy")
async def speech_destroy(channel: Channel) -> None:
    """Let the engine go; the end of the call does too. Ends the call where there is none.

    Args:
        channel: The channel.

    Examples:
        SpeechDestroy()
    """
    if not channel.datastore(DialplanSpeech).destroy():
        raise RecognitionError("SpeechCreate() comes first")


@application("SpeechLoadGrammar")
async def speech_load_grammar(channel: Channel, grammar_name: str, path: str) -> None:
    """Get a grammar ready for this call. Ends the call where that fails; TryExec() keeps it.

    Args:
        channel: The channel.
        grammar_name: What the others call it.
        path: Of its file, in JSGF for ``pocketsphinx``; ``builtin:digits`` and
            ``builtin:boolean`` are there already. Programs of ``aeap.conf`` are told no grammars.

    Examples:
        SpeechLoadGrammar(menu,/etc/asterisk/grammars/menu.gram)
    """
    await speech_of(channel).recogniser.load_grammar(grammar_name, path)


@application("SpeechUnloadGrammar")
async def speech_unload_grammar(channel: Channel, grammar_name: str) -> None:
    """Forget a grammar. Ends the call where there is none of that name; TryExec() keeps it.

    Args:
        channel: The channel.
        grammar_name: As it was loaded.

    Examples:
        SpeechUnloadGrammar(menu)
    """
    await speech_of(channel).recogniser.unload_grammar(grammar_name)


@application("SpeechActivateGrammar")
async def speech_activate_grammar(channel: Channel, grammar_name: str) -> None:
    """Recognise what fits a grammar, besides what fits others that are active.

    Ends the call where there is none of that name; TryExec() keeps it.

    Args:
        channel: The channel.
        grammar_name: As it was loaded; ``builtin:digits`` need not be.

    Examples:
        SpeechActivateGrammar(menu)
    """
    await speech_of(channel).recogniser.activate_grammar(grammar_name)


@application("SpeechDeactivateGrammar")
async def speech_deactivate_grammar(channel: Channel, grammar_name: str) -> None:
    """Recognise no longer what fits a grammar. Ends the call where there is none of that name.

    Args:
        channel: The channel.
        grammar_name: As it was loaded.

    Examples:
        SpeechDeactivateGrammar(menu)
    """
    await speech_of(channel).recogniser.deactivate_grammar(grammar_name)


@application("SpeechStart")
async def speech_start(channel: Channel) -> None:
    """Begin to listen now: SpeechBackground() hears what was said before it, too.

    Ends the call where the engine is gone; TryExec() keeps it.

    Args:
        channel: The channel.

    Examples:
        SpeechStart()
    """
    await speech_of(channel).start()


@application("SpeechProcessingSound")
async def speech_processing_sound(channel: Channel, sound_file: str = "") -> None:
    """Choose what is heard while SpeechBackground() works out what was said.

    Args:
        channel: The channel.
        sound_file: A sound, repeated until there are results; empty or ``none``: silence.

    Examples:
        SpeechProcessingSound(beep)
    """
    speech_of(channel).processing_sound = sound_file.strip()


@dataclass(frozen=True, slots=True)
class BackgroundOptions:
    """Option letters of SpeechBackground."""

    no_answer: bool = option("n", "Do not answer.")
    partial: bool = option("p", "When time is over, take what was understood by then.")


@application("SpeechBackground")
async def speech_background(
    channel: Channel,
    sound_file: str,
    timeout: float = 0.0,  # noqa: ASYNC109  # its name in the help
    options: BackgroundOptions = BackgroundOptions(),
) -> None:
    """Play sounds and recognise what the caller says meanwhile, or behind them.

    Who begins to speak, or presses a key, ends the sounds. What was understood is in SPEECH_TEXT()
    and its like; keys are a result too, of the grammar ``dtmf``. Nothing understood is no result.
    Ends the call where the engine fails; TryExec() keeps it.

    Args:
        channel: The channel.
        sound_file: Sounds joined by ``&``.
        timeout: Seconds to wait, behind the sounds, for somebody to speak, and then for results;
            0: any time.
        options: Option letters.

    Variables:
        SPEECH_DTMF_MAXLEN: Set it to how many keys are one input; otherwise a terminator ends
            them, or the digit timeout.
        SPEECH_DTMF_TERMINATOR: Set it to the key that ends input, or to nothing; ``#`` otherwise.

    Examples:
        exten => s,1,Answer()
         same => n,SpeechCreate()
         same => n,SpeechActivateGrammar(builtin:boolean)
         same => n(ask),SpeechBackground(beep,5)
         same => n,GotoIf($["${SPEECH(results)}" = "0"]?ask)
         same => n,Verbose(${SPEECH_TEXT(0)} with ${SPEECH_SCORE(0)} of 1000)
    """
    speech = speech_of(channel)
    if channel.state is not ChannelState.UP and not options.no_answer:
        await channel.answer()
    plan = Listening(
        [name.strip() for name in sound_file.split("&") if name.strip()],
        timeout if timeout > 0 else None,
        wants_partial=options.partial,
        most_digits=_most_digits(channel),
        terminator=channel.variables.get("SPEECH_DTMF_TERMINATOR", TERMINATOR)[:1],
    )
    listener = Listener(channel, speech, plan)
    try:
        await listener.run()
    finally:
        for error in listener.missing:
            logger.warning("%s: SpeechBackground: %s", channel.name, error)


def _most_digits(channel: Channel) -> int | None:
    most = leading_int(variable(channel, "SPEECH_DTMF_MAXLEN")) or 0
    return most if most > 0 else None

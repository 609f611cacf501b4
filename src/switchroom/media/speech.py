"""Speech for prompts that no file has: espeak-ng from the wheel of the extra ``speech``.

espeak-ng is GPL-3.0: it is never required, and loaded only when a prompt must be spoken.
"""

from __future__ import annotations

import ctypes
import importlib
import threading
from array import array
from typing import Any, Protocol

from switchroom.base.errors import MediaError
from switchroom.media.codecs.samples import resample
from switchroom.media.files.finding import languages_of

SAMPLE_RATE = 8000
LONGEST_TEXT = 2000  #: characters that are spoken; more is no prompt
WORDS_A_MINUTE = 160

#: Greatest sample of a spoken prompt; speech is then about -21 dBm0, as recorded prompts are.
PEAK = 16000
SILENT = 200  #: of 32,768: what is below at either end is cut off, so that numbers flow
KEPT_SILENCE = 240  #: samples at either end that stay

# espeak-ng/speak_lib.h
_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000
_UTF8 = 1
_POSITION_CHARACTER = 1
_RATE = 1

#: Where Asterisk's name of a language is not espeak-ng's.
_VOICES = {
    "en": "en-us",
    "en_gb": "en-gb-x-rp",
    "cz": "cs",
    "cn": "cmn",
    "dk": "da",
    "ge": "ka",
    "gr": "el",
    "jp": "ja",
    "no": "nb",
    "se": "sv",
    "tw": "cmn",
    "ua": "uk",
    "zh": "cmn",
}

#: espeak-ng keeps its voice and its callback in globals of the process: so does its lock.
_espeak_lock = threading.Lock()

_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class SpeechUnavailableError(MediaError):
    """Nobody can speak here; the message says what to install."""


class Speaker(Protocol):
    """Makes speech of text."""

    def speak(self, text: str, language: str) -> bytes:
        """Signed 16 bit mono samples at 8,000 Hz; takes its time, so call it in a worker thread.

        Args:
            text: What to say.
            language: As in the dialplan: ``en``, ``en_GB``, ``de``; an unknown one sounds English.

        Raises:
            SpeechUnavailableError: There is no speech on this machine.
        """
        ...


class EspeakSpeaker:
    """Speaks with espeak-ng; one sentence at a time in a process."""

    def __init__(self) -> None:
        self._library: Any = None
        self._rate = 0
        self._parts: list[bytes] = []
        self._callback = _Callback(self._take)  # espeak-ng holds no reference

    def speak(self, text: str, language: str) -> bytes:
        """Signed 16 bit mono samples at 8,000 Hz.

        Raises:
            SpeechUnavailableError: The extra ``speech`` is not installed, or does not load.
        """
        data = text[:LONGEST_TEXT].replace("\0", " ").encode()
        with _espeak_lock:
            self._load()
            self._parts.clear()
            self._library.espeak_SetSynthCallback(self._callback)
            self._choose_voice(language)
            self._library.espeak_SetParameter(_RATE, WORDS_A_MINUTE, 0)
            failed = self._library.espeak_Synth(
                data, len(data) + 1, 0, _POSITION_CHARACTER, 0, _UTF8, None, None
            )
            spoken = b"".join(self._parts)
            self._parts.clear()
        if failed:
            raise MediaError(f"espeak-ng cannot speak {text!r}: error {failed}")
        return resample(_level(spoken), self._rate, SAMPLE_RATE)

    def _take(self, samples: Any, count: int, _events: Any) -> int:
        if samples and count > 0:
            self._parts.append(ctypes.string_at(samples, 2 * count))
        return 0

    def _load(self) -> None:
        if self._library is not None:
            return
        try:
            loader: Any = importlib.import_module("espeakng_loader")
            library = ctypes.CDLL(loader.get_library_path())
            data = str(loader.get_data_path()).encode()
        except (ImportError, OSError) as error:
            raise SpeechUnavailableError(
                f"no speech synthesis ({error}): pip install 'switchroom[speech]'"
            ) from error
        self._rate = library.espeak_Initialize(_SYNCHRONOUS, 0, data, _DONT_EXIT)
        if self._rate <= 0:
            raise SpeechUnavailableError(f"espeak-ng does not start with the data in {data!r}")
        self._library = library

    def _choose_voice(self, language: str) -> None:
        # only what is a language goes down: espeak-ng would take anything else for a file's name
        for name in (*languages_of(language.lower().replace("-", "_")), "en"):
            voice = _VOICES.get(name, name.replace("_", "-"))
            if self._library.espeak_SetVoiceByName(voice.encode()) == 0:
                return


def _level(samples: bytes) -> bytes:
    """Cut silence off at both ends and bring the loudest sample to :data:`PEAK`."""
    values = array("h", samples)
    loud = [at for at, value in enumerate(values) if not -SILENT < value < SILENT]
    if not loud:
        return samples
    kept = values[max(0, loud[0] - KEPT_SILENCE) : loud[-1] + KEPT_SILENCE]
    gain = PEAK / max(map(abs, kept))
    return array("h", [round(value * gain) for value in kept]).tobytes()

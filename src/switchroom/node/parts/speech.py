"""``aeap.conf``, and the engine of this machine: who recognises speech."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from types import MappingProxyType

from switchroom.config.aeap import AeapClients, read_aeap
from switchroom.config.language.options import ConfigWarning
from switchroom.node.part import Part
from switchroom.pbx.pbx import Pbx
from switchroom.recognition.aeap import AeapEngine
from switchroom.recognition.engine import Engines, RecognitionEngine
from switchroom.recognition.sphinx import SphinxEngine
from switchroom.recognition.sphinx_workers import MODULE


class SpeechPart(Part):
    """The file need not be there; its clients go before the engine of this machine."""

    words = frozenset({"aeap", "res_aeap", "res_speech_aeap", "res_speech"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("aeap.conf", read_aeap) or AeapClients()
        return self._config.warnings

    def open(self, pbx: Pbx, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        self._sphinx = SphinxEngine()
        stack.push_async_callback(self._sphinx.close)

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        known: dict[str, RecognitionEngine] = {
            name: AeapEngine(client) for name, client in self._config.clients.items()
        }
        known.setdefault(MODULE, self._sphinx)
        pbx.datastore(Engines).known = MappingProxyType(known)

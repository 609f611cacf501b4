"""A fax as audio, as machines on analogue lines send it."""

from __future__ import annotations

import ctypes

from switchroom.media.fax.spandsp import load
from switchroom.media.fax.terminal import FaxPlan, Terminal


class AudioTerminal(Terminal):
    """One that hears and makes sounds, 16 bits at 8,000 Hz.

    Args:
        plan: What it does.

    Raises:
        FaxUnavailableError: There is no library for it.
    """

    def __init__(self, plan: FaxPlan) -> None:
        library = load()
        self._state: int | None = library.fax_init(None, int(plan.sends))  # who sends speaks first
        if not self._state:
            raise MemoryError
        library.fax_set_transmit_on_idle(self._state, 1)
        super().__init__(library.fax_get_t30_state(self._state), plan)

    def exchange(self, heard: bytes) -> bytes:
        """Hear some samples, and say as many."""
        count = len(heard) // 2
        samples = (ctypes.c_int16 * count).from_buffer_copy(heard)
        self._library.fax_rx(self._state, samples, count)
        said = (ctypes.c_int16 * count)()
        self._library.fax_tx(self._state, said, count)
        self._count()
        return bytes(said)

    def close(self) -> None:
        """Release it, and close its file."""
        if self._state is not None:
            self.terminate()
            self._library.fax_free(self._state)
            self._state = None

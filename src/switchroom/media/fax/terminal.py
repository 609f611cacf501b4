"""One fax as T.30 has it, of one who sends or receives, and what came of it."""

from __future__ import annotations

import ctypes
import logging
import os
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from switchroom.media.fax.spandsp import (
    COMPRESSIONS,
    IMAGE_SIZES,
    MODEMS,
    RESOLUTIONS,
    PhaseD,
    PhaseE,
    Statistics,
    load,
)

logger = logging.getLogger(__name__)

INCHES_A_METRE = 39.3701
OK = 0  #: T30_ERR_OK
CALL_DROPPED = 49  #: T30_ERR_CALLDROPPED

#: The fastest rate of each modem, in bit/s.
_FASTEST = {"v27": 4800, "v29": 9600, "v17": 14400}


@dataclass(frozen=True, slots=True)
class FaxPlan:
    """What is to be sent, or where to put what comes."""

    path: Path
    sends: bool
    station_id: str = ""
    header: str = ""  #: over each page that is sent
    ecm: bool = True  #: frames that came damaged are asked for again
    modems: frozenset[str] = field(default_factory=lambda: frozenset(MODEMS))
    min_rate: int = 2400  #: bit/s
    max_rate: int = 14400


@dataclass(frozen=True, slots=True)
class FaxResult:
    """What came of a fax."""

    code: int  #: 0: it is whole
    text: str
    pages: int = 0
    rate: int = 0  #: bit/s
    resolution: str = ""  #: dots per inch across and down: 204x98
    remote_station: str = ""
    bad_rows: int = 0

    @property
    def is_success(self) -> bool:
        """Whether all pages went over."""
        return self.code == OK


def _modem_bits(plan: FaxPlan) -> int:
    """The modems that may be used; the slowest one where no other is between the rates."""
    fitting = {each for each in plan.modems if plan.min_rate <= _FASTEST[each] <= plan.max_rate}
    allowed = fitting or {"v27"}
    return sum(MODEMS[each] for each in allowed)


def _dots_an_inch(a_metre: int) -> int:
    return round(a_metre / INCHES_A_METRE)


class Terminal(ABC):
    """The half of a fax that audio and T.38 have in common.

    Args:
        t30: The library's state.
        plan: What it does.

    Its methods belong to the thread that carries the fax; others read :attr:`counters` and
    :attr:`result`.
    """

    def __init__(self, t30: int, plan: FaxPlan) -> None:
        self._library: Any = load()
        self._t30 = t30
        self.plan = plan
        self.result: FaxResult | None = None
        self.counters = Statistics()  #: as they were a moment ago
        self._on_page = PhaseD(self._page)  # the library keeps pointers to them
        self._on_end = PhaseE(self._end)
        self._configure()

    def _configure(self) -> None:
        library, t30, plan = self._library, self._t30, self.plan
        path = os.fsencode(plan.path)
        library.t30_set_tx_ident(t30, plan.station_id.encode("ascii", "replace")[:20])
        library.t30_set_ecm_capability(t30, int(plan.ecm))
        library.t30_set_supported_modems(t30, _modem_bits(plan))
        library.t30_set_supported_compressions(t30, COMPRESSIONS)
        library.t30_set_supported_resolutions(t30, RESOLUTIONS)
        library.t30_set_supported_image_sizes(t30, IMAGE_SIZES)
        library.t30_set_phase_d_handler(t30, self._on_page, None)
        library.t30_set_phase_e_handler(t30, self._on_end, None)
        if plan.sends:
            if plan.header:
                library.t30_set_tx_page_header_info(
                    t30, plan.header.encode("ascii", "replace")[:50]
                )
            library.t30_set_tx_file(t30, path, -1, -1)
        else:
            library.t30_set_rx_file(t30, path, -1)

    def _count(self) -> Statistics:
        found = Statistics()
        self._library.t30_get_transfer_statistics(self._t30, ctypes.byref(found))
        self.counters = found
        return found

    @abstractmethod
    def close(self) -> None:
        """Release it, and close its file; the result is there then. Closing twice is harmless."""

    def terminate(self) -> None:
        """The call is over: end it where it stands, with what came as the result."""
        if self.result is None:
            self._library.t30_terminate(self._t30)
        if self.result is None:
            self._end(None, None, CALL_DROPPED)

    def _page(self, _state: object, _data: object, _frame: int) -> int:
        counters = self._count()
        logger.debug(
            "fax %s: page %d", self.plan.path, counters.pages_sent + counters.pages_received
        )
        return OK

    def _end(self, _state: object, _data: object, code: int) -> None:
        if self.result is not None:
            return
        counters = self._count()
        across, down = counters.x_resolution, counters.y_resolution
        text: bytes = self._library.t30_completion_code_to_str(code) or b""
        remote: bytes = self._library.t30_get_rx_ident(self._t30) or b""
        self.result = FaxResult(
            code,
            text.decode("ascii", "replace"),
            pages=counters.pages_sent if self.plan.sends else counters.pages_received,
            rate=counters.bit_rate,
            resolution=f"{_dots_an_inch(across)}x{_dots_an_inch(down)}",
            remote_station=remote.decode("ascii", "replace").strip(),
            bad_rows=counters.bad_rows,
        )

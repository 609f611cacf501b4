"""One fax of a channel from its beginning to what the dialplan reads of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from switchroom.base.errors import MediaError
from switchroom.media.fax.spandsp import load
from switchroom.media.fax.terminal import CALL_DROPPED, FaxPlan, FaxResult, Terminal
from switchroom.pbx.channel import Channel
from switchroom.pbx.fax.carrying import carry_as_audio
from switchroom.pbx.fax.carrying_t38 import carry_by_t38
from switchroom.pbx.fax.events import FaxEnded, FaxProgressed
from switchroom.pbx.fax.meeting import FaxRefusedError, Meeting
from switchroom.pbx.fax.options import FaxOptions
from switchroom.pbx.fax.sessions import FaxMode, FaxSession, FaxSessions
from switchroom.pbx.fax.t38 import t38_of

logger = logging.getLogger(__name__)

SUCCESS, FAILED = "SUCCESS", "FAILED"
#: What FAXERROR says; FAXSTATUSSTRING says it in a sentence.
NO_ERROR, UNAVAILABLE, HANGUP, FAX_FAILURE = "NO_ERROR", "UNAVAILABLE", "HANGUP", "FAX_FAILURE"
REFUSED = "T38_NEG_ERROR"


@dataclass(frozen=True, slots=True)
class FaxOrder:
    """What an application asks for."""

    path: Path
    sends: bool
    station_id: str
    header: str
    tells_status: bool  #: in any case; otherwise ``res_fax.conf`` says
    forces_audio: bool = False  #: T.38 is neither asked for nor taken
    asks: bool = True  #: for T.38, where the party may have it
    allows_audio: bool = True  #: where it says no

    @property
    def operation(self) -> str:
        """As it is listed."""
        return "send" if self.sends else "receive"


class FaxTransfer:
    """One fax.

    Args:
        channel: Whose.
        order: What is to be done.
    """

    def __init__(self, channel: Channel, order: FaxOrder) -> None:
        self._channel = channel
        self._order = order
        self._options = channel.datastore(FaxOptions)
        self._sessions = channel.pbx.datastore(FaxSessions)
        self._config = self._options.completed(self._sessions.config)
        self._session: FaxSession | None = None

    async def run(self) -> None:
        """Until it is over; the channel's variables say how it went, also when it hung up."""
        order, session = self._order, self._begin()
        result: FaxResult | None = None
        try:
            result = await self._carry()
        except FaxRefusedError as error:
            self._say(FAILED, REFUSED, str(error))
        except MediaError as error:
            logger.error("%s: no fax: %s", self._channel.name, error)  # noqa: TRY400  # no bug of ours: what to install
            self._say(FAILED, UNAVAILABLE, str(error))
        finally:
            terminal = session.terminal
            if result is None and terminal is not None:
                result = terminal.result
            self._sessions.end(session, result)
            if result is not None:
                self._tell(result)
        logger.info(
            "%s: fax %s: %s, %s", self._channel.name, order.operation, order.path,
            "not begun" if result is None else f"{result.text}, {result.pages} pages",
        )  # fmt: skip

    def _begin(self) -> FaxSession:
        order = self._order
        session = self._sessions.begin(self._channel.name, order.operation, order.path)
        self._session = session
        self._options.results |= {
            "filename": str(order.path),
            "filenames": str(order.path),
            "localstationid": order.station_id,
            "sessionid": str(session.number),
        }
        self._say(FAILED, "Channel Problems", "Error before FAX transmission started.")
        self._progress("Allocating Resources")
        return session

    async def _carry(self) -> FaxResult | None:
        """By T.38 where both want to, otherwise as audio until the party asks for it.

        Raises:
            FaxRefusedError: The party does not want T.38, and audio is not allowed.
            MediaError: It cannot be done here.
        """
        channel, order = self._channel, self._order
        load()  # before anybody is asked
        party = None if order.forces_audio else t38_of(channel)
        if party is None:
            return await carry_as_audio(channel, self._plan(), self._began)
        async with Meeting(channel, party) as meeting:
            if order.asks:
                meeting.ask(self._config.t38_timeout, allows_audio=order.allows_audio)
            result = await carry_as_audio(channel, self._plan(), self._began, meeting.settled)
            if result is not None:
                return result
            assert self._session is not None
            self._session.terminal = None  # whatever comes next, that one had no end of its own
            section = meeting.settled.result()
            if section is None:
                raise FaxRefusedError("the party does not go over to T.38 (option f allows audio)")
            self._session.mode = FaxMode.T38
            self._progress("T.38 Negotiated")
            return await carry_by_t38(
                channel, self._plan(), (party, section),
                began=self._began, until=meeting.left,
            )  # fmt: skip

    def _plan(self) -> FaxPlan:
        order, config = self._order, self._config
        return FaxPlan(
            order.path, order.sends, order.station_id, order.header, config.ecm, config.modems,
            config.min_rate, config.max_rate,
        )  # fmt: skip

    def _began(self, terminal: Terminal) -> None:
        assert self._session is not None
        self._session.terminal = terminal
        self._progress("FAX Transmission In Progress")

    # what is told

    def _say(self, status: str, error: str, text: str) -> None:
        self._options.results |= {"status": status, "error": error, "statusstr": text}
        for name, value in (("STATUS", status), ("ERROR", error), ("STATUSSTRING", text)):
            self._channel.set_variable(f"FAX{name}", value)

    def _progress(self, status: str) -> None:
        events = self._channel.pbx.events
        if not (self._order.tells_status or self._config.tells_status):
            return
        if events.wants(FaxProgressed):
            order = self._order
            events.publish(
                FaxProgressed(
                    self._channel.name, order.operation, status, order.station_id, order.path
                )
            )

    def _tell(self, result: FaxResult) -> None:
        assert self._session is not None
        error = FAX_FAILURE
        if result.is_success:
            error = NO_ERROR
        elif result.code == CALL_DROPPED:
            error = HANGUP
        self._say(SUCCESS if result.is_success else FAILED, error, result.text)
        self._tell_figures(result, self._session.mode)
        self._progress("FAX Transmission Complete" if result.is_success else "FAX Failed")
        order, events = self._order, self._channel.pbx.events
        if events.wants(FaxEnded):
            events.publish(
                FaxEnded(
                    self._channel.name, order.sends, order.station_id, result.remote_station,
                    result.pages, result.resolution, result.rate, order.path,
                )
            )  # fmt: skip

    def _tell_figures(self, result: FaxResult, mode: FaxMode) -> None:
        self._options.results |= {
            "pages": str(result.pages),
            "rate": str(result.rate),
            "resolution": result.resolution,
            "remotestationid": result.remote_station,
        }
        variables = {
            "REMOTESTATIONID": result.remote_station,
            "LOCALSTATIONID": self._order.station_id,
            "FAXPAGES": str(result.pages),
            "FAXBITRATE": str(result.rate),
            "FAXRESOLUTION": result.resolution,
            "FAXMODE": mode.value,
        }
        for name, value in variables.items():
            self._channel.set_variable(name, value)

"""From an action to its answer: may it be done, who does it, what is said."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from switchroom.ami.absent import absence
from switchroom.ami.context import AmiContext
from switchroom.ami.message import Action, Message
from switchroom.ami.registry import ActionHandler
from switchroom.ami.reply import ActionError, Reply
from switchroom.ami.request import Request
from switchroom.ami.session import Session
from switchroom.base.errors import SwitchroomError
from switchroom.pbx.security import SecurityEvent

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Dispatcher:
    """Does what sessions ask.

    Args:
        context: What actions use.
        actions: By their names in lower case.
    """

    context: AmiContext
    actions: Mapping[str, ActionHandler]

    async def run(self, session: Session, action: Action) -> bool:
        """Do one action and answer it.

        Returns:
            Whether the session goes on.
        """
        reply = await self._reply(session, action)
        if not reply.is_silent:
            for message in messages_of(reply, action):
                session.outbox.answer(message)
        return not reply.closes

    async def _reply(self, session: Session, action: Action) -> Reply:
        try:
            handler = self._allowed(session, action)
            answer = handler.run(Request(action, session, self.context))
            return await answer if inspect.isawaitable(answer) else answer
        except ActionError as error:
            return _error(str(error))
        except SwitchroomError as error:
            return _error(error.render().replace("\n", " "))
        except Exception:  # the supervisor of actions: one that fails must not end the connection
            logger.exception("the action %s failed", action.name)
            return _error("Internal error")

    def _allowed(self, session: Session, action: Action) -> ActionHandler:
        """Who does an action, where this session may ask for it.

        Raises:
            ActionError: It may not, or there is no such action.
        """
        if not action.name:
            raise ActionError("Missing action in request")
        handler = self.actions.get(action.name.lower())
        if not session.is_in and (handler is None or handler.needs_login):
            self._report(session, "RequestNotAllowed", action)
            raise ActionError("Permission denied")
        if handler is None:
            self._report(session, "RequestBadFormat", action)
            why = absence(action.name)
            raise ActionError(
                f"Invalid/unknown command: {action.name}."
                " Use Action: ListCommands to show available commands."
                + (f" ({why})" if why else "")
            )
        if not handler.may(session.write):
            self._report(session, "RequestNotAllowed", action)
            raise ActionError("Permission denied")
        return handler

    def _report(self, session: Session, name: str, action: Action) -> None:
        asked = (("RequestType", f"Action: {action.name}"),)
        self.context.door.report(SecurityEvent(name, self.context.door.facts(session), asked))


def _error(message: str) -> Reply:
    return Reply((("Message", message),), response="Error")


def messages_of(reply: Reply, action: Action) -> list[Message]:
    """An answer as it is sent: each part carries the ActionID."""
    ticket = [("ActionID", action.id)] if action.id else []
    return [
        Message([("Response", reply.response), *ticket, *reply.headers]),
        *(
            Message([("Event", each.name), *(ticket if each.has_ticket else ()), *each.headers])
            for each in reply.events
        ),
    ]

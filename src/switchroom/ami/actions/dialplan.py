"""The dialplan: shown and changed."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Listed, Reply, done, listing
from switchroom.ami.request import Request
from switchroom.base.errors import SwitchroomError
from switchroom.base.text import leading_int
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.listing import ordered
from switchroom.dialplan.model import HINT, Context, Extension


@action("ShowDialPlan", Privilege.CONFIG | Privilege.REPORTING)
def show_dialplan(request: Request) -> Reply:
    """List the dialplan: all of it, a context, or an extension."""
    interpreter = request.pbx.dialplan
    assert isinstance(interpreter, Interpreter)
    wanted, exten = request.get("Context"), request.get("Extension")
    contexts = interpreter.dialplan.contexts
    if wanted and wanted not in contexts:
        raise ActionError(f"Did not find context {wanted}")
    chosen = [contexts[wanted]] if wanted else [contexts[name] for name in sorted(contexts)]
    events: list[Listed] = []
    extensions = 0
    for context in chosen:
        for extension in ordered(context):
            if exten and exten != extension.name:
                continue
            extensions += 1
            events += _steps(context, extension)
        if not exten:
            events += _others(context)
    if exten and not extensions:
        raise ActionError(f"Did not find extension {exten}")
    return listing(
        "DialPlan list will follow", "ShowDialPlanComplete", events,
        ("ListExtensions", str(extensions)),
        ("ListPriorities", str(sum(_is_step(each) for each in events))),
        ("ListContexts", str(len(chosen))),
    )  # fmt: skip


def _is_step(event: Listed) -> bool:
    return any(name == "Priority" for name, _ in event.headers)


def _steps(context: Context, extension: Extension) -> Iterator[Listed]:
    for number, step in sorted(extension.priorities.items()):
        headers = [("Context", context.name), ("Extension", extension.name)]
        if step.label:
            headers.append(("ExtensionLabel", step.label))
        if number == HINT:
            headers += [("Priority", "hint"), ("Application", step.application)]
        else:
            headers += [
                ("Priority", str(number)),
                ("Application", step.application),
                ("AppData", step.data),
            ]
        yield Listed("ListDialplan", (*headers, ("Registrar", step.made_by)))


def _others(context: Context) -> Iterator[Listed]:
    front = ("Context", context.name)
    for include in context.includes:
        text = include.context
        yield Listed(
            "ListDialplan", (front, ("IncludeContext", text), ("Registrar", context.made_by))
        )
    for pattern in context.ignore_patterns:
        yield Listed(
            "ListDialplan", (front, ("IgnorePattern", pattern), ("Registrar", context.made_by))
        )


@action("DialplanExtensionAdd", Privilege.SYSTEM)
def add_extension(request: Request) -> Reply:
    """Add a priority of an extension, until the next reload."""
    context = request.required("Context", "Context not specified")
    extension = request.required("Extension", "Extension not specified")
    priority = request.required("Priority", "Priority not specified")
    application = request.required("Application", "Application not specified")
    if priority.lower() != "hint" and (leading_int(priority) or 0) < 1:
        raise ActionError("The priority specified was invalid.")
    for text in (context, extension, application, request.get("ApplicationData")):
        if "\n" in text or "\r" in text:
            raise ActionError("A line break belongs into no extension")
    data = request.get("ApplicationData")
    called = application if priority.lower() == "hint" else f"{application}({data})"
    try:
        request.context.dialplan.add_extension(
            context, extension, priority, called, replace=request.action.is_true("Replace")
        )
    except SwitchroomError as error:
        raise ActionError(f"Could not add the requested extension: {error}") from error
    return done("Added requested extension")


@action("DialplanExtensionRemove", Privilege.SYSTEM)
def remove_extension(request: Request) -> Reply:
    """Remove an extension, or a priority of it, until the next reload."""
    context = request.required("Context", "Context not specified")
    extension = request.required("Extension", "Extension not specified")
    text = request.get("Priority")
    priority = -1 if text.lower() == "hint" else leading_int(text) if text else None
    if text and (priority is None or priority == 0):
        raise ActionError("The priority specified was invalid.")
    try:
        request.context.dialplan.remove_extension(context, extension, priority)
    except SwitchroomError as error:
        message = "The requested extension could not be removed"
        raise ActionError(f"{message}: {error}") from error
    return done("Removed the requested extension")

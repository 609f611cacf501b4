"""Our operations and models against the original's: names, places, types, defaults."""

import json
from pathlib import Path
from typing import Any

import pytest

from switchroom.ari.api_docs import (
    api_declaration,
    collect_models,
    model_fields,
    open_api,
    resource_listing,
    type_name,
)
from switchroom.ari.models.model import Event
from switchroom.ari.registry import Operation, collect_operations

INTERFACE: dict[str, Any] = json.loads((Path(__file__).parent / "interface.json").read_text())

OPERATIONS = [
    pytest.param(name, operation, id=f"{name}.{operation['nickname']}")
    for name, resource in INTERFACE["resources"].items()
    for operation in resource["operations"]
    if operation["nickname"] != "eventWebsocket"  # no operation but a WebSocket
]

MODELS = {each["id"]: each for each in INTERFACE["models"]}


def known(method: str, path: str) -> Operation:
    found = [o for o in collect_operations() if (o.method, o.path) == (method, path)]
    assert found, f"{method} {path} is missing"
    return found[0]


@pytest.mark.parametrize(("resource", "wanted"), OPERATIONS)
def test_an_operation_is_as_the_originals(resource: str, wanted: dict[str, Any]) -> None:
    ours = known(wanted["method"], wanted["path"])
    assert (ours.resource, ours.nickname) == (resource, wanted["nickname"])
    assert type_name(ours.returns) == wanted["response"]
    assert sorted(ours.errors) == sorted(int(each) for each in wanted.get("errors") or ())
    assert ours.summary.endswith(".")
    declared = api_declaration(resource, "http://x/ari")
    (described,) = [
        operation
        for api in declared["apis"]
        for operation in api["operations"]
        if (api["path"], operation["httpMethod"]) == (wanted["path"], wanted["method"])
    ]
    parameters = {each["name"]: each for each in described["parameters"]}
    assert all(each["description"] for each in parameters.values())
    assert set(parameters) == {each["name"] for each in wanted["params"]}
    for each in wanted["params"]:
        found = parameters[each["name"]]
        required = each["required"] or each["in"] == "path"
        assert (found["paramType"], found["required"]) == (each["in"], required), each
        assert found["dataType"] == each["type"], each
        if each.get("default") is not None:
            assert str(found.get("defaultValue", False)).lower() == str(each["default"]).lower(), (
                each
            )


def test_there_is_no_operation_of_our_own() -> None:
    theirs = {
        (each["method"], each["path"])
        for resource in INTERFACE["resources"].values()
        for each in resource["operations"]
    }
    assert {(each.method, each.path) for each in collect_operations()} <= theirs


@pytest.mark.parametrize("name", sorted(MODELS.keys() - {"Message", "Dialed"}))
def test_a_model_is_as_the_originals(name: str) -> None:
    model = collect_models()[name]
    fields = {field: (type_name(kind), required) for field, kind, required in model_fields(model)}
    wanted = {
        each["name"]: (each["type"], each["required"])
        for each in MODELS[name]["fields"]
        if each["name"] != "application"
    }
    if issubclass(model, Event):
        wanted["timestamp"] = ("Date", True)
    assert fields == wanted
    assert model.__doc__


def test_all_events_are_there() -> None:
    ours = {name for name, each in collect_models().items() if issubclass(each, Event)}
    assert ours - {"Event"} == {each["name"] for each in INTERFACE["events"]}


def test_the_listing_names_all_resources() -> None:
    listed = resource_listing("http://x/ari")["apis"]
    names = {each["path"].removeprefix("/api-docs/").removesuffix(".{format}") for each in listed}
    assert names == set(INTERFACE["resources"])


def test_every_reference_of_the_openapi_document_leads_somewhere() -> None:
    document = open_api("http://x/ari")
    text = json.dumps(document)
    schemas = document["components"]["schemas"]
    for part in text.split('"#/components/schemas/')[1:]:
        assert part.partition('"')[0] in schemas
    assert len(document["paths"]) > 70

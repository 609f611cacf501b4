"""The domain name system from the dialplan, on a fake of it."""

import random
from typing import Any

import pytest

from switchroom.functions.enum_lookup import EnumOptions, name_of_number, uris_of
from switchroom.functions.srv import in_order
from switchroom.net.names import Names, NameServiceError, NaptrRecord, SrvRecord
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import lines_of, run_dialplan

NUMBER = "6.5.4.3.2.1.0.3.9.4"


class FakeNames(Names):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def srv(self, name: str) -> list[SrvRecord]:
        return self._of(
            name,
            {"_sip._udp.example.com": [SrvRecord(20, 0, 5062, "b"), SrvRecord(10, 0, 5061, "a")]},
        )

    async def naptr(self, name: str) -> list[NaptrRecord]:
        rules = [
            NaptrRecord(10, 20, "u", "E2U+tel", "!^.*$!tel:+4930!", "."),
            NaptrRecord(10, 10, "u", "E2U+sip", "!^\\+49(.*)$!sip:\\1@example.com!", "."),
            NaptrRecord(20, 10, "u", "E2U+email:mailto", "!^.*$!mailto:ann@example.com!", "."),
        ]
        return self._of(name, {f"{NUMBER}.e164.arpa": rules, f"{NUMBER}.my.zone": rules[:1]})

    async def txt(self, name: str) -> list[str]:
        return self._of(name, {f"{NUMBER}.e164.arpa": ["Ann"]})

    def _of(self, name: str, known: dict[str, list[Any]]) -> list[Any]:
        self.asked.append(name)
        if name not in known:
            raise NameServiceError(name)
        return known[name]


def read(text: str) -> tuple[str, list[str]]:
    names = FakeNames()

    def prepare(pbx: Pbx, _: Channel) -> None:
        pbx._datastores[Names] = names

    return run_dialplan(lines_of(f"Set(R={text})"), prepare=prepare)["R"], names.asked


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${SRVRESULT(${SRVQUERY(_sip._UDP.example.com)},1)}", "a"), ("${SRVRESULT(_sip._udp.example.com,2,port)}", "5062"),
        ("${SRVRESULT(_sip._udp.example.com,getnum)}", "2"), ("${SRVRESULT(_sip._udp.example.com,3)}", ""),
        ("${SRVRESULT(_sip._udp.example.com,1,colour)}", ""), ("${SRVQUERY(none)}", ""),
        ("${ENUMLOOKUP(+49 30 123456)}", "30123456@example.com"), ("${ENUMLOOKUP(4930123456,sip,u)}", "sip:30123456@example.com"),
        ("${ENUMLOOKUP(4930123456,tel)}", "+4930"), ("${ENUMLOOKUP(4930123456,ALL,c)}", "3"), ("${ENUMLOOKUP(4930123456,all,u,3)}", "mailto:ann@example.com"),
        ("${ENUMLOOKUP(4930123456,email)}", "mailto:ann@example.com"), ("${ENUMLOOKUP(4930123456,sip,,2)}", ""), ("${ENUMLOOKUP(1)}", ""),
        ("${ENUMLOOKUP(4930123456,tel,,,my.zone)}", "+4930"), ("${ENUMRESULT(${ENUMQUERY(4930123456,ALL)},getnum)}", "3"),
        ("${ENUMRESULT(${ENUMQUERY(4930123456)},1)}", "30123456@example.com"), ("${ENUMRESULT(5,1)}", ""),
        ("${TXTCIDNAME(+4930123456)}${TXTCIDNAME(1)}", "Ann"),
    ],
)  # fmt: skip
def test_value(text: str, value: str) -> None:
    assert read(text)[0] == value


def test_the_same_service_is_asked_once_a_channel() -> None:
    assert read("${SRVQUERY(_sip._udp.example.com)}${SRVRESULT(_sip._udp.example.com,1)}")[1] == [
        "_sip._udp.example.com"
    ]


@pytest.mark.parametrize(
    ("number", "zone", "options", "name"),
    [
        ("+1 (2)", "", EnumOptions(), "2.1.e164.arpa"), ("12", "", EnumOptions(infrastructure=True), "2.1.i.e164.arpa"),
        ("12*34", "", EnumOptions(subscriber=True), "2.1.4.3.freenum.org"), ("a.b", "z", EnumOptions(direct=True), "a.b.z"),
        ("a.b", "", EnumOptions(direct=True), "a.b"),
    ],
)  # fmt: skip
def test_name_of_number(number: str, zone: str, options: EnumOptions, name: str) -> None:
    assert name_of_number(number, zone, options) == name


@pytest.mark.parametrize(
    ("rule", "uri"),
    [
        ("!^\\+(.*)$!sip:\\1@h!", "sip:1@h"), ("!^\\+(.*)$!sip:\\1@h!i", "sip:1@h"), ("#1#a\\\\b#", "a\\b"), ("!2!x!", ""), ("", ""), ("!", ""),
        ("!(!x!", ""), ("!1!\\7!", ""),
    ],
)  # fmt: skip
def test_rules(rule: str, uri: str) -> None:
    found = uris_of("+1", [NaptrRecord(1, 1, "u", "E2U+sip", rule, ".")])
    assert [each.uri for each in found] == ([uri] if uri else [])


def test_hosts_of_a_priority_are_tried_by_their_weight() -> None:
    records = [
        SrvRecord(1, 90, 1, "often"),
        SrvRecord(1, 10, 1, "rarely"),
        SrvRecord(2, 0, 1, "last"),
    ]
    chance = random.Random(1)
    first = [in_order(records, chance)[0].host for _ in range(1000)]
    assert 850 < first.count("often") < 950
    assert all(in_order(records, chance)[2].host == "last" for _ in range(20))


def test_answers_of_a_channel_are_bounded() -> None:
    names = FakeNames()

    def prepare(pbx: Pbx, _: Channel) -> None:
        pbx._datastores[Names] = names

    plan = """[default]
exten => s,1,Set(R=${ENUMQUERY(4930123456)})
 same => n,GotoIf($[${R} < 120]?1)
 same => n,Set(A=[${ENUMRESULT(20,1)}][${ENUMRESULT(21,1)}])
"""
    assert run_dialplan(plan, prepare=prepare)["A"] == "[][30123456@example.com]"


def test_a_rule_of_many_kinds() -> None:
    service = "E2U" + "+sip" * 60
    assert len(uris_of("+1", [NaptrRecord(1, 1, "u", service, "!1!sip:x!", ".")])) == 5

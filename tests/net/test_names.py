"""Name servers, asked over a socket of this machine."""

import asyncio
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from switchroom.net.names import Names, NameServiceError, NaptrRecord, SrvRecord

ZONE = {
    ("_sip._udp.example.com.", "SRV"): ["10 60 5060 one.example.com.", "20 0 5061 two.example.com."],
    ("1.e164.arpa.", "NAPTR"): ['100 10 "u" "E2U+sip" "!^.*$!sip:a@b!" .'],
    ("both.example.com.", "A"): ["192.0.2.1", "192.0.2.2"],
    ("both.example.com.", "AAAA"): ["2001:db8::1"],
    ("text.example.com.", "TXT"): ['"two " "parts"'],
    ("evil.example.com.", "TXT"): ['"Ann\\013\\010X-Evil: 1\\027[2J"'],
    ("long.example.com.", "TXT"): [" ".join(['"' + "x" * 250 + '"'] * 5)],
    ("many.example.com.", "SRV"): [f"1 1 {port} a." for port in range(60)],
}  # fmt: skip


class Server(asyncio.DatagramProtocol):
    """Answers from :data:`ZONE`."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        name, kind = (
            query.question[0].name.to_text(),
            dns.rdatatype.to_text(query.question[0].rdtype),
        )
        if (name, kind) in ZONE:
            answer.answer.append(dns.rrset.from_text_list(name, 60, "IN", kind, ZONE[name, kind]))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(answer.to_wire(), addr)


def test_records() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(Server, local_addr=("127.0.0.1", 0))
        try:
            names = Names(["127.0.0.1"], transport.get_extra_info("sockname")[1])
            assert sorted(await names.srv("_sip._udp.example.com")) == [
                SrvRecord(10, 60, 5060, "one.example.com"), SrvRecord(20, 0, 5061, "two.example.com"),
            ]  # fmt: skip
            assert await names.naptr("1.e164.arpa") == [
                NaptrRecord(100, 10, "u", "E2U+sip", "!^.*$!sip:a@b!", ".")
            ]
            assert await names.txt("text.example.com") == ["two parts"]
            assert await names.txt("evil.example.com") == ["AnnX-Evil: 1[2J"]
            assert await names.txt("long.example.com") == ["x" * 1024]
            assert len(await names.srv("many.example.com")) == 50
            assert names._resolver.cache.get_statistics_snapshot().hits == 0
            assert len(names._resolver.cache.data) == 5  # that of too many records is not kept
            for wrong in ("none.example.com", "a..b", "x" * 300):
                with pytest.raises(NameServiceError):
                    await names.txt(wrong)
            first, second, third = await names.addresses("both.example.com")
            assert ({first, second}, third) == ({"192.0.2.1", "192.0.2.2"}, "2001:db8::1")
            assert await names.addresses("nobody.example.com") == []
        finally:
            transport.close()

    asyncio.run(main())

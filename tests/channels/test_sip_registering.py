"""Our registrations over a socket, against another SIP core that plays the registrar."""

import asyncio

import pytest

from switchroom.channels.sip.endpoints.settings import merge
from switchroom.cli import pjsip_layout as layout
from switchroom.cli.sip_view import ConfiguredSip
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import read_pjsip
from switchroom.sip.digest import Authenticator, Verdict, ha1_of, parse_credentials
from switchroom.sip.message import Header, Request
from switchroom.sip.server import IncomingRequest
from tests.channels.sip_far_end import Side, play

TRUNK = """\
[trunk]
type=registration
server_uri=sip:127.0.0.1:{far}
client_uri=sip:4711@127.0.0.1
contact_user=in
outbound_auth=trunk
max_random_initial_delay=0
retry_interval=20
expiration=300
[trunk]
type=auth
username=4711
password=secret
"""


class Registrar:
    """Answers with what it was given, then by digest."""

    def __init__(self, side: Side, *answers: tuple[int, list[Header]]) -> None:
        self.far = side.far
        self.answers = list(answers)
        self.judge = Authenticator(b"k" * 16)
        side.far.answers = self.answer

    def answer(self, incoming: IncomingRequest) -> None:
        request, now = incoming.request, self.far.now
        if self.answers:
            status, headers = self.answers.pop(0)
            incoming.respond(status, now=now, headers=headers)
            return
        verdict = self.judge.judge(
            parse_credentials(request.get("authorization")),
            "REGISTER",
            lambda algorithm: ha1_of("4711", "carrier", "secret", algorithm),
            now=now,
        )
        if verdict is not Verdict.GOOD:
            challenges = self.judge.challenges("carrier", now=now)
            headers = [("WWW-Authenticate", each) for each in challenges]
            incoming.respond(401, now=now, headers=headers)
            return
        contact = ("Contact", request.get("contact"))
        incoming.respond(200, now=now, headers=[contact, ("Expires", request.get("expires"))])

    @property
    def asked(self) -> list[Request]:
        return self.far.requests("REGISTER")


def statuses(side: Side) -> list[str]:
    return [each.status for each in side.service.registrations]


def test_it_is_made_with_a_digest_shown_and_taken_back() -> None:
    async def story(side: Side) -> None:
        registrar = Registrar(side)
        await side.far.until(lambda: statuses(side) == ["Registered"])
        last = registrar.asked[-1]
        assert last.get("contact") == f"<sip:in@127.0.0.1:{side.port}>"
        assert (last.to.uri, last.from_.uri) == ("sip:4711@127.0.0.1", "sip:4711@127.0.0.1")
        view = ConfiguredSip(
            lambda: side.config, lambda _: [], side.pbx, lambda: 0.0, side.service.registrations
        )
        (shown,) = view.registrations()
        line = layout.registration_lines(shown)
        assert line.split() == [
            f"trunk/sip:127.0.0.1:{side.far.port}", "trunk", "Registered", "(exp.", "300s)",
        ]  # fmt: skip
        assert ("retry_interval", "20") in shown.parameters
        assert view.unregister("trunk")
        await side.far.until(lambda: registrar.asked[-1].get("expires") == "0")
        assert statuses(side) == ["Unregistered"]
        assert not view.register("nobody")
        assert view.register("trunk")
        await side.far.until(lambda: statuses(side) == ["Registered"])
        await side.service.registrations.close()
        assert registrar.asked[-1].get("expires") == "0"

    play(story, TRUNK)


@pytest.mark.parametrize(
    ("more", "answer", "status", "asked"),
    [
        ("", (503, []), "Unregistered", 2),
        ("", (403, []), "Rejected", 1),
        ("forbidden_retry_interval=20\n", (403, []), "Unregistered", 2),
        ("", (404, []), "Rejected", 1),
        ("fatal_retry_interval=20\n", (404, []), "Unregistered", 2),
        ("max_retries=0\n", (503, []), "Rejected", 1),
    ],
)
def test_a_refusal(more: str, answer: tuple[int, list[Header]], status: str, asked: int) -> None:
    async def story(side: Side) -> None:
        registrar = Registrar(side, answer, answer)
        await side.far.until(lambda: registrar.asked)
        await asyncio.sleep(1)
        assert statuses(side) == [status]
        await asyncio.sleep(25)
        assert len(registrar.asked) == asked

    play(story, TRUNK.replace("expiration=300\n", f"expiration=300\n{more}"))


def test_proxies_service_routes_and_lines() -> None:
    async def story(side: Side) -> None:
        route: Header = ("Service-Route", f"<sip:127.0.0.1:{side.far.port};lr>")
        registrar = Registrar(side, (200, [route, ("Expires", "60")]))
        await side.far.until(lambda: statuses(side) == ["Registered"])
        register = registrar.asked[0]
        assert register.uri == "sip:carrier.invalid"
        assert register.get("route") == f"<sip:127.0.0.1:{side.far.port};lr>"
        assert register.get("supported") == "path"
        (standing,) = side.service.registrations
        assert register.get("contact") == (
            f"<sip:in@127.0.0.1:{side.port};line={standing.line}>;q=1"
        )
        assert side.service.registrations.service_route("carrier") == (route[1],)
        assert side.service.registrations.endpoint_of_line(standing.line) == "carrier"
        assert side.service.registrations.endpoint_of_line("guessed") == ""

    text = TRUNK.replace("sip:127.0.0.1:{far}", "sip:carrier.invalid") + (
        "[carrier]\ntype=endpoint\n"
    )
    more = "line=yes\nendpoint=carrier\noutbound_proxy=sip:127.0.0.1:{far}\nsupport_path=yes\n"
    play(story, text.replace("expiration=300\n", f"{more}contact_header_params=q=1\n"))


def test_a_reload_keeps_what_did_not_change() -> None:
    async def story(side: Side) -> None:
        registrar = Registrar(side)
        await side.far.until(lambda: statuses(side) == ["Registered"])
        asked = len(registrar.asked)
        side.service.reload(side.service.settings)
        await asyncio.sleep(1)
        assert len(registrar.asked) == asked
        text = TRUNK.replace("{far}", str(side.far.port)).replace(
            "contact_user=in", "contact_user=x"
        )
        side.service.reload(merge(read_pjsip(parse_config(text)), None, user_agent="test"))
        await side.far.until(lambda: "sip:x@" in registrar.asked[-1].get("contact"))
        assert "0" in [each.get("expires") for each in registrar.asked[asked:]]
        side.service.reload(merge(read_pjsip(parse_config("")), None, user_agent="test"))
        assert statuses(side) == []

    play(story, TRUNK)


def test_lines_of_sip_conf() -> None:
    async def story(side: Side) -> None:
        registrar = Registrar(side)
        await side.far.until(lambda: statuses(side) == ["Registered", "Registered"])
        assert {each.get("contact").partition("@")[0] for each in registrar.asked} == {
            "<sip:300",
            "<sip:400",
        }

    play(
        story,
        "",
        sip="[general]\nregister => 4711:secret@127.0.0.1:{far}/300\n"
        "[peer]\ntype=peer\nhost=127.0.0.1\nport={far}\ndefaultuser=4711\nremotesecret=secret\n"
        "callbackextension=400\n",
    )

"""What proves who somebody is: passwords, and digests of them."""

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import read_pjsip
from switchroom.sip.digest import Account, ha1_of
from tests.channels.sip_far_end import Side, play

PHONE = """\
[alice]
type=endpoint
context=in
allow=ulaw
aors=alice
auth=alice
[alice]
type=aor
max_contacts=1
[alice]
type=auth
auth_type=digest
username=alice
{proof}
[global]
type=global
default_realm=here
default_auth_algorithms_uas={algorithms}
"""


@pytest.mark.parametrize("algorithms", ["MD5", "SHA-256", "SHA-256,MD5"])
@pytest.mark.parametrize(
    ("proof", "password", "status"),
    [
        ("password=wonderland", "wonderland", 200),
        ("password=wonderland", "other", 401),
        ("digests", "wonderland", 200),
        ("digests", "other", 401),
    ],
)
def test_a_registration_is_proven(proof: str, password: str, status: int, algorithms: str) -> None:
    if proof == "digests":
        proof = "\n".join(
            f"password_digest={name}:{ha1_of('alice', 'here', 'wonderland', name)}"
            for name in ("MD5", "SHA-256")
        )

    async def story(side: Side) -> None:
        contact = ("Contact", f"<sip:alice@127.0.0.1:{side.far.port}>")
        answer = await side.far.request(
            "REGISTER", side.uri(), side.flow, headers=(contact,),
            account=Account("alice", password),
        )  # fmt: skip
        assert answer.status == status

    play(story, PHONE.format(proof=proof, algorithms=algorithms))


def test_a_digest_for_another_algorithm_proves_nothing() -> None:
    async def story(side: Side) -> None:
        contact = ("Contact", f"<sip:alice@127.0.0.1:{side.far.port}>")
        answer = await side.far.request(
            "REGISTER", side.uri(), side.flow, headers=(contact,), account=Account("alice", "")
        )
        assert answer.status == 401

    proof = f"password_digest=SHA-256:{ha1_of('alice', 'here', 'x', 'SHA-256')}"
    play(story, PHONE.format(proof=proof, algorithms="MD5"))


@pytest.mark.parametrize("digest", ["abc", "MD4:abc", "MD5:xyz", "MD5:"])
def test_what_is_no_digest(digest: str) -> None:
    text = f"[a]\ntype=auth\nauth_type=digest\nusername=a\npassword_digest={digest}\n"
    with pytest.raises(ConfigError, match="hexadecimal"):
        read_pjsip(parse_config(text))


def test_a_registration_of_ours_has_a_user_agent_of_its_own() -> None:
    async def story(side: Side) -> None:
        side.far.answers = lambda incoming: incoming.respond(200, now=side.far.now)
        await side.far.until(lambda: side.far.requests("REGISTER"))
        assert side.far.requests("REGISTER")[0].fields["user-agent"] == ["Branch 7"]

    trunk = (
        "[trunk]\ntype=registration\nserver_uri=sip:127.0.0.1:{far}\nclient_uri=sip:1@127.0.0.1\n"
        "max_random_initial_delay=0\nuser_agent=Branch 7\n"
    )
    play(story, trunk)

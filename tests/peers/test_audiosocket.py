"""AudioSocket with a program that nobody here wrote: npm's asterisk-audiosocket echoes a caller."""

import asyncio
import shutil
from pathlib import Path

import pytest

from switchroom.channels.external.audiosocket_channel import AudioSocketTechnology
from tests.media.calls import ends_with
from tests.media.rtp_party import tone
from tests.support.heard_calls import heard_office

NPM = Path(__file__).parent / "npm"
CALL = "40325ec2-5efd-4bd3-805f-53576e581d13"

pytestmark = [
    pytest.mark.peer,
    pytest.mark.skipif(
        shutil.which("node") is None or not (NPM / "node_modules/asterisk-audiosocket").is_dir(),
        reason="needs node and the npm package asterisk-audiosocket (make peers)",
    ),
]


@pytest.mark.parametrize(
    "step", [f"AudioSocket({CALL},SERVICE)", f"Dial(AudioSocket/SERVICE/{CALL})"]
)
def test_an_echo(step: str) -> None:
    async def main() -> None:
        echo = await asyncio.create_subprocess_exec(
            "node", "audiosocket.mjs", cwd=NPM, stdout=asyncio.subprocess.PIPE
        )
        assert echo.stdout is not None
        try:
            async with asyncio.timeout(60):
                port = (await echo.stdout.readline()).decode().strip()
                conf = f"[default]\nexten => 1,1,{step.replace('SERVICE', f'127.0.0.1:{port}')}\n"
                technologies = {"AUDIOSOCKET": AudioSocketTechnology()}
                async with heard_office(conf, technologies=technologies) as office:
                    phone = await office.call("1")
                    assert await echo.stdout.readline() == f"call {CALL}\n".encode()
                    phone.party.start_saying(tone(700, 20))
                    await phone.party.until(lambda: ends_with(phone.party.audio(), 700), timeout=40)
                    phone.channel.hangup()
                    assert await echo.stdout.readline() == b"over\n"
        finally:
            echo.kill()
            await echo.wait()

    asyncio.run(main())

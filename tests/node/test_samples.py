"""Configuration files with the names and the options of the original's samples: a node starts with all of them."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from pathlib import Path

import pytest

from switchroom.cli.context import StopMode
from switchroom.node.node import Node
from tests.conformance.recorded_node import ASTERISK

#: File, section, and options with the values that the samples show.
OPTIONS: dict[str, dict[str, list[list[str]]]] = json.loads(
    (Path(__file__).parent / "sample_options.json").read_text()
)
#: Written by hand, since sections belong together.
OWN = {
    "extensions.conf": "[general]\nstatic=yes\n[globals]\nCONSOLE=Console/dsp\n[default]\n"
    "exten => s,1,Answer()\n same => n,Queue(support)\n same => n,VoiceMail(100@default)\n",
    "pjsip.conf": "[transport-udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:{sip}\n"
    "[6001]\ntype=endpoint\ntransport=transport-udp\ncontext=default\ndisallow=all\nallow=ulaw\n"
    "auth=6001\naors=6001\n[6001]\ntype=auth\nauth_type=userpass\npassword=6001\nusername=6001\n"
    "[6001]\ntype=aor\nmax_contacts=1\n",
    "manager.conf": "[general]\nenabled = no\nport = 5038\nbindaddr = 0.0.0.0\n"
    "webenabled = yes\ndisplayconnects = no\n",
    "http.conf": "[general]\nservername = Asterisk\nbindaddr = 127.0.0.1\n",
    "queues.conf": "[general]\npersistentmembers = yes\n[markq]\nmusicclass = default\n",
    "voicemail.conf": "[general]\nformat = wav49|gsm|wav\n[default]\n1234 => 4242,A User,a@b.example\n",
    "features.conf": "[general]\n[featuremap]\nblindxfer => #1\natxfer => *2\n[applicationmap]\n",
    "res_parking.conf": "[general]\n[default]\nparkext => 700\nparkpos => 701-720\n"
    "context => parkedcalls\n",
    "musiconhold.conf": "[default]\nmode = files\ndirectory = moh\n",
    "indications.conf": "[general]\ncountry = us\n[us]\ndescription = United States\n"
    "ringcadence = 2000,4000\ndial = 350+440\nbusy = 480+620/500,0/500\n",
    "logger.conf": "[general]\ndateformat = %F %T\n[logfiles]\nconsole => notice,warning,error\n"
    "messages.log => notice,warning,error\n",
    "cdr.conf": "[general]\nenable = yes\n[csv]\nusegmtime = yes\nloguniqueid = yes\n",
    "modules.conf": "[modules]\nautoload = yes\nnoload = chan_alsa.so\n",
    "cli_aliases.conf": "[general]\ntemplate = friendly\n[friendly]\nhangup request = channel request hangup\n",
    "cli_permissions.conf": "[general]\ndefault_perm = permit\n",
    "acl.conf": "[local]\ndeny = 0.0.0.0/0.0.0.0\npermit = 127.0.0.1\n",
    "confbridge.conf": "[general]\n[admin_user]\ntype = user\nadmin = yes\n[sample_user_menu]\n"
    "type = menu\n* = playback_and_continue(conf-usermenu)\n1 = toggle_mute\n",
    "followme.conf": "[general]\nfeaturedigittimeout => 5000\n[default]\nmusicclass => default\n"
    "number => 01233456,25\n",
    "pjsip_notify.conf": "[clear-mwi]\nEvent=>message-summary\nContent-type=>application/simple-message-summary\n"
    "Content=>Messages-Waiting: no\n",
    "pjsip_wizard.conf": "",
}  # fmt: skip


def write_samples(folder: Path) -> None:
    for each in ("etc", "var", "spool", "run", "log"):
        (folder / each).mkdir(parents=True)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        sip = probe.getsockname()[1]
    for name, sections in OPTIONS.items():
        lines = []
        for section, options in sections.items():
            lines.append(f"[{re.sub(r'[^a-z0-9_-]', '', section.lower()) or 'one'}]")
            lines += [f"{option} = {value}" for option, value in options]
        (folder / "etc" / name).write_text("\n".join([*lines, ""]))
    for name, text in OWN.items():
        (folder / "etc" / name).write_text(text.replace("{sip}", str(sip)))
    (folder / "etc" / "asterisk.conf").write_text(
        ASTERISK.format(folder=folder) + "[options]\nverbose = 3\n"
    )


def test_a_node_starts_with_all_of_them(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_samples(tmp_path)

    async def main() -> None:
        node = Node(tmp_path / "etc" / "asterisk.conf")
        ready = asyncio.Event()
        running = asyncio.get_running_loop().create_task(node.run(ready.set))
        async with asyncio.timeout(30):
            await ready.wait()
        assert (tmp_path / "run" / "asterisk.ctl").exists()
        assert (tmp_path / "run" / "asterisk.pid").exists()
        assert (tmp_path / "spool" / "outgoing").is_dir()
        node.stop(StopMode.GRACEFULLY)
        await running

    asyncio.run(main())
    said = [each.getMessage() for each in caplog.records if "not read here" in each.getMessage()]
    assert len(said) == 1
    assert "xmpp.conf" in said[0]
    assert "stir_shaken.conf" not in said[0]
    assert "pjsip.conf" not in said[0]
    texts = [each.getMessage() for each in caplog.records]
    assert len(texts) == len(set(texts))

"""Every example of docs/dialplan.md is what it says it is."""

import re
from pathlib import Path

from switchroom.config.asterisk_conf import Compatibility, read_asterisk_conf
from switchroom.config.language.reader import parse_config
from switchroom.config.language.sources import Record
from switchroom.dialplan.ael.compiler import compile_ael
from switchroom.dialplan.ael.parser import parse_ael
from switchroom.dialplan.building import DialplanBuilder
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.python.loading import load_python
from tests.support.calls import run_call

TEXT = (Path(__file__).parents[2] / "docs" / "dialplan.md").read_text()


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_extensions_conf() -> None:
    conf, compat = examples("ini")
    dialplan = parse_dialplan(parse_config(conf))
    assert dialplan.warnings == ()
    assert dialplan.find("office", "9123", 3) is not None
    assert read_asterisk_conf(parse_config(compat)).compatibility == Compatibility(
        pbx_realtime=True, app_set=True
    )


def test_ael() -> None:
    (text,) = examples("ael")
    path = Path("/etc/asterisk/extensions.ael")
    builder = DialplanBuilder()
    compile_ael(parse_ael(path, Record({str(path): text}, {})), builder)
    dialplan = builder.build()
    assert dialplan.warnings == ()
    ran = run_call(dialplan, "internal", "100", parties={"PJSIP/alice": "busy"})
    assert ran.data("Playback") == ["all-your-lines-are-busy"]


def test_python() -> None:
    (text,) = examples("python")
    builder = DialplanBuilder()
    load_python(Path("extensions.py"), text, builder)
    for name in ("features", "night", "voicemail"):
        builder.context(name)
    dialplan = builder.build()
    ran = run_call(dialplan, "internal", "*88", caller="100", keys="1234")
    assert ran.data("SayDigits") == ["1234"]
    ran = run_call(dialplan, "internal", "101", parties={"PJSIP/101": "busy"})
    assert ran.data("Dial") == ["PJSIP/101,20"]
    assert ran.played == ["all-your-lines-are-busy"]

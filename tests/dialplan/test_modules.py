"""Modules that are unloaded: the dialplan does not know what they offer, until they are loaded again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from switchroom.config.language.reader import parse_config
from switchroom.config.modules import ModulesConfig, read_modules
from switchroom.dialplan.modules import (
    ModuleLoaded,
    ModuleUnloaded,
    Outcome,
    is_module,
    load,
    modules,
    set_aside,
    unload,
    use_count,
)
from switchroom.node.configuration import load_configuration
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import make_interpreter, run_dialplan
from tests.support.fakes import make_channel, make_pbx, run_virtual

Prepare = Callable[[Pbx, Channel], None]


def values(conf: str, prepare: Prepare | None = None) -> dict[str, str]:
    return run_dialplan("[default]\n" + conf, prepare=prepare).global_variables


def without(*names: str) -> Prepare:
    def prepare(pbx: Pbx, _: Channel) -> None:
        for name in names:
            assert unload(pbx, name) is Outcome.SUCCESS

    return prepare


def test_an_application_that_is_unloaded_ends_the_call_as_an_unknown_one() -> None:
    conf = (
        "exten => s,1,Echo()\n same => n,Set(GLOBAL(AFTER)=yes)\nexten => e,1,Set(GLOBAL(E)=yes)\n"
    )
    assert values(conf, without("app_echo.so"))["E"] == "yes"
    assert "AFTER" not in values(conf, without("app_echo"))


def test_a_function_that_is_unloaded_is_empty() -> None:
    conf = (
        "exten => s,1,Set(GLOBAL(A)=[${MD5(x)}])\n"
        " same => n,Set(GLOBAL(B)=${IFMODULE(func_md5.so)}${IFMODULE(func_strings)})\n"
    )
    assert values(conf)["A"] == "[9dd4e461268c8034f5c8564e155c67a6]"
    found = values(conf, without("func_md5.so"))
    assert (found["A"], found["B"]) == ("[]", "01")


def test_loading_brings_it_back_and_tells_it() -> None:
    async def main() -> None:
        told: list[object] = []
        async with make_pbx(make_interpreter("[default]\nexten => s,1,Wait(60)\n")) as pbx:
            for kind in (ModuleLoaded, ModuleUnloaded):
                pbx.events.subscribe(kind, told.append)
            known = modules(pbx)
            assert load(pbx, "func_md5") is Outcome.ALREADY
            assert load(pbx, "no_such") is Outcome.FAILURE
            assert unload(pbx, "func_md5.so") is Outcome.SUCCESS
            assert unload(pbx, "func_md5.so") is Outcome.FAILURE
            assert not is_module(pbx, "func_md5")
            assert [name for name, _ in known if (name, _) not in modules(pbx)] == ["func_md5"]
            assert load(pbx, "FUNC_MD5.so") is Outcome.SUCCESS
            assert modules(pbx) == known
            assert told == [
                ModuleLoaded("no_such.so", "Failure"),
                ModuleUnloaded("func_md5.so"),
                ModuleLoaded("func_md5.so", "Success"),
            ]

    run_virtual(main())


@pytest.mark.parametrize(
    "name", ["res_pjsip", "codec_ulaw.so", "chan_pjsip", "no_such", "", "core"]
)
def test_what_is_part_of_the_node_stays(name: str) -> None:
    async def main() -> None:
        async with make_pbx(make_interpreter("")) as pbx:
            known = modules(pbx)
            assert unload(pbx, name, forced=True) is Outcome.FAILURE
            assert modules(pbx) == known

    run_virtual(main())


def test_a_module_that_is_used_stays_unless_it_is_forced() -> None:
    async def main() -> None:
        conf = "[default]\nexten => s,1,Milliwatt()\n"
        async with make_pbx(make_interpreter(conf)) as pbx:
            channel = make_channel(pbx, extension="s")
            pbx.start(channel)
            await asyncio.sleep(0.1)
            assert use_count(pbx, "app_milliwatt.so") == 1
            assert unload(pbx, "app_milliwatt.so") is Outcome.FAILURE
            assert unload(pbx, "app_milliwatt.so", forced=True) is Outcome.SUCCESS
            assert not channel.is_hung_up
            assert channel.application == "Milliwatt"
            channel.hangup()
            await asyncio.sleep(0.1)

    run_virtual(main())


def test_modules_conf() -> None:
    conf = (
        "[modules]\nautoload = no\nload => app_dial.so\nrequire = App_Queue.so\n"
        "preload = func_db.so\nnoload => app_queue.so\nload => chan_pjsip.so\n"
    )
    config = read_modules(parse_config(conf))
    known = ("app_dial", "app_queue", "func_db", "func_shell")
    assert config.left_out(known) == {"app_queue", "func_shell"}
    assert read_modules(parse_config("")) == ModulesConfig()
    assert ModulesConfig().left_out(known) == set()
    some = read_modules(parse_config("[modules]\nautoload=yes\nnoload = func_shell.so\n"))
    assert some.left_out(known) == {"func_shell"}


def test_what_modules_conf_leaves_out_is_not_there() -> None:
    def prepare(pbx: Pbx, _: Channel) -> None:
        set_aside(pbx, ["func_shell", "app_system.so", "res_pjsip", "chan_sip", "nothing"])

    conf = "exten => s,1,Set(GLOBAL(A)=[${SHELL(echo x)}]${IFMODULE(app_system)}${IFMODULE(app_echo)})\n"
    assert values(conf, prepare)["A"] == "[]01"


def test_files_of_channels_that_are_not_loaded_are_not_read(tmp_path: Path) -> None:
    names = ("astetcdir", "astvarlibdir", "astdbdir", "astspooldir", "astrundir", "astlogdir")
    lines = "".join(f"{name} = {tmp_path}\n" for name in names)
    (tmp_path / "asterisk.conf").write_text(f"[directories]\n{lines}")
    (tmp_path / "sip.conf").write_text("[old]\ntype=friend\nhost=dynamic\n")
    (tmp_path / "pjsip.conf").write_text("[new]\ntype=endpoint\n")
    (tmp_path / "modules.conf").write_text("[modules]\nnoload => chan_sip.so\n")
    assert set(load_configuration(tmp_path).sip.settings.endpoints) == {"new"}
    (tmp_path / "modules.conf").write_text("[modules]\nautoload=no\nload = chan_sip.so\n")
    assert set(load_configuration(tmp_path).sip.settings.endpoints) == {"old"}
    (tmp_path / "modules.conf").write_text("[modules]\nautoload=yes\n")
    assert set(load_configuration(tmp_path).sip.settings.endpoints) == {"new", "old"}

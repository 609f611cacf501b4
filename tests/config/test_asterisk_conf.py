from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.asterisk_conf import (
    AsteriskConfig,
    Compatibility,
    load_asterisk_conf,
    read_asterisk_conf,
)
from switchroom.config.language.reader import parse_config


def read(text: str) -> AsteriskConfig:
    return read_asterisk_conf(parse_config(text, path=Path("/etc/pbx/asterisk.conf")))


def test_defaults() -> None:
    config = read("")
    assert config.directories.astetcdir == Path("/etc/pbx")
    assert config.database_file == Path("/var/lib/asterisk/astdb.sqlite3")
    assert config.control_socket == Path("/var/run/asterisk/asterisk.ctl")
    assert (config.control_socket_mode, config.default_language) == (0o600, "en")


def test_directories_with_either_operator() -> None:
    config = read(
        "[directories](!)\nastetcdir => /a\nastvarlibdir = /b\nastdbdir=/c\nastrundir=/d\n"
        "[options]\nsystemname=pbx1\nexecincludes=yes\nmaxcalls=10\nmaxload=1.5\n"
        "[files]\nastctl=x.ctl\nastctlpermissions=0660\n".replace("(!)", "")
    )
    directories = config.directories
    assert (directories.astetcdir, directories.astdbdir) == (Path("/a"), Path("/c"))
    assert (directories.astdatadir, directories.astagidir) == (Path("/b"), Path("/b/agi-bin"))
    assert config.control_socket == Path("/d/x.ctl")
    assert config.control_socket_mode == 0o660
    assert (config.system_name, config.exec_includes, config.maximum_calls) == ("pbx1", True, 10)
    assert config.maximum_load == 1.5
    assert config.warnings == ()


def test_a_template_mark_on_directories_counts_as_no_section() -> None:
    assert read("[directories](!)\nastetcdir => /a\n").directories.astetcdir == Path("/etc/pbx")


def test_warnings() -> None:
    config = read(
        "[directories]\nastdir=/a\n[options]\nhighpriority=yes\n[files]\nastctlpermissions=0666\n"
    )
    assert [str(w).removeprefix("/etc/pbx/asterisk.conf:") for w in config.warnings] == [
        "4: highpriority has no effect yet (options)",
        "2: there is no directory astdir",
        "5: astctlpermissions 0666 is narrowed to 0660: nobody else may",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[directories]\nastetcdir=relative", 2),
        ("[options]\nmaxcalls=many", 2),
        ("[options]\nmaxload=-1", 2),
        ("[options]\nexecincludes=perhaps", 2),
        ("[files]\nastctlpermissions=rw", 2),
    ],
)
def test_errors_name_file_and_line(text: str, line: int) -> None:
    with pytest.raises(ConfigError) as raised:
        read(text)
    assert raised.value.line == line


def test_a_folder_with_and_without_the_file(tmp_path: Path) -> None:
    assert load_asterisk_conf(tmp_path).directories.astetcdir == tmp_path
    (tmp_path / "asterisk.conf").write_text("[options]\nsystemname=x\n")
    for where in (tmp_path, tmp_path / "asterisk.conf"):
        config = load_asterisk_conf(where)
        assert (config.system_name, config.directories.astetcdir) == ("x", tmp_path)
    with pytest.raises(ConfigError, match="cannot read"):
        load_asterisk_conf(tmp_path / "other.conf")


def test_compatibility_with_the_years_before(tmp_path: Path) -> None:
    file = tmp_path / "asterisk.conf"
    file.write_text("[compat]\npbx_realtime=1.4\nres_agi=1.6\napp_set=1.2\nother=1.4\n")
    config = load_asterisk_conf(file)
    assert config.compatibility == Compatibility(pbx_realtime=True, app_set=True)
    assert [w.line for w in config.warnings] == [5]
    file.write_text("[compat]\npbx_realtime=22\napp_set=new\n")
    config = load_asterisk_conf(file)
    assert config.compatibility == Compatibility()
    assert [w.line for w in config.warnings] == [3]

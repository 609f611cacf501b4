"""moh and indication."""

from __future__ import annotations

from pathlib import Path

from switchroom.config.asterisk_conf import Directories
from switchroom.config.indications import read_indications
from switchroom.config.language.reader import parse_config
from switchroom.config.musiconhold import read_musiconhold
from switchroom.pbx.music.classes import MusicClasses
from switchroom.pbx.signal_tones import Indications
from tests.cli.fakes import CliNode
from tests.cli.test_commands import complete, run


def test_without_files_it_is_as_in_the_original(cli: CliNode) -> None:
    assert run(cli, "moh show classes") == "Class: default\n\tMode: files\n\tDirectory: moh\n"
    assert run(cli, "indication show us") == "No countries matched your criteria.\n"


def test_classes_and_files(cli: CliNode, tmp_path: Path) -> None:
    (tmp_path / "moh").mkdir()
    (tmp_path / "moh" / "song.wav").write_bytes(b"")
    cli.context.pbx.directories = Directories(astdatadir=tmp_path)
    config = (
        "[default]\ndirectory=moh\nsort=alpha\n[radio]\nmode=custom\napplication=/bin/radio\n"
        "[list]\nmode=playlist\nentry=/a.wav\n"
    )
    cli.context.pbx.datastore(MusicClasses).use(read_musiconhold(parse_config(config)))
    classes = run(cli, "moh show classes")
    assert (
        "Class: radio\n\tMode: custom\n\tDirectory: <none>\n\tApplication: /bin/radio\n" in classes
    )
    assert "Class: list\n\tMode: playlist\n\tEntry: /a.wav\n" in classes
    files = run(cli, "moh show files")
    assert files == f"Class: default\n\tFile: {tmp_path}/moh/song\nClass: list\n\tFile: /a\n"
    assert complete(cli, "moh unregister class ra") == ["radio"]
    run(cli, "moh unregister class radio")
    assert "radio" not in run(cli, "moh show classes")
    assert run(cli, "moh unregister class radio").startswith("No such moh class 'radio'\n")


def test_reload(cli: CliNode) -> None:
    run(cli, "moh reload")
    assert cli.node.told == ["reload res_musiconhold"]


def test_indications(cli: CliNode) -> None:
    config = read_indications(parse_config("[de]\nringcadence=1000,4000\n[xx]\nbusy=400/100\n"))
    cli.context.pbx.datastore(Indications).config = config
    assert "de         Germany\n" in run(cli, "indication show")
    shown = run(cli, "indication show de xx")
    assert "de      <ring cadence>  1000,4000\n" in shown
    assert "xx      busy            400/100\n" in shown
    run(cli, 'indication add xx ring "400/100,0/100"')
    assert "xx      ring            400/100,0/100\n" in run(cli, "indication show xx")
    assert "is no frequency" in run(cli, "indication add xx ring loud")
    run(cli, "indication remove xx ring")
    assert "ring  " not in run(cli, "indication show xx").replace("<ring", "")
    assert run(cli, "indication remove xx ring").startswith("Country 'xx' has no tone 'ring'\n")
    run(cli, "indication remove xx")
    assert run(cli, "indication remove xx").startswith("There is no country 'xx'\n")

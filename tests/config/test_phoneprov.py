"""``phoneprov.conf``."""

from switchroom.config.language.reader import parse_config
from switchroom.config.phoneprov import PhoneProfile, ServedFile, read_phoneprov

TEXT = """\
[general]
serveraddr = 192.0.2.1
serverport = 5070
serveriface = eth0
default_profile = desk
setvar => COMPANY=A = B
colour = red
[authentication]
[base](!)
mime_type => text/xml
[desk](base)
staticdir => configs/
static_file => boot.ld,application/octet-stream
static_file => /logo.xml
${TOLOWER(${MAC})}.cfg => desk.cfg
setvar => LOGO=logo.xml
/more/${MAC}.txt => desk.txt,text/plain
"""


def test_reading() -> None:
    config = read_phoneprov(parse_config(TEXT))
    assert (config.server, config.port, config.default_profile) == ("192.0.2.1", "5070", "desk")
    assert config.variables == (("COMPANY", "A = B"),)
    assert config.profiles == {
        "desk": PhoneProfile(
            "desk",
            "text/xml",
            (
                ServedFile("boot.ld", "configs/boot.ld", "application/octet-stream"),
                ServedFile("logo.xml", "configs//logo.xml", "text/xml"),
                ServedFile("${TOLOWER(${MAC})}.cfg", "desk.cfg", "text/xml", is_template=True),
                ServedFile("more/${MAC}.txt", "desk.txt", "text/plain", is_template=True),
            ),
            (("LOGO", "logo.xml"),),
        )
    }
    assert [(each.line, each.message.partition(" ")[0]) for each in config.warnings] == [
        (4, "serveriface"), (7, "phoneprov.conf:"),
    ]  # fmt: skip


def test_nothing() -> None:
    assert read_phoneprov(parse_config("")).profiles == {}

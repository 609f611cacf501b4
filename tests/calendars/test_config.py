"""``calendar.conf``."""

from pathlib import Path

from switchroom.config.calendars import CalendarSettings, read_calendars
from switchroom.config.language.reader import parse_config

TEXT = """
[general]
[home](!)
type = CalDAV
refresh = 15
[anna](home)
url = https://example.com/anna/
user = anna
secret = s3cret
timeframe = 60
autoreminder = 10
channel = PJSIP/anna
context = default
extension = 123
app = Playback
appdata = tt-weasels
waittime = 20
setvar = CALLERID(name)=${CALENDAR_EVENT(summary)}
setvar = a=b=c
fetch_again_at_reload = yes
tlsverify = no
[web]
type = ical
url = webcal://example.com/x.ics
refresh = soon
colour = red
[office]
type = exchange
url = https://example.com/ews
[old]
url = https://example.com/ews
[ftp]
type = ical
url = ftp://example.com/x.ics
[odd]
type = odd
"""


def test_all_of_it() -> None:
    config = read_calendars(parse_config(TEXT, path=Path("calendar.conf")))
    assert dict(config.calendars) == {
        "anna": CalendarSettings(
            "anna", "caldav", "https://example.com/anna/", "anna", "s3cret", refresh=900.0, timeframe=3600.0,
            autoreminder=600.0, channel="PJSIP/anna", context="default", extension="123", application="Playback",
            data="tt-weasels", wait=20.0, fetches_at_reload=True, verifies=False,
            variables=(("CALLERID(name)", "${CALENDAR_EVENT(summary)}"), ("a", "b=c")),
        ),
        "web": CalendarSettings("web", "ical", "http://example.com/x.ics"),
    }  # fmt: skip
    assert "s3cret" not in repr(config)
    assert [each.message for each in config.warnings] == [
        "refresh = soon: not a number of 1 or more",
        "calendar.conf: colour has no effect",
        "calendar office is not used: the type exchange is not known here, use caldav or ical",
        "calendar old is not used: it has no type",
        "calendar ftp is not used: its url is neither http nor https",
        "calendar odd is not used: there is no type 'odd'",
    ]

from switchroom.config.features import DynamicFeature, FeatureSettings, read_features
from switchroom.config.language.reader import parse_config

TEXT = """\
[general]
transferdigittimeout = 5
featuredigittimeout = 500
atxferdropcall = yes
atxfercallbackretries = 4
atxferabort = *0
xfersound =
[featuremap]
blindxfer => #1
atxfer => *2
parkcall => #72
[applicationmap]
note => *5,self/both,Set,"A=1,B=2",default
beep => *6,peer,Playback(beep)
wrong => *7
[sales]
note =>
beep => *66
"""


def test_a_file_is_read() -> None:
    settings = read_features(parse_config(TEXT))
    assert (settings.transfer_digit_timeout, settings.digit_timeout) == (5.0, 0.5)
    assert (settings.drops_call, settings.callback_retries, settings.abort) == (True, 4, "*0")
    assert (settings.transfer_sound, settings.failure_sound) == ("", "beeperr")
    assert (settings.blind_transfer, settings.attended_transfer) == ("#1", "*2")
    assert (settings.park, settings.disconnect, settings.mix) == ("#72", "*", "")
    assert settings.applications["note"] == DynamicFeature("*5", "Set", "A=1,B=2")
    assert settings.applications["beep"] == DynamicFeature("*6", "Playback", "beep", on_peer=True)
    assert set(settings.applications) == {"note", "beep"}
    assert {name: dict(group) for name, group in settings.groups.items()} == {
        "sales": {"note": "", "beep": "*66"}
    }


def test_defaults_are_those_of_the_original() -> None:
    assert read_features(parse_config("")) == FeatureSettings()

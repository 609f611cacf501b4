from switchroom.config.followme import FollowMeProfile, FollowMeStep, read_followme
from switchroom.config.language.reader import parse_config

CONF = """\
[general]
featuredigittimeout = 3000
takecall = 5
call_from_prompt = mine/call-from
[ann]
number = 100,20
number = 101&102
number = 103,5,1
context = phones
musiconhold = jazz
enable_callee_prompt = no
followme-sorry-prompt = mine/sorry
number =
colour = red
[bob]
takecall = 7
"""


def test_a_profile_takes_over_what_general_says() -> None:
    config = read_followme(parse_config(CONF))
    ann = config.profiles["ann"]
    assert ann.steps == (
        FollowMeStep(("100",), 20.0, 1),
        FollowMeStep(("103",), 5.0, 1),
        FollowMeStep(("101", "102"), 25.0, 2),
    )
    assert (ann.context, ann.music, ann.asks, ann.digit_timeout) == ("phones", "jazz", False, 3.0)
    assert (ann.take, ann.decline, ann.sorry) == ("5", "2", "mine/sorry")
    assert config.profiles["bob"] == FollowMeProfile(
        "bob", take="7", digit_timeout=3.0, call_from="mine/call-from"
    )
    assert [warning.line for warning in config.warnings] == [14]


def test_without_a_file_there_is_nobody() -> None:
    assert read_followme(parse_config("")).profiles == {}

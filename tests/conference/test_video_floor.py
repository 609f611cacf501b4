"""Who sees whom: the rules."""

from __future__ import annotations

import pytest

from switchroom.conference.video import VideoFloor
from switchroom.config.confbridge import VideoMode

FOLLOW, FIRST, LAST = VideoMode.FOLLOW_TALKER, VideoMode.FIRST_MARKED, VideoMode.LAST_MARKED


def play(mode: VideoMode, story: str, *, without: str = "") -> tuple[str, str]:
    """Who is seen by all, and by that one, after a story.

    ``+a`` a comes, ``+A`` the same who is marked, ``-a`` goes, ``a`` talks, ``!a`` is to be the
    only one, ``!`` nobody is.
    """
    floor = VideoFloor(mode, lambda name: name not in without)
    for word in story.split():
        name = word[1:].lower()
        if word[0] == "+":
            floor.join(name, is_marked=word[1].isupper())
        elif word[0] == "-":
            floor.leave(name)
        elif word[0] == "!":
            floor.show(name)
        else:
            floor.talk(word)
    return floor.seen()


@pytest.mark.parametrize(
    ("mode", "story", "seen"),
    [
        (FOLLOW, "", ("", "")),
        (FOLLOW, "+a", ("a", "")),
        (FOLLOW, "+a +b +c", ("a", "b")),
        (FOLLOW, "+a +b +c b", ("b", "a")),
        (FOLLOW, "+a +b +c b c", ("c", "b")),
        (FOLLOW, "+a +b +c b c b", ("b", "c")),
        (FOLLOW, "+a +b +c b c -c", ("b", "a")),
        (FOLLOW, "+a +b stranger", ("a", "b")),
        (VideoMode.SFU, "+a +b b", ("b", "a")),
        (FIRST, "+a +B +C", ("b", "")),
        (FIRST, "+a +B +C c", ("b", "")),
        (FIRST, "+a +B +C -b", ("c", "")),
        (LAST, "+a +B +C", ("c", "")),
        (LAST, "+a +B +C -c", ("b", "")),
        (LAST, "+a +b", ("", "")),
        (VideoMode.NONE, "+a +B b", ("", "")),
        (VideoMode.NONE, "+a +b !b", ("b", "")),
        (FOLLOW, "+a +b +c c !b c", ("b", "")),
        (FOLLOW, "+a +b +c c !b !", ("c", "a")),
        (FOLLOW, "+a +b +c c !b -b", ("c", "a")),
        (FOLLOW, "+a +b !stranger", ("a", "b")),
    ],
)
def test_who_is_seen(mode: VideoMode, story: str, seen: tuple[str, str]) -> None:
    assert play(mode, story) == seen


@pytest.mark.parametrize(
    ("mode", "story", "seen"),
    [
        (FOLLOW, "+a +b +c b", ("a", "c")),
        (FIRST, "+B +C", ("", "")),  # whoever is looked at shows nothing
        (FOLLOW, "+a !b", ("a", "")),
    ],
)
def test_who_has_no_video_is_not_seen(mode: VideoMode, story: str, seen: tuple[str, str]) -> None:
    assert play(mode, story, without="b") == seen

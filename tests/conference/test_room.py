"""The rules of a conference, and their invariants under five hundred people."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from switchroom.conference.room import (
    Effect,
    Ended,
    Expelled,
    Joined,
    Leaving,
    Left,
    Member,
    MusicChanged,
    MutedChanged,
    Refusal,
    Room,
    Say,
    Seated,
    Started,
    TalkingChanged,
)
from switchroom.config.confbridge import BridgeProfile, UserProfile


def room(**profile: int) -> Room:
    return Room("600", BridgeProfile(**profile))  # type: ignore[arg-type]  # numbers only


def member(name: str, **profile: bool) -> Member:
    return Member(name, UserProfile(**profile))  # type: ignore[arg-type]  # flags only


def said(effects: list[Effect], to: Member | None) -> list[object]:
    return [sound for e in effects if isinstance(e, Say) and e.to is to for sound in e.sounds]


def kinds(effects: list[Effect]) -> list[type]:
    return [type(effect) for effect in effects if not isinstance(effect, Say)]


def test_the_first_one_is_told_that_he_is_alone_and_the_last_one_ends_it() -> None:
    conference, ann, bob = room(), member("ann"), member("bob")
    first = conference.join(ann)
    assert kinds(first) == [Started, Joined, Seated]
    assert said(first, ann) == ["conf-onlyperson"]
    second = conference.join(bob)
    assert kinds(second) == [Joined, Seated]
    assert said(second, bob) == []
    assert said(second, None) == ["confbridge-join"]
    assert (ann.number, bob.number) == (1, 2)
    assert said(conference.leave(ann), None) == ["confbridge-leave"]
    assert kinds(conference.leave(bob)) == [Left, Ended]
    assert conference.leave(bob) == []


def test_a_quiet_one_comes_and_goes_without_a_sound() -> None:
    conference = room()
    conference.join(member("ann"))
    quiet = member("bob", quiet=True, counts=True)
    assert not any(isinstance(e, Say) for e in conference.join(quiet) + conference.leave(quiet))


def test_counts_are_said_to_who_wants_them_and_to_all() -> None:
    conference = room()
    for name in ("ann", "bob"):
        conference.join(member(name))
    one = member("cleo", counts=True)
    assert said(conference.join(one), one) == ["conf-thereare", 2, "conf-otherinparty"]
    all_hear = Member("dora", UserProfile(counts_all=4))
    assert said(conference.join(all_hear), None) == ["confbridge-join"]
    all_hear = Member("emil", UserProfile(counts_all=4))
    expected = ["confbridge-join", "conf-thereare", 4, "conf-otherinparty"]
    assert said(conference.join(all_hear), None) == expected


def test_who_waits_for_somebody_marked_neither_talks_nor_disturbs() -> None:
    conference = room()
    ann = member("ann", wait_marked=True, music_when_empty=True)
    effects = conference.join(ann)
    assert said(effects, ann) == ["conf-waitforleader"]
    assert said(effects, None) == []
    assert ann.is_waiting
    assert ann.hears_music
    assert not conference.talks(ann)
    bob = member("bob")
    conference.join(bob)
    assert ann.is_waiting
    boss = member("boss", marked=True)
    effects = conference.join(boss)
    assert said(effects, ann) == ["conf-placeintoconf"]
    assert not ann.is_waiting
    assert not ann.hears_music
    assert conference.talks(ann)
    effects = conference.leave(boss)
    assert said(effects, ann) == ["conf-leaderhasleft"]
    assert ann.is_waiting
    assert ann.hears_music


def test_who_ends_with_the_last_marked_one_goes_with_him_and_not_before() -> None:
    conference = room()
    first, second = member("first", marked=True), member("second", marked=True)
    guest, other = member("guest", end_marked=True), member("other", end_marked_any=True)
    for each in (first, second, guest, other):
        conference.join(each)
    gone = [e for e in conference.leave(first) if isinstance(e, Expelled)]
    assert gone == [Expelled(other, Leaving.ENDMARKED)]
    conference.leave(other)
    gone = [e for e in conference.leave(second) if isinstance(e, Expelled)]
    assert gone == [Expelled(guest, Leaving.ENDMARKED)]


def test_a_locked_or_full_room_lets_administrators_in_alone() -> None:
    conference = room(max_members=2)
    guest, admin = UserProfile(), UserProfile(admin=True)
    conference.join(member("ann"))
    assert conference.refuses(guest) is None
    conference.join(member("bob"))
    assert conference.refuses(guest) is Refusal.FULL
    assert conference.refuses(admin) is None
    conference.lock(locked=True)
    assert conference.refuses(guest) is Refusal.LOCKED
    assert conference.refuses(admin) is None
    conference.lock(locked=False)
    assert conference.refuses(guest) is Refusal.FULL


def test_muting_one_and_all() -> None:
    conference = room()
    admin, ann, late = member("admin", admin=True), member("ann"), member("late")
    conference.join(admin)
    conference.join(ann)
    assert kinds(conference.mute(ann, muted=True)) == [MutedChanged, Seated]
    assert conference.mute(ann, muted=True) == []
    conference.mute(ann, muted=False)
    effects = conference.mute_all(muted=True)
    assert said(effects, None) == ["conf-now-muted"]
    conference.join(late)
    talking = [conference.talks(each) for each in (admin, ann, late)]
    assert talking == [True, False, False]
    conference.mute_all(muted=False)
    assert conference.talks(late)


def test_music_for_who_is_alone_ends_when_somebody_comes() -> None:
    conference, ann, bob = room(), member("ann", music_when_empty=True), member("bob")
    assert MusicChanged(ann) in conference.join(ann)
    assert MusicChanged(ann) in conference.join(bob)
    assert not ann.hears_music
    assert MusicChanged(ann) in conference.leave(bob)
    assert ann.hears_music


def test_a_link_is_nobody_but_company_where_people_are_behind_it() -> None:
    conference, ann = room(max_members=1), member("ann", music_when_empty=True)
    conference.join(ann)
    link = Member("leg", UserProfile(quiet=True), is_link=True, people_behind=0)
    assert said(conference.join(link), None) == []
    assert conference.people == 1
    assert ann.hears_music
    assert MusicChanged(ann) in conference.tell_behind(link, 2)
    assert not ann.hears_music
    conference.tell_behind(link, 0)
    assert ann.hears_music
    effects = conference.leave(ann)
    assert effects == [Left(ann), Expelled(link, Leaving.HANGUP)]
    assert conference.leave(link) == [Left(link), Ended()]


def test_the_last_to_come_is_kicked_but_no_administrator() -> None:
    conference = room()
    ann, admin = member("ann"), member("admin", admin=True)
    conference.join(ann)
    conference.join(admin)
    assert conference.last_to_kick() is ann
    assert conference.kick(ann) == [Expelled(ann, Leaving.KICKED)]
    conference.leave(ann)
    assert conference.last_to_kick() is None
    assert conference.kick(ann) == []


def _random_profile(chance: random.Random) -> UserProfile:
    return UserProfile(
        admin=chance.random() < 0.1, marked=chance.random() < 0.05,
        wait_marked=chance.random() < 0.3, end_marked=chance.random() < 0.1,
        end_marked_any=chance.random() < 0.05, start_muted=chance.random() < 0.2,
        music_when_empty=chance.random() < 0.5, quiet=chance.random() < 0.3,
        counts=chance.random() < 0.2, counts_all=chance.choice([None, 0, 40]),
    )  # fmt: skip


class Book:
    """What a listener to the effects knows; it must never differ from the room."""

    def __init__(self) -> None:
        self.present: dict[str, Member] = {}
        self.muted: set[str] = set()
        self.music: set[str] = set()
        self.talking: set[str] = set()
        self.runs = False
        self.expelled: list[Member] = []
        self.happened: Counter[type] = Counter()

    def hear(self, effects: list[Effect]) -> None:
        for effect in effects:
            self.happened[type(effect)] += 1
            if isinstance(effect, Started):
                assert not self.runs
                self.runs = True
            elif isinstance(effect, Ended):
                assert self.runs
                assert not self.present
                self.runs = False
            elif isinstance(effect, Joined):
                assert effect.member.channel not in self.present
                self.present[effect.member.channel] = effect.member
            elif isinstance(effect, Left):
                name = effect.member.channel
                del self.present[name]
                self.music.discard(name)
                self.talking.discard(name)
            elif isinstance(effect, MusicChanged):
                self.music ^= {effect.member.channel}
            elif isinstance(effect, TalkingChanged):
                self.talking ^= {effect.member.channel}
            elif isinstance(effect, Expelled):
                self.expelled.append(effect.member)
            elif isinstance(effect, Say):
                assert effect.to is None or effect.to.channel in self.present


def _check(conference: Room, book: Book) -> None:
    members = conference.members
    assert {m.channel for m in members} == set(book.present)
    assert book.runs == bool(members)
    assert conference.people == sum(m.is_person for m in members)
    assert len(conference.active) + len(conference.waiting) == len(members)
    assert book.music == {m.channel for m in members if m.hears_music}
    assert book.talking == {m.channel for m in members if m.is_talking}
    leader = conference.marked > 0
    for each in members:
        assert each.is_waiting == (each.profile.wait_marked and not each.is_marked and not leader)
        alone = len(conference.active) - (not each.is_waiting) == 0
        assert each.hears_music == (each.profile.music_when_empty and (each.is_waiting or alone))
    numbers = [m.number for m in members]
    assert numbers == sorted(set(numbers))


class Crowd:
    """Five hundred people at one door."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.limit = 450 if seed % 3 else 0
        self.conference = room(max_members=self.limit)
        self.book = Book()
        self.outside = [Member(f"SIP/{n}", _random_profile(self.chance)) for n in range(500)]
        self.joins = self.leaves = 0

    def step(self) -> None:
        grows = self.chance.random() < (0.7 if self.joins < 550 else 0.3)
        if grows and self.outside:
            self.try_to_join(self.outside.pop(self.chance.randrange(len(self.outside))))
        elif not self.conference.is_empty:
            self.do_something(self.chance.choice(self.conference.members))
        while self.book.expelled:
            self.leave(self.book.expelled.pop())

    def try_to_join(self, one: Member) -> None:
        if self.conference.refuses(one.profile) is not None:
            assert self.conference.is_locked or self.conference.people >= self.limit > 0
            self.conference.lock(locked=False)
            self.outside.append(one)
        else:
            self.book.hear(self.conference.join(one))
            self.joins += 1

    def do_something(self, one: Member) -> None:
        conference, yes = self.conference, self.chance.random() < 0.5
        what = self.chance.randrange(8)
        if what < 4:
            self.leave(one)
        elif what == 4:
            self.book.hear(conference.mute(one, muted=yes))
        elif what == 5:
            self.book.hear(conference.talk(one, talking=yes))
        elif what == 6:
            conference.lock(locked=yes)
        else:
            self.book.hear(conference.mute_all(muted=yes))

    def leave(self, one: Member) -> None:
        if self.conference.member(one.channel) is one:
            self.book.hear(self.conference.leave(one))
            self.outside.append(Member(one.channel, one.profile))
            self.leaves += 1


@pytest.mark.parametrize("seed", range(4))
def test_500_people_come_and_go_in_any_order(seed: int) -> None:
    """Membership, counts, and what a listener to the effects believes always agree."""
    crowd = Crowd(seed)
    most = 0
    while crowd.joins < 700:
        crowd.step()
        _check(crowd.conference, crowd.book)
        most = max(most, crowd.conference.people)
    while not crowd.conference.is_empty:
        crowd.leave(crowd.chance.choice(crowd.conference.members))
        _check(crowd.conference, crowd.book)
    happened = crowd.book.happened
    assert most > 100
    assert happened[Joined] == crowd.joins
    assert happened[Left] == crowd.leaves == crowd.joins
    assert happened[Started] == happened[Ended] >= 1

"""What is kept of a caller who is called back."""

import pytest

from switchroom.queues.callback import Callback, CallbackPlan, callback_of_line
from switchroom.queues.entry import Entry
from tests.queues.test_queue import make

PLAN = CallbackPlan("out", attempts=2, between=60.0, within=20.0)


def callback(**facts: object) -> Callback:
    return Callback("17.1", "q", "555", PLAN, 100.0, 130.0, **facts)  # type: ignore[arg-type]


def test_it_is_kept_as_a_line() -> None:
    kept = callback(priority=3, skills="en>=2", name="Ann", tried=1, not_before=200.0)
    assert callback_of_line(kept.to_line()) == kept
    more = kept.to_line().replace('"tried"', '"later":1,"tried"')
    assert callback_of_line(more) == kept


@pytest.mark.parametrize("line", ["", "{}", "[]", "null", '{"plan":{}}', '{"plan":{"context":1}}'])
def test_what_cannot_be_read(line: str) -> None:
    assert callback_of_line(line) is None


def test_attempts() -> None:
    tried = callback(tried=1)
    assert tried.failed(500.0)
    assert tried.not_before == 560.0
    tried.tried = 2
    assert not tried.failed(600.0)


@pytest.mark.parametrize(("priority", "place"), [(0, 4), (5, 2), (9, 1)])
def test_its_place_is_the_one_that_it_had(priority: int, place: int) -> None:
    queue = make()
    for number, (joined, level) in enumerate([(50.0, 5), (150.0, 5), (90.0, 0), (110.0, 0)]):
        queue.join(Entry(f"c{number}", "", joined, level))
    mine = callback(priority=priority)
    entry = Entry("back", "", mine.joined_at, priority)
    queue.join(entry, position=mine.place_in(queue.entries))
    assert queue.position(entry) == place

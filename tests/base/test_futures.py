"""Settling what somebody may wait for no longer."""

from concurrent.futures import Future

from switchroom.base.futures import settle


def test_a_result_is_set_unless_it_was_cancelled() -> None:
    kept: Future[int] = Future()
    settle(kept, 3)
    assert kept.result(0) == 3
    gone: Future[int] = Future()
    gone.cancel()
    settle(gone, 3)
    assert gone.cancelled()


def test_from_the_moment_it_is_settled_nobody_cancels_it() -> None:
    done: Future[int] = Future()
    told: list[bool] = []
    done.add_done_callback(lambda future: told.append(future.cancel()))
    settle(done, 1)
    assert told == [False]

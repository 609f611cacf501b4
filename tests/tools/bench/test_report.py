"""What is told of a run."""

import io
import json
from collections.abc import Callable

import pytest

from switchroom.tools.bench import command
from switchroom.tools.bench.command import Bench, ExitCode
from switchroom.tools.bench.measuring import Tally
from switchroom.tools.bench.report import Progress
from switchroom.tools.bench.settings import Kind, Load, Settings, User


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def load(kind: Kind = Kind.CALLS, rate: float = 20.0) -> Load:
    return Load(
        kind, "sip:600@127.0.0.1", ("127.0.0.1", 5060), rate, 200, 0.0, (User("bench"),), "h"
    )


class Server:
    """Takes calls up to a rate; the load is made up."""

    def __init__(self, limit: float, *, slow_above: float = 1e9) -> None:
        self.limit = limit
        self.slow_above = slow_above
        self.rates: list[float] = []

    def __call__(
        self, load: Load, workers: int, make_engine: object, watch: Callable[[float, float], None]
    ) -> Tally:
        self.rates.append(load.rate)
        watch(1.0, 10.0)
        tally = Tally(begun=load.count, seconds=load.count / load.rate)
        tally.effort.processes = workers
        tally.effort.cpu_share = 0.95 if load.rate > self.slow_above else 0.1
        tally.refused[503] = load.count // 2 if load.rate > self.limit else 0
        tally.refused = +tally.refused  # drops what is zero
        tally.done = load.count - tally.refused.total()
        tally.answered.add(0.002)
        return tally


def bench(
    monkeypatch: pytest.MonkeyPatch, server: Server, settings: Settings
) -> tuple[Bench, io.StringIO, Terminal]:
    monkeypatch.setattr(command, "run_load", server)
    out, screen = io.StringIO(), Terminal()
    return Bench(settings, None, out, Progress(screen)), out, screen  # type: ignore[arg-type]  # not used


def test_a_clean_run(monkeypatch: pytest.MonkeyPatch) -> None:
    run, out, screen = bench(monkeypatch, Server(100), Settings(load(), 1))
    assert run.measure() is ExitCode.CLEAN
    assert out.getvalue().splitlines() == [
        "calls to sip:600@127.0.0.1",
        "calls               200 begun in 10.0 s (20.0/s), 200 answered, 0 failed",
        "answered after      p50 2.0 ms, p90 2.0 ms, p99 2.0 ms, longest 2.0 ms",
        "this side           1 process, the busiest took 10% of a core",
        "verdict             clean: nothing failed and nothing had to be sent twice",
    ]
    assert "20.0/s: 1 of 10 s" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_what_failed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    run, out, _ = bench(monkeypatch, Server(5), Settings(load(), 2))
    assert run.measure() is ExitCode.FAILING
    assert "100 times 503 Service Unavailable" in out.getvalue()
    assert "2 processes" in out.getvalue()


def test_for_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    run, out, _ = bench(monkeypatch, Server(100), Settings(load(Kind.AUDIO), 1, as_json=True))
    assert run.measure() is ExitCode.CLEAN
    (line,) = out.getvalue().splitlines()
    values = json.loads(line)
    assert values["verdict"] == "clean"
    assert (values["begun"], values["done"], values["refused"]) == (200, 200, {})
    assert values["answer"]["p50"] == pytest.approx(0.002, rel=0.02)
    assert values["audio"]["lost"] == 0


def test_a_limit_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(100)
    run, out, _ = bench(monkeypatch, server, Settings(load(), 1, finds_limit=True))
    assert run.find() is ExitCode.CLEAN
    assert out.getvalue().splitlines()[-1].startswith("highest rate that went well: 9")
    assert max(server.rates) < 200


def test_a_limit_of_our_own_is_not_blamed_on_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(1e9, slow_above=100)
    run, out, _ = bench(monkeypatch, server, Settings(load(), 1, finds_limit=True, as_json=True))
    assert run.find() is ExitCode.SATURATED
    found = json.loads(out.getvalue())
    assert found["limited_by_this_side"] is True
    assert 92 < found["highest_rate"] <= 100


def test_a_server_that_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    run, _, _ = bench(monkeypatch, Server(0), Settings(load(), 1, finds_limit=True))
    assert run.find() is ExitCode.FAILING

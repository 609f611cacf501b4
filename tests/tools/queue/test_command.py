"""switchroom queue, as it is called."""

import json
from pathlib import Path

import pytest

from switchroom.__main__ import main
from tests.tools.queue.test_recorded import LOG


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, dict[str, object]]:
    assert main(["queue", "simulate", "--json", *words]) == 0
    answer: dict[str, dict[str, object]] = json.loads(capsys.readouterr().out)
    return answer


def test_traffic_by_chance(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "--rate", "60,30", "--talk", "60", "--agents", "3")
    assert found["simulated"]["agents"] == pytest.approx(3.0)
    assert found["simulated"]["service_level_within"] == 20.0
    assert "erlang_c" not in found  # more than one rate
    found = told(capsys, "--rate", "60", "--talk", "60", "--agents", "3", "--hours", "20")
    paper, run = found["erlang_c"], found["simulated"]
    assert paper["service level %"] == pytest.approx(run["service_level"], rel=0.05)
    assert paper["occupancy %"] == pytest.approx(run["occupancy"], rel=0.1)


def test_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "simulate", "--rate", "60", "--talk", "60", "--agents", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["from", "calls", "answ."]
    assert [line.split()[0] for line in lines[1:3]] == ["00:00", "00:30"]
    assert lines[5].split()[0] == "all"
    assert lines[-1].startswith("On paper (Erlang C")


def test_a_log_once_more_and_with_other_agents(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log = tmp_path / "queue_log"
    log.write_text(LOG)
    found = told(capsys, "--replay", str(log), "--set", "wrapuptime=10")
    assert found["recorded"]["offered"] == found["simulated"]["offered"] == 4
    assert "erlang_c" not in found
    found = told(capsys, "--replay", str(log), "--agents", "9", "--strategy", "leastrecent")
    assert found["simulated"]["agents"] == pytest.approx(9.0)


def test_a_configuration(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "queues.conf").write_text(
        "[general]\nautofill=yes\n[q]\nservicelevel=10\nmember=>PJSIP/a,0,A\nmember=>PJSIP/b,1,B\n"
    )
    (tmp_path / "queueskills.conf").write_text("[member-skills]\nB=en\n")
    common = ("-C", str(tmp_path), "--rate", "10", "--talk", "10")
    found = told(capsys, *common)
    assert found["simulated"]["agents"] == pytest.approx(2.0)
    assert found["simulated"]["service_level_within"] == 10.0
    found = told(capsys, *common, "--ask", "fr=100", "--timeout", "5")
    assert found["simulated"]["answered"] == 0
    assert main(["queue", "simulate", *common, "--queue", "x"]) == 1


TOGETHER = """\
[general]
autofill=yes
[support]
servicelevel=30
member=>PJSIP/a,0,A
member=>PJSIP/b,0,B
[vip]
servicelevel=10
member=>PJSIP/a,0,A at vip
"""


def test_queues_that_share_agents(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "queues.conf").write_text(TOGETHER)
    words = (
        "-C", str(tmp_path), "--queue", "support", "--queue", "vip", "--rate", "80", "--rate",
        "vip=10,20", "--talk", "60", "--talk", "vip=120", "--hours", "2",
    )  # fmt: skip
    found = told(capsys, *words)
    assert set(found) == {"simulated", "support", "vip"}
    parts = [found["support"], found["vip"]]
    for key in ("offered", "answered"):
        assert found["simulated"][key] == sum(int(str(part[key])) for part in parts)
    assert [part["agents"] for part in (found["simulated"], *parts)] == [2.0, 2.0, 1.0]
    assert [part["service_level_within"] for part in parts] == [30.0, 10.0]
    heavy = told(capsys, *words, "--set", "vip:weight=9")["vip"]
    assert float(str(heavy["asa"])) < float(str(found["vip"]["asa"]))
    assert main(["queue", "simulate", *words]) == 0
    shown = capsys.readouterr().out
    names = [line.split()[0] for line in shown.splitlines() if line.strip()]
    assert names[names.index("all") :][:3] == ["all", "support", "vip"]
    assert "within 10 s or 30 s, as each queue says" in shown


def test_a_log_of_queues_that_share_agents(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log = tmp_path / "queue_log"
    lines = [
        "100|c1|support|NONE|ENTERQUEUE||5|1", "101|c1|support|A|CONNECT|1|x|1",
        "160|c2|vip|NONE|ENTERQUEUE||6|1", "201|c1|support|A|COMPLETEAGENT|1|100|1",
        "203|c2|vip|A|CONNECT|43|x|1", "213|c2|vip|A|ATTENDEDTRANSFER|BRIDGE|7|43|10|1",
    ]  # fmt: skip
    log.write_text("\n".join(lines))
    found = told(capsys, "--replay", str(log), "--queue", "support,vip")
    assert [found[name]["talk"] for name in ("support recorded", "vip recorded")] == [100.0, 10.0]
    # The agent of both talks until second 201, so the caller of second 160 waits, as it did.
    assert found["vip"]["asa"] == pytest.approx(42.0, abs=1.0)


@pytest.mark.parametrize(
    "words", [["--agents", "3"], ["--rate", "10"], ["--replay", "/nowhere"],
              ["--rate", "10", "--agents", "1", "--set", "strategy=best"]],
)  # fmt: skip
def test_what_cannot_be_done(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "simulate", *words]) == 1
    assert capsys.readouterr().err.startswith("switchroom: ")


def test_explain_asks_the_server(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["queue", "explain", "q", "-C", str(tmp_path)]) == 1
    assert "Unable to connect" in "".join(capsys.readouterr())

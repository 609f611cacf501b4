"""A call centre by one command: the server, its agents and its callers; prints what came of it."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from people import AgentCounts, Centre  # it stands beside this file

from switchroom.cli.client import ControlClient, NoServerError  # see above
from switchroom.media.engine.engine import Engine  # see above
from switchroom.node.logs import set_up_logging  # see above

HERE = Path(__file__).parent
START_PATIENCE = 60.0  #: seconds


def write_configuration(folder: Path, *, address: str, ami: int, secret: str) -> None:
    """Write the server's configuration, its marks filled in.

    Args:
        folder: Where to.
        address: Host and port of SIP.
        ami: Port of the manager interface.
        secret: Of everybody.
    """
    folder.mkdir(parents=True, exist_ok=True)
    marks = {"@DIR@": str(folder), "@ADDRESS@": address, "@AMI@": str(ami), "@SECRET@": secret}
    for source in sorted((HERE / "etc").glob("*.conf")):
        text = source.read_text()
        for mark, value in marks.items():
            text = text.replace(mark, value)
        (folder / source.name).write_text(text)


class SharedEngine(Engine):
    """One media engine for all phones: who closes it is only one of them."""

    async def close(self) -> None:
        """Nothing: see :meth:`end`."""

    async def end(self) -> None:
        """Close it."""
        await super().close()


async def play(centre_of: type[Centre], chosen: argparse.Namespace, secret: str) -> Centre:
    """Let everybody come, call and go."""
    engine = SharedEngine(first_port=23000, last_port=25999)
    centre = centre_of(chosen.address, secret, lambda: engine, seed=chosen.seed)
    try:
        await centre.run(agents=chosen.agents, calls=chosen.calls, rate=chosen.rate)
    finally:
        await engine.end()
    return centre


def _wait_until_up(folder: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with ControlClient(folder / "run" / "asterisk.ctl") as client:
                "".join(client.run("core waitfullybooted"))
                return
        except NoServerError:
            time.sleep(0.1)
    raise SystemExit("the server does not start")


def _ask(folder: Path, command: str) -> str:
    with ControlClient(folder / "run" / "asterisk.ctl") as client:
        return "".join(client.run(command))


def report(centre: Centre) -> str:
    """What the people saw."""
    outcomes = Counter(caller.outcome for caller in centre.callers)
    lines = [", ".join(f"{count} {what}" for what, count in outcomes.most_common())]

    def line(name: str, seen: AgentCounts) -> str:
        missed = f", let {seen.missed} ring" if seen.missed else ""
        return f"  {name}: {seen.answered} calls{missed}"

    return "\n".join([*lines, *(line(*each) for each in centre.agents.items())]) + "\n"


def main() -> int:
    """Run it until all have called, or until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where the server keeps its files")
    parser.add_argument("--address", default="127.0.0.1:5070", help="of SIP")
    parser.add_argument("--ami", type=int, default=5039, help="port of the manager interface")
    parser.add_argument("--agents", type=int, default=20, help="of a hundred seats (default: 20)")
    parser.add_argument("--calls", type=int, default=200, help="default: 200")
    parser.add_argument("--rate", type=float, default=3.3, help="calls a second (default: 3.3)")
    parser.add_argument("--seed", type=int, default=1, help="of chance")
    chosen = parser.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="call-centre-"))
    secret = secrets.token_urlsafe(12)
    write_configuration(folder, address=chosen.address, ami=chosen.ami, secret=secret)
    server = subprocess.Popen([sys.executable, "-m", "switchroom", "run", "-C", str(folder)])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        set_up_logging(0, sip_trace=False)
        _wait_until_up(folder, server)
        sys.stdout.write(
            f"{chosen.agents} agents and {chosen.calls} callers; the server runs in {folder}\n"
        )
        centre = asyncio.run(play(Centre, chosen, secret))
        sys.stdout.write(report(centre) + _ask(folder, "queue show sales"))
        sys.stdout.write(f"\nThe queue log: {folder}/log/queue_log\n")
    finally:
        server.terminate()
        server.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())

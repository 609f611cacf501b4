"""A menu over ARI: 1 says your number, 2 records you and plays it back, 0 calls the operator.

One WebSocket does it all: events come over it, and requests go over it (REST over WebSocket).
Needs nothing but `pip install websockets`. Start it with the address of your node:

    python ivr.py ws://127.0.0.1:8088 ivr:secret PJSIP/operator
"""

import itertools
import json
import sys
import urllib.parse
from typing import Any

from websockets.sync.client import ClientConnection, connect

Event = dict[str, Any]


class Ivr:
    """Steers all calls that come to Stasis(ivr)."""

    def __init__(self, socket: ClientConnection, operator: str) -> None:
        self.socket = socket
        self.operator = operator
        self.numbers = itertools.count(1)
        self.bridges: dict[str, str] = {}  # id of a channel: of the bridge that it is in
        self.peers: dict[str, str] = {}  # id of a channel: of the one it talks with

    def ask(self, method: str, path: str, **query: object) -> None:
        """Send a request; its answer comes among the events."""
        number = str(next(self.numbers))
        uri = f"{path}?{urllib.parse.urlencode(query)}"
        self.socket.send(
            json.dumps(
                {
                    "type": "RESTRequest",
                    "transaction_id": number,
                    "request_id": number,
                    "method": method,
                    "uri": uri,
                }
            )
        )

    def play(self, channel: str, *media: str) -> None:
        """Let a caller hear something."""
        self.ask("POST", f"channels/{channel}/play", media=",".join(media))

    def run(self) -> None:
        """Do what each event asks for, until the connection ends."""
        for text in self.socket:
            event = json.loads(text)
            react = getattr(self, f"on_{event['type']}", None)
            if react is not None:
                react(event)

    def on_RESTResponse(self, event: Event) -> None:  # noqa: N802  # named by the event
        """A request was answered."""
        if event["status_code"] >= 400:
            print("refused:", event["uri"], event.get("message_body", ""), flush=True)

    def on_StasisStart(self, event: Event) -> None:  # noqa: N802  # named by the event
        """A call comes, or the operator has answered."""
        channel = event["channel"]["id"]
        if event["args"][:1] == ["operator"]:  # the operator has answered
            caller = event["args"][1]
            bridge = f"talk-{caller}"
            self.ask("POST", f"bridges/{bridge}", type="mixing")
            self.ask("POST", f"bridges/{bridge}/addChannel", channel=f"{caller},{channel}")
            self.peers |= {caller: channel, channel: caller}
            self.bridges[caller] = self.bridges[channel] = bridge
            print("connected", flush=True)
        else:
            print("call", event["channel"]["caller"]["number"], flush=True)
            self.ask("POST", f"channels/{channel}/answer")
            self.play(channel, "sound:silence/1", "sound:vm-press", "digits:1", "digits:2")

    def on_ChannelDtmfReceived(self, event: Event) -> None:  # noqa: N802  # named by the event
        """A caller pressed a key."""
        channel, key = event["channel"], event["digit"]
        if channel["id"] in self.peers:
            return  # they talk
        print("key", key, flush=True)
        if key == "1":
            self.play(channel["id"], f"digits:{channel['caller']['number'] or 0}")
        elif key == "2":
            name = f"ivr-{channel['id']}"
            self.ask(
                "POST",
                f"channels/{channel['id']}/record",
                name=name,
                format="wav",
                maxDurationSeconds=10,
                beep="true",
                terminateOn="#",
                ifExists="overwrite",
            )
            self.play(channel["id"], f"recording:{name}")
        elif key == "0":
            self.ask(
                "POST",
                "channels",
                endpoint=self.operator,
                app="ivr",
                appArgs=f"operator,{channel['id']}",
                originator=channel["id"],
            )
        else:
            self.play(channel["id"], "sound:pbx-invalid")

    def on_RecordingFinished(self, event: Event) -> None:  # noqa: N802  # named by the event
        """A recording is there."""
        print("recorded", event["recording"]["duration"], flush=True)

    def on_PlaybackFinished(self, event: Event) -> None:  # noqa: N802  # named by the event
        """Something was played."""
        print("played", event["playback"]["media_uri"].partition(":")[0], flush=True)

    def on_StasisEnd(self, event: Event) -> None:  # noqa: N802  # named by the event
        """A call is over: so is that of whom it talked with."""
        channel = event["channel"]["id"]
        peer = self.peers.pop(channel, None)
        if peer is not None:
            self.peers.pop(peer, None)
            self.ask("DELETE", f"bridges/{self.bridges.pop(channel)}")
            self.bridges.pop(peer, None)
            self.ask("DELETE", f"channels/{peer}")
            print("parted", flush=True)


def main() -> None:
    """Serve until the node ends."""
    node, user, operator = sys.argv[1:4]
    query = urllib.parse.urlencode({"app": "ivr", "api_key": user})
    with connect(f"{node}/ari/events?{query}", subprotocols=["ari"]) as socket:
        print("connected to the node", flush=True)
        Ivr(socket, operator).run()


if __name__ == "__main__":
    main()

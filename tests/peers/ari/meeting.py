"""An application with asyncari: who calls hears a digit, then Bob is called, and both talk and are recorded.

In a process of its own, since the library leaves streams unclosed; prints what happens.
"""

import sys

import anyio
import asyncari


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def main(url: str) -> None:
    async with asyncari.connect(url, "meeting", "boss", "top") as client:
        bridge = await client.bridges.create(type="mixing")
        caller = called = ""
        say("connected")
        async for event in client:
            say(event.type)
            if event.type == "StasisStart" and event.args == ["caller"]:
                caller = event.channel.id
                await client.channels.answer(channelId=caller)
                await client.channels.play(channelId=caller, media="digits:1")
            elif event.type == "PlaybackFinished":
                await client.channels.originate(
                    endpoint="PJSIP/bob", app="meeting", appArgs="called", originator=caller
                )
            elif event.type == "StasisStart":
                called = event.channel.id
                both = f"{caller},{called}"
                await client.bridges.addChannel(bridgeId=bridge.id, channel=both)
                await client.bridges.record(bridgeId=bridge.id, name="talk", format="wav")
            elif event.type == "ChannelDestroyed":
                break
        await client.channels.hangup(channelId=called)
        await client.bridges.destroy(bridgeId=bridge.id)
        with anyio.fail_after(20):
            while not await client.recordings.listStored():
                await anyio.sleep(0.05)
        say("recorded")


if __name__ == "__main__":
    anyio.run(main, sys.argv[1])

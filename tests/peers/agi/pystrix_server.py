"""A FastAGI server on pystrix, as its users write them."""

import sys

import pystrix


def weather(agi, args, kwargs, match, path):  # type: ignore[no-untyped-def]
    """Answer where ``/weather?city=…`` is asked for."""
    agi.execute(pystrix.agi.core.Answer())
    agi.execute(pystrix.agi.core.SetVariable("CITY", kwargs["city"][0]))
    state = agi.execute(pystrix.agi.core.ChannelStatus())
    agi.execute(pystrix.agi.core.SetVariable("STATE", str(state)))
    agi.execute(pystrix.agi.core.StreamFile("silence/1", escape_digits=("1",)))


server = pystrix.agi.FastAGIServer(interface="127.0.0.1", port=int(sys.argv[1]))
server.register_script_handler("weather", weather)
sys.stdout.write("up\n")
sys.stdout.flush()
server.serve_forever()

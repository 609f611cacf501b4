"""SendURL(), SendImage(): of dialplans of before 19; no technology here shows pages or images.

Family: Text messages
"""

from __future__ import annotations

from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel


@application("SendURL")
def send_url(channel: Channel, url: str, option: str = "") -> None:
    """Show a page to the caller's phone; no technology here can, and the dialplan is told so.

    Args:
        channel: The channel.
        url: The page.
        option: ``w`` to wait until it is shown; of no effect.

    Variables:
        SENDURLSTATUS: UNSUPPORTED.

    Examples:
        SendURL(http://www.example.com/menu)
    """
    channel.set_variable("SENDURLSTATUS", "UNSUPPORTED")


@application("SendImage")
def send_image(channel: Channel, filename: str) -> None:
    """Show an image to the caller's phone; no technology here can, and the dialplan is told so.

    Args:
        channel: The channel.
        filename: The image.

    Variables:
        SENDIMAGESTATUS: UNSUPPORTED.

    Examples:
        SendImage(logo)
    """
    channel.set_variable("SENDIMAGESTATUS", "UNSUPPORTED")

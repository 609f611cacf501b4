"""FEATURE, FEATUREMAP, HOLD_INTERCEPT: how one channel's party transfers, records and holds.

Family: Channels and calls
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.config.features import code_of, option_text, with_code, with_option
from switchroom.config.language.values import is_true
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.features import ChannelFeatures, features_for

INHERIT = "inherit"


@function("FEATURE")
def feature(channel: Channel, option: str) -> str:
    """An option of ``features.conf`` as it counts for this channel.

    Options: ``featuredigittimeout`` (milliseconds), ``transferdigittimeout``,
    ``atxfernoanswertimeout``, ``atxferdropcall``, ``atxferloopdelay``, ``atxfercallbackretries``,
    ``xfersound``, ``xferfailsound``, ``atxferabort``, ``atxfercomplete``, ``atxferthreeway``,
    ``atxferswap``, ``pickupexten``, ``pickupsound``, ``pickupfailsound``, ``courtesytone``,
    ``recordingfailsound``, ``transferdialattempts``, ``transferretrysound``,
    ``transferinvalidsound``, ``transferannouncesound``; and ``inherit``: channels that this one
    dials have the same.

    Args:
        channel: The channel.
        option: Which one.

    Examples:
        Set(FEATURE(inherit)=yes)
        Set(FEATURE(featuredigittimeout)=2500)
        NoOp(${FEATURE(featuredigittimeout)})  ; => 2500
    """
    if option.strip().lower() == INHERIT:
        return "yes" if channel.datastore(ChannelFeatures).are_inherited else "no"
    found = option_text(features_for(channel), option)
    if found is None:
        raise DialplanError(f"FEATURE: there is no option {option!r}")
    return found


@function("FEATURE", write=True)
def set_feature(channel: Channel, value: str, option: str) -> None:
    """Set an option of ``features.conf`` for this channel, from its next conversation on.

    Args:
        channel: The channel.
        value: What it becomes.
        option: Which one.
    """
    own = channel.datastore(ChannelFeatures)
    if option.strip().lower() == INHERIT:
        own.are_inherited = is_true(value)
        return
    changed = with_option(features_for(channel), option, value)
    if changed is None:
        raise DialplanError(f"FEATURE: there is no option {option!r}")
    own.settings = changed


@function("FEATUREMAP")
def feature_map(channel: Channel, feature_name: str) -> str:
    """The code of a feature for this channel.

    Args:
        channel: The channel.
        feature_name: ``blindxfer``, ``atxfer``, ``disconnect``, ``parkcall``, ``automixmon`` or
            ``automon``.

    Examples:
        Set(FEATUREMAP(blindxfer)=##)
        NoOp(${FEATUREMAP(blindxfer)})  ; => ##
    """
    found = code_of(features_for(channel), feature_name)
    if found is None:
        raise DialplanError(f"FEATUREMAP: there is no feature {feature_name!r}")
    return found


@function("FEATUREMAP", write=True)
def set_feature_map(channel: Channel, value: str, feature_name: str) -> None:
    """Set the code of a feature for this channel, from its next conversation on.

    Args:
        channel: The channel.
        value: The code.
        feature_name: Of which feature.
    """
    changed = with_code(features_for(channel), feature_name, value)
    if changed is None:
        raise DialplanError(f"FEATUREMAP: there is no feature {feature_name!r}")
    channel.datastore(ChannelFeatures).settings = changed


@function("HOLD_INTERCEPT", write=True)
def set_hold_intercept(channel: Channel, value: str, action: str) -> None:
    """Let nobody hear music when this channel's phone puts the call on hold; it is told only.

    Args:
        channel: The channel.
        value: Not looked at.
        action: ``set`` or ``remove``.

    Examples:
        Set(HOLD_INTERCEPT(set)=)
        Dial(PJSIP/100)
    """
    match action.strip().lower():
        case "set":
            channel.datastore(ChannelSettings).intercepts_hold = True
        case "remove":
            channel.datastore(ChannelSettings).intercepts_hold = False
        case _:
            raise DialplanError(f"HOLD_INTERCEPT: {action!r} is neither set nor remove")

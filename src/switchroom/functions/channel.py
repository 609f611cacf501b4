"""CHANNEL: what a channel is and how it is set.

Family: Channels and calls
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.config.office_options import parse_group_names, parse_groups
from switchroom.dialplan.hangup_handlers import HangupHandlers
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import AmaFlag, ChannelSettings
from switchroom.pbx.signal_tones import Indications
from switchroom.pbx.technology import HasAudioFormat, HasChannelItems, HasVideoFormat, KnowsHold
from switchroom.pbx.telling import set_account

_CAPABILITIES = frozenset(
    {"SPEECH", "DIGITAL", "RESTRICTED_DIGITAL", "3K1AUDIO", "DIGITAL_W_TONES", "VIDEO"}
)

#: Items that are texts of :class:`ChannelSettings`, to be read and written as they are.
_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "userfield": "user_field", "peeraccount": "peer_account", "tenantid": "tenant_id",
        "musicclass": "music_class", "parkinglot": "parking_lot",
        "hangupsource": "hangup_source", "dtmf_features": "dtmf_features",
        "after_bridge_goto": "after_bridge",
    }
)  # fmt: skip


def _settings(channel: Channel) -> ChannelSettings:
    return channel.datastore(ChannelSettings)


def _audio_format(channel: Channel) -> str:
    driver = channel.driver
    return driver.audio_format if isinstance(driver, HasAudioFormat) else "slin"


def _video_format(channel: Channel) -> str:
    driver = channel.driver
    found = driver.video_format if isinstance(driver, HasVideoFormat) else ""
    return f"({found or 'nothing'})"


def _is_held(channel: Channel) -> bool:
    driver = channel.driver
    return isinstance(driver, KnowsHold) and driver.is_held


def _groups_text(groups: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(groups)))


_READ: Mapping[str, Callable[[Channel], str]] = MappingProxyType(
    {
        "name": lambda channel: channel.name,
        "channame": lambda channel: channel.name,
        "channeltype": lambda channel: channel.name.partition("/")[0],
        "state": lambda channel: channel.state.text,
        "context": lambda channel: channel.context,
        "exten": lambda channel: channel.extension,
        "priority": lambda channel: str(channel.priority),
        "uniqueid": lambda channel: channel.unique_id,
        "linkedid": lambda channel: channel.linked_id,
        "language": lambda channel: channel.language,
        "accountcode": lambda channel: channel.account_code,
        "appname": lambda channel: channel.application,
        "appdata": lambda channel: channel.data,
        "checkhangup": lambda channel: str(int(channel.is_hung_up)),
        "onhold": lambda channel: str(int(_is_held(channel))),
        "audioreadformat": _audio_format,
        "audiowriteformat": _audio_format,
        "audionativeformat": lambda channel: f"({_audio_format(channel)})",
        "videonativeformat": _video_format,
        "amaflags": lambda channel: str(int(_settings(channel).ama_flag)),
        "tonezone": lambda channel: _settings(channel).tone_zone,
        "transfercapability": lambda channel: _settings(channel).transfer_capability,
        "max_forwards": lambda channel: str(_settings(channel).max_forwards),
        "callgroup": lambda channel: _groups_text(_settings(channel).call_groups),
        "pickupgroup": lambda channel: _groups_text(_settings(channel).pickup_groups),
        "namedcallgroup": lambda channel: ",".join(_settings(channel).named_call_groups),
        "namedpickupgroup": lambda channel: ",".join(_settings(channel).named_pickup_groups),
    }
)


@function("CHANNEL")
def read_channel(channel: Channel, item: str, further: Rest = "") -> str:
    """Something about this channel.

    Items: ``name``, ``channeltype``, ``state``, ``context``, ``exten``, ``uniqueid``, ``linkedid``,
    ``language``, ``accountcode``, ``peeraccount``, ``userfield``, ``amaflags``, ``musicclass``,
    ``parkinglot``, ``tonezone``, ``tenantid``, ``callgroup``, ``pickupgroup``, ``namedcallgroup``,
    ``namedpickupgroup``, ``hangupsource``, ``max_forwards``, ``transfercapability``, ``appname``,
    ``appdata``, ``checkhangup``, ``onhold``, ``dtmf_features``,
    ``after_bridge_goto`` (``context,extension,priority``), ``audioreadformat``,
    ``audiowriteformat``, ``audionativeformat``, ``videonativeformat``. Of a SIP call also
    ``rtp,src``, ``rtp,dest``, ``rtp,secure``, ``rtp,hold``, and ``rtcp,all``, ``rtcp,all_jitter``,
    ``rtcp,all_loss``, ``rtcp,all_rtt``, ``rtcp,all_mes`` or one figure of them: ``rtcp,rxjitter``;
    ``endpoint``, ``pjsip,call-id``, ``pjsip,local_tag``, ``pjsip,remote_tag``, ``pjsip,secure``,
    ``pjsip,local_addr``, ``pjsip,remote_addr``, ``pjsip,t38state``.

    Args:
        channel: The channel.
        item: Which item.
        further: What an item of the channel's technology needs.

    Examples:
        Set(CHANNEL(language)=de)
        NoOp(${CHANNEL(language)} ${CHANNEL(state)})  ; => de Ring
        Set(CHANNEL(musicclass)=jazz)

        exten => s,1,Set(CHANNEL(hangup_handler_push)=goodbye,1)
         same => n,Dial(PJSIP/100,20)
        exten => goodbye,1,NoOp(over after ${CDR(billsec)} seconds)
         same => n,Return()
    """
    name = item.strip().lower()
    if name in _TEXTS:
        return str(getattr(_settings(channel), _TEXTS[name]))
    read = _READ.get(name)
    if read is not None:
        return read(channel)
    driver = channel.driver
    found = driver.channel_item(name, further) if isinstance(driver, HasChannelItems) else None
    if found is None:
        raise DialplanError(f"CHANNEL: there is no {item!r} of {channel.name}")
    return found


def _set_ama_flag(channel: Channel, value: str) -> None:
    word = value.strip().upper()
    number = leading_int(word)
    try:
        flag = AmaFlag[word] if number is None else AmaFlag(number)
    except (KeyError, ValueError):
        flag = AmaFlag.DOCUMENTATION
    _settings(channel).ama_flag = flag


def _set_transfer_capability(channel: Channel, value: str) -> None:
    if value.upper() not in _CAPABILITIES:
        raise DialplanError(f"CHANNEL(transfercapability): {value!r} is none")
    _settings(channel).transfer_capability = value.upper()


def _set_tone_zone(channel: Channel, value: str) -> None:
    zone = channel.pbx.datastore(Indications).config.zone(value.strip())
    if zone is None:
        raise DialplanError(f"CHANNEL(tonezone): indications.conf has no zone {value!r}")
    _settings(channel).tone_zone = zone.name


def _wipe_handlers(channel: Channel, value: str) -> None:
    handlers = channel.datastore(HangupHandlers)
    handlers.routines.clear()
    handlers.push(channel, value)


def _pop_handler(channel: Channel, value: str) -> None:
    handlers = channel.datastore(HangupHandlers)
    handlers.pop(channel)
    handlers.push(channel, value)


def _set(name: str, parse: Callable[[str], object]) -> Callable[[Channel, str], None]:
    return lambda channel, value: setattr(_settings(channel), name, parse(value))


_WRITE: Mapping[str, Callable[[Channel, str], None]] = MappingProxyType(
    {
        "language": lambda channel, value: setattr(channel, "language", value),
        "accountcode": set_account,
        "amaflags": _set_ama_flag,
        "tonezone": _set_tone_zone,
        "transfercapability": _set_transfer_capability,
        "max_forwards": _set("max_forwards", lambda value: max(0, leading_int(value) or 0)),
        "callgroup": _set("call_groups", parse_groups),
        "pickupgroup": _set("pickup_groups", parse_groups),
        "namedcallgroup": _set("named_call_groups", parse_group_names),
        "namedpickupgroup": _set("named_pickup_groups", parse_group_names),
        "hangup_handler_push": lambda c, value: c.datastore(HangupHandlers).push(c, value),
        "hangup_handler_pop": _pop_handler,
        "hangup_handler_wipe": _wipe_handlers,
    }
)


@function("CHANNEL", write=True)
def write_channel(channel: Channel, value: str, item: str, further: Rest = "") -> None:
    """Set something on this channel.

    Besides items that can be read: ``hangup_handler_push``, ``hangup_handler_pop`` and
    ``hangup_handler_wipe`` take ``context,extension,priority[(arguments)]``, a routine that runs
    when the call has ended.

    Args:
        channel: The channel.
        value: What it becomes.
        item: Which item.
        further: What an item of the channel's technology needs.
    """
    name = item.strip().lower()
    if name in _TEXTS:
        setattr(_settings(channel), _TEXTS[name], value)
        return
    write = _WRITE.get(name)
    if write is None:
        raise DialplanError(f"CHANNEL: {item!r} of {channel.name} cannot be set")
    write(channel, value)

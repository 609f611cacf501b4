"""Signal tones of the countries that have no section in ``indications.conf``.

Frequencies and cadences as the administrations told them to the ITU (Recommendation E.180, tables
of national tones), in the syntax of ``indications.conf``. ``info`` is the special information tone
of E.180 §5, three rising tones, where a country has none of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_INFO = "!950/330,!1400/330,!1800/330,0/1000"


def _country(  # noqa: PLR0913  # the tones of a country, each by its name
    description: str,
    *,
    dial: str,
    busy: str,
    ring: str,
    congestion: str,
    callwaiting: str,
    record: str = "1400/500,0/15000",
    info: str = _INFO,
    stutter: str = "",
    dialrecall: str = "",
) -> Mapping[str, str]:
    # What tells that there is a message is the dial tone, interrupted first.
    interrupted = ",".join(f"!{dial.partition('/')[0]}/100,!0/100" for _ in range(6))
    broken = f"{interrupted},{dial}"
    return MappingProxyType(
        {
            "description": description,
            "dial": dial,
            "busy": busy,
            "ring": ring,
            "congestion": congestion,
            "callwaiting": callwaiting,
            "dialrecall": dialrecall or broken,
            "record": record,
            "info": info,
            "stutter": stutter or broken,
        }
    )


_EUROPE = "425/1000,0/4000"  #: the ringing tone that most of the continent has

#: By ISO 3166 code in lower case.
COUNTRY_TONES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "at": _country(
            "Austria", dial="420", busy="420/400,0/400", ring="420/1000,0/5000",
            congestion="420/200,0/200", callwaiting="420/40,0/1960", record="1400/80,0/14920",
        ),
        "au": _country(
            "Australia", dial="413+438", busy="425/375,0/375",
            ring="413+438/400,0/200,413+438/400,0/2000", congestion="425/375,0/375,420/375,0/375",
            callwaiting="425/200,0/200,425/200,0/4400", record="!425/1000,!0/15000,425/360,0/15000",
            info="425/2500,0/500",
        ),
        "be": _country(
            "Belgium", dial="425", busy="425/500,0/500", ring="425/1000,0/3000",
            congestion="425/167,0/167", callwaiting="1400/175,0/175,1400/175,0/3500",
            info="900/330,1400/330,1800/330,0/1000",
        ),
        "bg": _country(
            "Bulgaria", dial="425", busy="425/500,0/500", ring=_EUROPE,
            congestion="425/250,0/250", callwaiting="425/150,0/150,425/150,0/4000",
        ),
        "br": _country(
            "Brazil", dial="425", busy="425/250,0/250", ring=_EUROPE,
            congestion="425/250,0/250,425/750,0/250", callwaiting="425/50,0/1000",
            record="425/250,0/250", info="425/250,0/250,425/250,0/250",
        ),
        "ca": _country(
            "Canada", dial="350+440", busy="480+620/500,0/500", ring="440+480/2000,0/4000",
            congestion="480+620/250,0/250", callwaiting="440/300,0/10000",
        ),
        "ch": _country(
            "Switzerland", dial="425", busy="425/500,0/500", ring=_EUROPE,
            congestion="425/200,0/200", callwaiting="425/200,0/200,425/200,0/4000",
            record="1400/80,0/15000", dialrecall="425/1100,340/1100",
        ),
        "cl": _country(
            "Chile", dial="400", busy="400/500,0/500", ring="400/1000,0/3000",
            congestion="400/200,0/200", callwaiting="400/250,0/8750",
        ),
        "cn": _country(
            "China", dial="450", busy="450/350,0/350", ring="450/1000,0/4000",
            congestion="450/700,0/700", callwaiting="450/400,0/4000", record="950/400,0/10000",
            info="450/100,0/100,450/100,0/100,450/100,0/100,450/400,0/400", dialrecall="450",
        ),
        "cz": _country(
            "Czech Republic", dial="425/330,0/330,425/660,0/660", busy="425/330,0/330",
            ring=_EUROPE, congestion="425/165,0/165", callwaiting="425/330,0/9000",
            record="1400/500,0/14000", stutter="425/450,0/50",
        ),
        "de": _country(
            "Germany", dial="425", busy="425/480,0/480", ring=_EUROPE,
            congestion="425/240,0/240", callwaiting="!425/200,!0/200,!425/200,!0/5000,!425/200",
            record="1400/80,0/15000", dialrecall="425+400",
        ),
        "dk": _country(
            "Denmark", dial="425", busy="425/500,0/500", ring=_EUROPE,
            congestion="425/200,0/200", callwaiting="425/200,0/600,425/200,0/3000",
            record="1400/80,0/15000",
        ),
        "ee": _country(
            "Estonia", dial="425", busy="425/300,0/300", ring=_EUROPE,
            congestion="425/200,0/200", callwaiting="950/650,0/325,950/325,0/30,1400/1300,0/2600",
            record="1400/500,0/15000", info="950/650,0/325,950/325,0/30,1400/1300,0/2600",
        ),
        "es": _country(
            "Spain", dial="425", busy="425/200,0/200", ring="425/1500,0/3000",
            congestion="425/200,0/200,425/200,0/200,425/200,0/600",
            callwaiting="425/175,0/175,425/175,0/3500",
        ),
        "fi": _country(
            "Finland", dial="425", busy="425/300,0/300", ring=_EUROPE,
            congestion="425/200,0/200", callwaiting="425/150,0/150,425/150,0/8000",
            dialrecall="425/650,0/25",
        ),
        "fr": _country(
            "France", dial="440", busy="440/500,0/500", ring="440/1500,0/3500",
            congestion="440/250,0/250", callwaiting="440/300,0/10000",
        ),
        "gr": _country(
            "Greece", dial="425/200,0/300,425/700,0/800", busy="425/300,0/300",
            ring="425/1000,0/4000", congestion="425/200,0/200",
            callwaiting="425/150,0/150,425/150,0/8000", record="1400/400,0/15000",
            info="!950/330,!1400/330,!1800/330,!0/1000,!950/330,!1400/330,!1800/330,0/1000",
            dialrecall="425/650,0/25",
        ),
        "hu": _country(
            "Hungary", dial="425", busy="425/300,0/300", ring="425/1250,0/3750",
            congestion="425/300,0/300", callwaiting="425/40,0/1960", record="1400/400,0/15000",
            dialrecall="425+450", stutter="350+375+400",
        ),
        "ie": _country(
            "Ireland", dial="425", busy="425/500,0/500",
            ring="400+450/400,0/200,400+450/400,0/2000",
            congestion="425/500,0/500", callwaiting="425/180,0/200,425/200,0/4500",
        ),
        "il": _country(
            "Israel", dial="414", busy="414/500,0/500", ring="414/1000,0/3000",
            congestion="414/250,0/250", callwaiting="414/100,0/100,414/100,0/600,414/100,0/5000",
            info="1000/330,1400/330,1800/330,0/1000",
        ),
        "in": _country(
            "India", dial="400*25", busy="400/750,0/750", ring="400*25/400,0/200,400*25/400,0/2000",
            congestion="400/250,0/250", callwaiting="400/200,0/100,400/200,0/7500",
            info="!950/330,!1400/330,!1800/330,0/1000",
        ),
        "it": _country(
            "Italy", dial="425/200,0/200,425/600,0/1000", busy="425/500,0/500",
            ring=_EUROPE, congestion="425/200,0/200",
            callwaiting="425/400,0/100,425/250,0/100,425/150,0/14000",
            record="1400/400,0/15000", dialrecall="470/400,425/400",
        ),
        "jp": _country(
            "Japan", dial="400", busy="400/500,0/500", ring="400*16/1000,0/2000",
            congestion="400/500,0/500", callwaiting="400*16/500,0/8000", record="1400/500,0/15000",
        ),
        "lt": _country(
            "Lithuania", dial="425", busy="425/350,0/350", ring=_EUROPE,
            congestion="425/200,0/200", callwaiting="425/150,0/150,425/150,0/4000",
        ),
        "mx": _country(
            "Mexico", dial="425", busy="425/250,0/250", ring=_EUROPE,
            congestion="425/250,0/250", callwaiting="425/200,0/600,425/200,0/10000",
        ),
        "my": _country(
            "Malaysia", dial="425", busy="425/500,0/500", ring="425/400,0/200,425/400,0/2000",
            congestion="425/500,0/500", callwaiting="425/100,0/4000",
        ),
        "nl": _country(
            "Netherlands", dial="425", busy="425/500,0/500", ring=_EUROPE,
            congestion="425/250,0/250", callwaiting="425/500,0/9500",
            info="950/330,1400/330,1800/330,0/1000", dialrecall="425/500,0/50",
            stutter="425/500,0/50",
        ),
        "no": _country(
            "Norway", dial="425", busy="425/500,0/500", ring=_EUROPE,
            congestion="425/200,0/200", callwaiting="425/200,0/600,425/200,0/10000",
            record="1400/400,0/15000", dialrecall="470/400,425/400", stutter="470/400,425/400",
        ),
        "nz": _country(
            "New Zealand", dial="400", busy="400/500,0/500",
            ring="400+450/400,0/200,400+450/400,0/2000", congestion="400/375,0/375",
            callwaiting="!400/200,!0/3000,!400/200,!0/3000,!400/200,!0/3000,!400/200",
            record="1400/425,0/15000",
            info="400/750,0/100,400/750,0/100,400/750,0/100,400/750,0/400",
        ),
        "pl": _country(
            "Poland", dial="425", busy="425/500,0/500", ring="425/1000,0/4000",
            congestion="425/500,0/500", callwaiting="425/150,0/150,425/150,0/4000",
        ),
        "pt": _country(
            "Portugal", dial="425", busy="425/500,0/500", ring="425/1000,0/5000",
            congestion="425/200,0/200", callwaiting="425/200,0/200,425/200,0/5000",
            dialrecall="425/1000,0/200",
        ),
        "ru": _country(
            "Russian Federation", dial="425", busy="425/350,0/350", ring="425/1000,0/4000",
            congestion="425/175,0/175", callwaiting="425/200,0/5000",
            record="1400/400,0/15000", dialrecall="425/400,0/40",
        ),
        "se": _country(
            "Sweden", dial="425", busy="425/250,0/250", ring="425/1000,0/5000",
            congestion="425/250,0/750", callwaiting="425/200,0/500,425/200,0/9100",
            info="950/332,0/24,1400/332,0/24,1800/332,0/2024",
            stutter="425/320,0/20",
        ),
        "sg": _country(
            "Singapore", dial="425", busy="425/750,0/750",
            ring="425*24/400,0/200,425*24/400,0/2000",
            congestion="425/250,0/250", callwaiting="425*24/300,0/200,425*24/300,0/3200",
        ),
        "th": _country(
            "Thailand", dial="400*50", busy="400/500,0/500", ring="400*20/1000,0/4000",
            congestion="400/300,0/300", callwaiting="1000/400,0/400",
        ),
        "tw": _country(
            "Taiwan", dial="350+440", busy="480+620/500,0/500", ring="440+480/1000,0/2000",
            congestion="480+620/250,0/250", callwaiting="350+440/250,0/250,350+440/250,0/3250",
            dialrecall="300/1500,0/500",
        ),
        "uk": _country(
            "United Kingdom", dial="350+440", busy="400/375,0/375",
            ring="400+450/400,0/200,400+450/400,0/2000",
            congestion="400/400,0/350,400/225,0/525", callwaiting="400/100,0/4000",
            info="950/330,0/15,1400/330,0/15,1800/330,0/1000",
            stutter="350+440/750,440/750",
        ),
        "us": _country(
            "United States / North America", dial="350+440", busy="480+620/500,0/500",
            ring="440+480/2000,0/4000", congestion="480+620/250,0/250",
            callwaiting="440/300,0/10000",
        ),
        "ve": _country(
            "Venezuela", dial="425", busy="425/500,0/500", ring="425/1000,0/4000",
            congestion="425/250,0/250", callwaiting="400+450/300,0/6000",
            info="!950/330,!1440/330,!1800/330,0/1000",
        ),
        "za": _country(
            "South Africa", dial="400*33", busy="400/500,0/500",
            ring="400*33/400,0/200,400*33/400,0/2000", congestion="400/250,0/250",
            callwaiting="400*33/250,0/250,400*33/250,0/250,400*33/250,0/250,400*33/250,0/250",
            record="1400/500,0/10000", stutter="400*33/500,0/500",
        ),
    }
)  # fmt: skip

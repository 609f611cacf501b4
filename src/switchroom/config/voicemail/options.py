"""Which options stand in ``voicemail.conf``, in ``[general]`` and behind a mailbox."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from switchroom.config.language.options import Kind, Option

_FLAG, _NUMBER, _TEXT = Kind.FLAG, Kind.NUMBER, Kind.TEXT

#: Of a mailbox; in ``[general]`` they are the defaults of all mailboxes.
BOX_OPTIONS: Mapping[str, Option] = MappingProxyType(
    {
        "attach": Option(_FLAG, "yes", honoured=True),
        "attachfmt": Option(_TEXT, "", honoured=True),
        "serveremail": Option(_TEXT, "asterisk", honoured=True),
        "fromstring": Option(_TEXT, "", honoured=True),
        "emailsubject": Option(_TEXT, "", honoured=True),
        "emailbody": Option(_TEXT, "", honoured=True),
        "language": Option(_TEXT, "", honoured=True),
        "tz": Option(_TEXT, "", honoured=True),
        "locale": Option(_TEXT, "", honoured=True),
        "delete": Option(_FLAG, "no", honoured=True),
        "saycid": Option(_FLAG, "no", honoured=True),
        "sendvoicemail": Option(_FLAG, "no", honoured=True),
        "review": Option(_FLAG, "no", honoured=True),
        "leaveurgent": Option(_FLAG, "yes", honoured=True),
        "tempgreetwarn": Option(_FLAG, "yes", honoured=True),
        "messagewrap": Option(_FLAG, "no", honoured=True),
        "operator": Option(_FLAG, "no", honoured=True),
        "envelope": Option(_FLAG, "yes", honoured=True),
        "moveheard": Option(_FLAG, "yes", honoured=True),
        "sayduration": Option(_FLAG, "yes", honoured=True),
        "saydurationm": Option(_NUMBER, "2", honoured=True),
        "forcename": Option(_FLAG, "no", honoured=True),
        "forcegreetings": Option(_FLAG, "no", honoured=True),
        "callback": Option(_TEXT, "", honoured=True),
        "dialout": Option(_TEXT, "", honoured=True),
        "exitcontext": Option(_TEXT, "", honoured=True),
        "minsecs": Option(_NUMBER, "0", honoured=True),
        "maxsecs": Option(_NUMBER, "0", honoured=True),
        "maxmsg": Option(_NUMBER, "100", honoured=True),
        "nextaftercmd": Option(_FLAG, "no", honoured=True),
        "backupdeleted": Option(_TEXT, "0", honoured=True),
        "volgain": Option(_TEXT, "0.0", honoured=True),
        "passwordlocation": Option(_TEXT, "voicemail.conf", honoured=True),
        "hidefromdir": Option(_FLAG, "no", honoured=True),
        "alias": Option(_TEXT, "", honoured=True),
        "attachextrecs": Option(_FLAG, "no"),
        **{
            name: Option(_TEXT, "")
            for name in (
                "imapuser", "imapserver", "imapport", "imapflags", "imappassword", "imapfolder",
                "imapvmshareid", "uniqueid",
            )
        },
    }
)  # fmt: skip

#: Older names of some of them.
SAME_AS: Mapping[str, str] = MappingProxyType(
    {
        "maxmessage": "maxsecs",
        "minmessage": "minsecs",
        "deletevoicemail": "delete",
        "imapsecret": "imappassword",
    }
)

#: What is said where nothing else is configured, by the option that names it.
PROMPTS: Mapping[str, str] = MappingProxyType(
    {
        "vm-login": "vm-login",
        "vm-newuser": "vm-newuser",
        "vm-password": "vm-password",
        "vm-newpassword": "vm-newpassword",
        "vm-invalid-password": "vm-invalid-password",
        "vm-passchanged": "vm-passchanged",
        "vm-reenterpassword": "vm-reenterpassword",
        "vm-mismatch": "vm-mismatch",
        "vm-pls-try-again": "vm-pls-try-again",
        "vm-prepend-timeout": "vm-then-pound",
        "directoryintro": "",
    }
)

DATE_LAYOUT = "%A, %B %d, %Y at %r"  #: of ``emaildateformat``
MAIL_COMMAND = "/usr/sbin/sendmail -t"  #: of ``mailcmd``

#: What has no effect: mail servers as storage, hardware, what the operating system cares for.
_IDLE = (
    "userscontext", "odbc_audio_on_disk", "imapport", "authuser",
    "authpassword", "expungeonhangup", "imapparentfolder", "imapgreetings", "greetingfolder",
    "greetingsfolder", "imap_poll_logout", "imapreadtimeout", "imapwritetimeout",
    "imapopentimeout", "imapclosetimeout", "smdienable", "smdiport", "silencethreshold",
    "adsifdn", "adsisec", "adsiver", "tps_queue_high", "tps_queue_low", "hasvoicemail",
    "mailbox", "context", "fullname", "hasdirectory", "usecallmanager",
)  # fmt: skip

GENERAL_OPTIONS: Mapping[str, Option] = MappingProxyType(
    {
        **{name: Option(_TEXT, "") for name in _IDLE},
        **BOX_OPTIONS,
        **{name: Option(_TEXT, default, honoured=True) for name, default in PROMPTS.items()},
        "aliasescontext": Option(_TEXT, "", honoured=True),
        "searchcontexts": Option(_FLAG, "no", honoured=True),
        "odbcstorage": Option(_TEXT, "", honoured=True),
        "odbctable": Option(_TEXT, "voicemessages", honoured=True),
        "mailcmd": Option(_TEXT, MAIL_COMMAND, honoured=True),
        "smtp": Option(_TEXT, "", honoured=True),
        "maxsilence": Option(_NUMBER, "0", honoured=True),
        "emaildateformat": Option(_TEXT, DATE_LAYOUT, honoured=True),
        "pagerdateformat": Option(_TEXT, DATE_LAYOUT, honoured=True),
        "externpass": Option(_TEXT, "", honoured=True),
        "externpassnotify": Option(_TEXT, "", honoured=True),
        "externpasscheck": Option(_TEXT, "", honoured=True),
        "externnotify": Option(_TEXT, "", honoured=True),
        "format": Option(_TEXT, "wav", honoured=True),
        "maxgreet": Option(_NUMBER, "0", honoured=True),
        "skipms": Option(_NUMBER, "3000", honoured=True),
        "maxlogins": Option(_NUMBER, "3", honoured=True),
        "minpassword": Option(_NUMBER, "0", honoured=True),
        "cidinternalcontexts": Option(Kind.LIST, "", honoured=True),
        "listen-control-forward-key": Option(_TEXT, "#", honoured=True),
        "listen-control-reverse-key": Option(_TEXT, "*", honoured=True),
        "listen-control-pause-key": Option(_TEXT, "0", honoured=True),
        "listen-control-restart-key": Option(_TEXT, "2", honoured=True),
        "listen-control-stop-key": Option(_TEXT, "13456789", honoured=True),
        "usedirectory": Option(_FLAG, "no", honoured=True),
        "pollfreq": Option(_NUMBER, "30", honoured=True),
        "pollmailboxes": Option(_FLAG, "no", honoured=True),
        "pbxskip": Option(_FLAG, "no", honoured=True),
        "forward_urgent_auto": Option(_FLAG, "no", honoured=True),
        "pagerfromstring": Option(_TEXT, "", honoured=True),
        "pagersubject": Option(_TEXT, "", honoured=True),
        "pagerbody": Option(_TEXT, "", honoured=True),
        "charset": Option(_TEXT, "ISO-8859-1", honoured=True),
    }
)

"""``acl``, ``permit``, ``deny`` and their ``contact_…`` kin in pjsip.conf."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from switchroom.config.acl import ANYBODY, AddressRules, NamedRules, read_rules
from switchroom.config.language.reader import Entry

_OF_CONTACTS = {"contact_acl": "acl", "contact_deny": "deny", "contact_permit": "permit"}


@dataclass(frozen=True, slots=True)
class PjsipRules:
    """From where something may come."""

    requests: AddressRules = ANYBODY
    contacts: AddressRules = ANYBODY  #: addresses that Contact headers name

    def __bool__(self) -> bool:
        return bool(self.requests or self.contacts)


#: The same options in ``sip.conf``.
SIP_CONTACT_RULES = {"contactacl": "acl", "contactdeny": "deny", "contactpermit": "permit"}


def read_pjsip_rules(
    entries: Iterable[Entry],
    named: NamedRules | None,
    of_contacts: Mapping[str, str] = _OF_CONTACTS,
) -> PjsipRules:
    """The rules of one section.

    Args:
        entries: Of the section; others are passed over.
        named: What ``acl.conf`` has.
        of_contacts: The options about Contact headers, and what each means.

    Raises:
        ConfigError: An address that is none, or a list that does not exist.
    """
    kept = list(entries)
    renamed = [
        dataclasses.replace(entry, name=of_contacts[entry.name.lower()])
        for entry in kept
        if entry.name.lower() in of_contacts
    ]
    return PjsipRules(read_rules(kept, named), read_rules(renamed, named))

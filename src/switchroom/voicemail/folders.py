"""The folders of a mailbox: their names on the disk are also those of their prompts."""

from __future__ import annotations

INBOX, OLD, URGENT, DELETED = "INBOX", "Old", "Urgent", "Deleted"

#: By the digit that chooses them.
FOLDERS = (
    INBOX, OLD, "Work", "Family", "Friends", "Cust1", "Cust2", "Cust3", "Cust4", "Cust5",
    DELETED, URGENT,
)  # fmt: skip

CHOSEN = 10  #: so many of them a key chooses

#: What a mailbox consists of, for lists: in the order in which they are shown.
LISTED = (INBOX, URGENT, *FOLDERS[1:])


def find_folder(name: str) -> str | None:
    """A folder by its name, in any case of letters, or by its digit; None where there is none."""
    word = name.strip().lower()
    if word.isdigit() and word.isascii() and len(word) < 3 and int(word) < len(FOLDERS):
        return FOLDERS[int(word)]
    return next((each for each in FOLDERS if each.lower() == word), None)


def folder_prompt(folder: str) -> str:
    """What says a folder's name."""
    return f"vm-{folder}"

"""``voicemail.conf``: mailboxes in files and in databases."""

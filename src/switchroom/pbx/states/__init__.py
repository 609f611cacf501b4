"""Devices, hints, presence and mailboxes, for lamps and dialplans."""

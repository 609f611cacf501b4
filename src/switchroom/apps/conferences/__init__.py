"""ConfBridge(), MeetMe() and Page()."""

"""SIP dialogs as channels."""

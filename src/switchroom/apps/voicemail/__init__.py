"""VoiceMail(), VoiceMailMain() and Directory()."""

"""ExternalIVR(): programs that play lists of sounds, and hear what is keyed."""

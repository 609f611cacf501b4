"""A phone without a handset: registers, dials, says what a script says, records what it hears."""

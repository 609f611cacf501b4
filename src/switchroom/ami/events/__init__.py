"""How events of the bus are told: one file a family, each mapping marked with its decorator."""

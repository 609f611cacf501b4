"""What clients can ask: one file a family, each action marked with its decorator."""

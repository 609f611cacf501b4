"""Speech recognition: what a caller says becomes text."""

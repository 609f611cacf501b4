"""Sound files, one format each."""

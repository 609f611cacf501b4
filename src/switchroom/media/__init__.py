"""Media: what the control side may ask of an engine."""

"""Where a caller's own words get to, through assignments, jumps and routines.

``marks`` says what is known of a value, ``evaluation`` what a text is worth, ``flow`` carries marks
along the dialplan, ``sinks`` are the places that must not get them.
"""

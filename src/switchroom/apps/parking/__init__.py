"""Park(), ParkedCall() and ParkAndAnnounce()."""

"""Fax by libspandsp: T.30 as audio and by T.38, in threads of its own."""

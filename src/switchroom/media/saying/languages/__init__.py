"""One module a language; :mod:`switchroom.media.saying.registry` finds them."""

"""A distributed call-centre PBX."""

__version__ = "0.1.0"

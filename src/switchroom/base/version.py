"""The version of the original that we behave as."""

from __future__ import annotations

#: Tools read the major version from ``core show version`` and act on it: that must be the one whose
#: answers ours were compared with.
COMPATIBLE_VERSION = "22.11.0"

"""What tests of fax need of the machine."""

from __future__ import annotations

import pytest

from switchroom.media.codecs.libraries import find_library
from switchroom.media.fax.spandsp import LIBRARY

#: CI installs it; without it the node says so, which is tested everywhere.
needs_spandsp = pytest.mark.skipif(find_library(LIBRARY) is None, reason=f"{LIBRARY} is missing")

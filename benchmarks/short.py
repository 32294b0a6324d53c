"""Whether benchmarks run in their short form: `make bench-short`, as CI does, to see that each runs to its end."""

from __future__ import annotations

import os

SHORT = os.environ.get("HIMAYA_BENCH") == "short"

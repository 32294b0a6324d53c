"""Let tests of one room use another room's shared modules: `from engine.shipped import ...`."""

from __future__ import annotations

import sys
from pathlib import Path

# At the end of the path: a real package of the same name always wins.
sys.path.append(str(Path(__file__).parent))

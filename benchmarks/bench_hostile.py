"""Two hundred hostile clients at the shared apps while twenty-five visitors play, beside the same visitors alone.

Server, visitors and attackers share this machine. Prints each visitor's median step, alone and among the others, and
what the server's own process took. Ends with 1 where a step is lost, a connection stays open, or memory stays.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.browser.apps import serving
from tests.release.apps_load import trial

_GROWTH, _KEPT = 100, 50  # MB


def main() -> int:
    """Run the trial once."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), "--language", "en") as server:
        done = trial(server)
    for one in done.visitors:
        alone, among = (statistics.median(run) * 1000 for run in one.took)
        kind = "lab" if one.lab else "page"
        print(f"{one.address:12} {kind:4}  alone {alone:6.1f} ms  among {among:6.1f} ms  {one.ratio():4.1f} times")
    lost = sum(len(one.lost) for one in done.visitors)
    slowest = max(one.ratio() for one in done.visitors)
    print(f"{done.hostile['clients']} hostile clients made {sum(done.hostile['tries'].values())} connections; ", end="")
    print(f"{done.hostile['left']} stayed open. Steps lost: {lost}. Slowest median: {slowest:.1f} times.")
    print(f"Server's own memory: {done.before:.0f} MB, at most {done.highest:.0f}, afterwards {done.after:.0f}.")
    held = lost == 0 and done.hostile["left"] == 0
    return 0 if held and done.highest - done.before < _GROWTH and done.after - done.before < _KEPT else 1


if __name__ == "__main__":
    sys.exit(main())

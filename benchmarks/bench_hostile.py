"""Two hundred hostile clients at the shared apps while twenty-five visitors play, beside the same visitors alone.

Server, visitors and attackers share this machine. The attackers are a process of their own that comes after server and
visitors, as far as the system lets it (`tests/release/apps_load.py`): real ones would not take the server's processors.
Prints each visitor's median step, alone and among the others, what the attackers did and got, and what the server's own
process took. Ends with 1 where a step is lost, a connection stays open, or memory stays, and with 2 where the attackers
did too little for any of that to be said; then something else kept the machine busy.
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
_LEAST = 100.0  # connections a second that the attackers must have made


def main() -> int:
    """Run the trial once."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), "--language", "en") as server:
        done = trial(server)
    for one in done.visitors:
        alone, among = (statistics.median(run) * 1000 for run in one.took)
        kind = "lab" if one.lab else "page"
        print(f"{one.address:12} {kind:4}  alone {alone:6.1f} ms  among {among:6.1f} ms  {one.ratio():4.1f} times")
    lost = sum(len(one.lost) for one in done.visitors)
    ratios = [one.ratio() for one in done.visitors]
    print(f"{done.hostile['clients']} hostile clients made {sum(done.hostile['tries'].values())} connections; ", end="")
    print(f"{done.hostile['left']} stayed open. Steps lost: {lost}.")
    print(f"Times as long: the median visitor {statistics.median(ratios):.1f}, the slowest {max(ratios):.1f}.")
    rates, cpu = done.rates, done.cpu
    print(
        f"A second: {rates['tries']:.0f} hostile connections, {rates['ends']:.0f} ended, {rates['writes']:.0f} writes"
    )
    print("Processors: " + ", ".join(f"{who} {part:.2f}" for who, part in cpu.items()) + ".")
    print(f"Server's own memory: {done.before:.0f} MB, at most {done.highest:.0f}, afterwards {done.after:.0f}.")
    held = lost == 0 and done.hostile["left"] == 0
    if rates["tries"] < _LEAST:
        print(f"Too few hostile connections; at least {_LEAST:.0f} a second make a trial.")
        return 2
    return 0 if held and done.highest - done.before < _GROWTH and done.after - done.before < _KEPT else 1


if __name__ == "__main__":
    sys.exit(main())

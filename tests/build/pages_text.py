"""What a built page holds, read as a browser reads it: the very text of the file."""

from __future__ import annotations

import json
import re
from functools import cache

from py_mini_racer import MiniRacer

from himaya_widgets.assemble import plain, static

# V8 alone has no atob.
_ATOB = """
function atob(text) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  let [out, held, bits] = ["", 0, 0];
  for (const letter of text.replace(/=+$/, "")) {
    held = (held << 6) | letters.indexOf(letter);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += String.fromCharCode((held >> bits) & 255);
      held &= (1 << bits) - 1;
    }
  }
  return out;
}
"""


@cache
def reader() -> MiniRacer:
    """Return V8 with what pages read their data with."""
    engine = MiniRacer()
    engine.eval(_ATOB + "".join(plain(static(f"{name}.mjs")) for name in ("packed", "dense", "saved")))
    return engine


def undone(text: str) -> str:
    """Return what `himaya.publish.dense` was given, as the page's own reader says."""
    return str(json.loads(str(reader().eval(f"JSON.stringify(readDense({json.dumps(text)}))"))))


def parts(page: str) -> tuple[str, str]:
    """Return the data and the script of a page, as they stand in the file or, in a dense one, as they are read."""
    data = page.partition('id="himaya-data">')[2].partition("</script>")[0]
    if not data.startswith("["):
        data, _, _, script = undone(data).split("\n", 3)
        return data, script
    return data, re.findall(r"<script>(.*?)</script>", page, re.DOTALL)[-1]

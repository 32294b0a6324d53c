"""Pure activity engine: (activity, state, event) -> state. No I/O, no clock, no randomness.

The same functions exist in `himaya_widgets/static/engine.mjs`, which the trainee's screen runs on. Both must
give byte-equal views, so this room uses integers, ids and lists only: no floats, no sorting, no string lengths.
"""

from himaya.engine.fold import replay, score, start, step, view
from himaya.engine.kinds import Activity, Event, State, View

__all__ = ["Activity", "Event", "State", "View", "replay", "score", "start", "step", "view"]

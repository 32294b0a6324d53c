"""How large answers may be, and which fields an event has. JavaScript gets the same, generated (widgets/player)."""

from __future__ import annotations

EVENT_FIELDS = ("id", "activity", "type", "turn", "at", "choice", "value", "content", "language", "time", "seq")
MAX_BYTES = 20_000_000
"""Of a whole journal."""
MAX_EVENT_BYTES = 100_000
MAX_DEPTH = 20
"""Lists and objects in each other: an answer nests twice; what is too deep to be read back would be sent for ever."""
MIN_ID, MAX_ID = 8, 64
"""Letters of an event's id."""
MOST_DECISIONS = 500
"""Of one lab."""
MOST_WEIGHT = 1_500
"""Of one decision: characters, keys included, and one for each entry. A form's summary fits several times."""
DECISION_DEPTH = 3
"""Lists and objects in each other in one decision."""

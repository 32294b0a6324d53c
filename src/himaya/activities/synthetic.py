"""What synthetic trainees write. All invented."""

from __future__ import annotations

TEXTS = (
    (
        "I would say that help does not depend on a signature. One risk is that my colleague feels judged, so I would"
        " ask to look at the procedure together. My next step is to ask the supervisor how we explain consent here."
    ),
    "Signatures protect us, but people can be afraid of papers. I would explain first and note the decision.",
    "I would tell the supervisor today and keep the supervision hour. Quality falls when the load is too high.",
)

"""Numbers that `himaya check` compares content with, each with its reason. The journal and each lab have their own.

The check refuses what breaks a page, cannot be proved or gives a key away. Everything else is a hint to authors: shown
with `himaya check --hints`, and nobody has to follow it.
"""

from __future__ import annotations

# Errors.

MOST_DATA_BYTES = 1_000_000
"""Of one data file of a code item: it is copied into every sandbox and travels over weak links."""

GUESSED_ITEMS = 8
"""Graded items from which on habits of guessing are measured: with fewer, one item moves the share by over 12 %."""

GUESSING_MARGIN = 0.10
"""How far a habit such as "always the longest option" may beat chance: more gives keys away to who knows nothing."""

# Errors of a format: bounds that a screen, a file name or a proof needs.

ID_CHARACTERS = 60
"""Of an id: with course, trainee and time it becomes a file name, which may have 255 bytes."""

OPTIONS = 8
"""Of an item: two screens of a phone. Tests try every answer, and there are 256 of eight options."""

CHOICES = 5
"""Of one decision: with its text they stand on two screens of a phone, and a hand in a room can point at each."""

METER = 10
"""The highest value of a meter, and EFFECT what one choice changes at most: both bound the states to walk through."""

EFFECT = 2

ITEM_POINTS = 10
"""Of one item: a slip of the keyboard must not make one question outweigh a module."""

ACTIVITY_POINTS = 20
"""Of one scenario or lab, for the same reason."""

SCENARIO_MINUTES = 60
"""Of one scenario, and LAB_MINUTES of one lab: more is a slip of the keyboard, and readers are promised the sum."""

LAB_MINUTES = 90

LESSON_MINUTES = 120
"""Of one lesson: more is a slip of the keyboard, and readers are promised the sum."""

REHEARSAL_MINUTES = 30
"""Of one scene that is played in a room: after more, nobody remembers what was done."""

RUBRIC_LEVELS = 4
"""Marking, feedback and tables share the points among four levels."""

CODE_CHECKS = 10
"""Of one task in code: each is run in the sandbox within its time."""

# A bound on work, not a rule. Where it is reached the check follows the gotos alone and says so as a hint.

MOST_STATES = 200_000
"""States (a node and its meters) to walk through: about two seconds and 200 MB."""

# Hints.

LONG_SENTENCE = 35
"""Words. Prose is read aloud once; what had to be read twice is rewritten, whatever its length."""

UNCITED_WORDS = 60
"""Of a section without a citation: a claim has a source, and a section of this size usually makes one."""

TEACHING_WORDS = 75
"""Of a section that an outcome says it is taught in: a shorter one seldom explains and shows."""

ITEMS_FOR_OUTCOME = 2
"""Graded items on one outcome: a single right answer may be luck."""

LESSON = (3, 20)
"""Minutes of a lesson, as counted: a trainee finishes one in a break and remembers what it was about."""

LESSON_CLAIM = 0.5
"""How far the minutes that a lesson claims may be from those counted: whoever has ten minutes trusts them."""

FEWEST_OPTIONS = 3
"""Of an item with one right option: with two, every second guess is right."""

REASON_WORDS = 6
"""Of a reason why an option is wrong: what tempts here and how it harms takes a sentence."""

UNEVEN = 0.4
"""How far a text may differ from the mean length of its set: a reader sees more than this at a glance."""

PICTURE_BYTES = 16_000
"""Of one drawing: a third of a second on a link of 400 kbit/s."""

PICTURE_WIDTH = 640
"""CSS pixels, the width of the text column: small lines of a wider drawing vanish on a phone."""

FACT_DAYS = 365
"""After which a local fact is looked up again: offices move and laws change with the year."""

TRANSLATION_CHARACTERS = 40
"""Of an English text from which on the ratio of lengths says something."""

TRANSLATION_RATIO = (0.45, 1.6)
"""Length of a translation to its English: shorter may have lost a sentence, longer may have gained one."""

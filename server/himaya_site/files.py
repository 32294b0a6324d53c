"""Names of files in the folder of the classes that more than one program knows."""

FIRST_VISIT = "first-visit"
"""The key to the first account: its owner alone can read it, and it is there until that account is made."""

SERVING = "serving"
"""It is there while the site holds its port: who only connects to that port may find somebody else's program."""

"""Content: text files -> validated models, and the content check. Never decides how anything looks."""

"""What a notebook needs: `show("id")` draws one activity, `submit()` draws the hand-in box. Loads no pandas."""

from himaya_widgets.cells import show, submit

__all__ = ["show", "submit"]

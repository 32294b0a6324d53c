"""The tabs of the trainer's desk: a Jupyter Server extension that is loaded after the home page, which it stands on.

A tab is a module here with a subclass of `himaya_server.home.trainer.Desk`, a template that extends `desk.html`, and
its routes in `extension.py`.
"""

from himaya_server.desk.extension import load_desk

__all__ = ["load_desk"]

_load_jupyter_server_extension = load_desk

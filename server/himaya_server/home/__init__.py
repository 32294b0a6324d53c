"""The home page: a Jupyter Server extension without a kernel, one page for each role."""

import warnings

from himaya_server.home.extension import load_home

__all__ = ["load_home"]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "himaya_server.home"}, {"module": "himaya_server.desk"}]


def _link_jupyter_server_extension(_app: object) -> None:
    # Voilà turned these on when it was imported, and the first would scroll the home page's address away.
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="traitlets")


_load_jupyter_server_extension = load_home

"""The home page: a Jupyter Server extension without a kernel, one page for each role."""

from himaya_autograde.home.extension import load_home

__all__ = ["load_home"]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "himaya_autograde.home"}]


_load_jupyter_server_extension = load_home

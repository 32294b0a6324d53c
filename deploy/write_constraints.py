"""Write deploy/constraints.txt: the exact version of every package that `make start`, a class and a Hub install.

They are those of this `.venv`, which the tests ran with; only what Himaya itself needs, and what that needs in turn.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

EXTRAS = ("platform", "class", "hub", "postgres", "tls")
TARGET = Path(__file__).with_name("constraints.txt")
_HEAD = "# Written by `make constraints` from what the tests ran with. Python 3.11 to 3.13, Linux.\n"


def needed(name: str, extras: tuple[str, ...], found: dict[str, str]) -> None:
    """Add the version of everything that a package and its extras need, where it is installed here."""
    for text in distribution(name).requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is not None and not any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            continue
        other = canonicalize_name(requirement.name)
        try:
            version = distribution(other).version
        except PackageNotFoundError:
            continue
        if other not in found or requirement.extras:
            known = other in found
            found[other] = version
            if not known or requirement.extras:
                needed(other, tuple(sorted(requirement.extras)), found)


def main() -> None:
    """Write the file."""
    found: dict[str, str] = {}
    needed("himaya", EXTRAS, found)
    found.pop("himaya", None)
    TARGET.write_text(_HEAD + "".join(f"{name}=={found[name]}\n" for name in sorted(found)), encoding="utf-8")


if __name__ == "__main__":
    main()

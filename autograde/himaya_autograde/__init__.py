"""Grading: what a locked grade cell calls, and what handing in needs. Importing this loads no nbgrader."""

import sys

from himaya_autograde.scoring import score

# jsonschema, which nbformat imports, would compile a grammar of web addresses: a second of work in every process.
# Without it the formats "iri" and "iri-reference" go unchecked, and no schema of a notebook has them.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

__all__ = ["score"]

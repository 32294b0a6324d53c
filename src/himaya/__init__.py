"""Himaya: protection capacity development as notebooks, assignments, apps and pages."""

import sys

# jsonschema, which nbformat imports, would compile a grammar of web addresses: a second of work in every process.
# Without it the formats "iri" and "iri-reference" go unchecked, and no schema of a notebook has them.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

__version__ = "0.1.0"

"""Shows that a file of findings comes, unchanged, from a page that was written here. It proves nobody's identity.

Each page gets a number and a key of its own, made from one secret that stays with the people who hand pages out. The
page seals what it saves with that key. Who has the page could seal a forgery too, so whoever takes a file in has to
know the reader.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "signoff.key"
"""Beside `modules/`; never in Git. Who takes findings in needs the one with which their page was written."""
_BYTES = 32


def secret_of(base: Path, *, make: bool = False) -> bytes | None:
    """Return the secret of the repository in `base`; `make` makes one where there is none, for its owner only."""
    path = base / FILE
    if not path.exists():
        if not make:
            return None
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(_BYTES) + "\n")
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def new_issue() -> str:
    """Return the number of a new page."""
    return secrets.token_hex(8)


def key_of(secret: bytes, issue: str) -> bytes:
    """Return the key of one page."""
    return hmac.digest(secret, f"himaya findings {issue}".encode(), hashlib.sha256)


def seal_of(key: bytes, findings: Mapping[str, Any]) -> str:
    """Return the seal of a file of findings: over all but itself, in the form of JavaScript's JSON.stringify."""
    content = {name: value for name, value in findings.items() if name != "seal"}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()


def is_sealed(key: bytes, findings: Mapping[str, Any]) -> bool:
    """Return whether a file of findings is as its page has written it."""
    return hmac.compare_digest(seal_of(key, findings), str(findings.get("seal", "")))

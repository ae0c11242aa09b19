"""Which weights these are: a model that runs here is pinned by what it is, not by where it lies."""

from __future__ import annotations

import hashlib
from pathlib import Path


def digest_of(folder: Path) -> str:
    """SHA-256 over the safetensors weights in ``folder``, by file name and content."""
    whole = hashlib.sha256()
    for file in sorted(folder.glob("*.safetensors")):
        with file.open("rb") as opened:
            whole.update(f"{file.name}\0".encode())
            whole.update(hashlib.file_digest(opened, "sha256").digest())
    return whole.hexdigest()

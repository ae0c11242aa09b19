"""The optional parts that training stands on, asked for in one place.

torch, transformers and TRL are gigabytes and seconds; they are imported where a run begins, and
an error that names the remedy is all that someone without them sees. They also talk: TRL counts
each run with its makers, transformers draws bars and warns. A supply chain that promises to keep
data at home sends nothing, so telemetry is off before the first import.
"""

from __future__ import annotations

import importlib.util
import os
from importlib import metadata

from qinglan.endpoints.local import keep_quiet
from qinglan.errors import MissingPart

_NEEDED = ("torch", "transformers", "trl", "datasets", "accelerate", "peft", "safetensors")


def require() -> None:
    """Make sure that the training stack is there, and that it keeps quiet.

    Raises:
        MissingPart: a part of it is not installed.
    """
    for name in _NEEDED:
        if importlib.util.find_spec(name) is None:
            raise MissingPart("training.missing_part", part=name)
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    keep_quiet()
    import datasets

    datasets.disable_progress_bars()


def versions() -> tuple[tuple[str, str], ...]:
    """Name and version of what a run depends on."""
    names = ("qinglan", *_NEEDED, "tokenizers", "numpy")
    return tuple((name, _version(name)) for name in names)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"

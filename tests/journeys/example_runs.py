"""Loads the examples as modules, so that tests run what a reader runs."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("QINGLAN_DATA", ROOT.parent / "shared" / "data"))


def load(name: str) -> ModuleType:
    """The example ``name`` as a module."""
    path = ROOT / "examples" / name / "run.py"
    spec = importlib.util.spec_from_file_location(f"example_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module

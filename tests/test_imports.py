"""Imports are lazy: asking for help must not cost the loading of numeric or training stacks."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

HEAVY = {
    "aiohttp", "altair", "datasets", "openai", "pandas", "polars", "pyarrow", "scipy", "sklearn",
    "torch", "transformers", "trl", "uvicorn", "vl_convert",
}  # fmt: skip

ASK = """
import io, json, sys
from contextlib import redirect_stdout
shown = io.StringIO()
with redirect_stdout(shown):
    from qinglan.cli import main
    try:
        code = main({words!r})
    except SystemExit as stop:
        code = stop.code
loaded = sorted({{name.partition(".")[0] for name in sys.modules}})
print(json.dumps([code, shown.getvalue(), loaded]))
"""


def ask(*words: str, **variables: str) -> tuple[int, str, set[str]]:
    """Exit code, output and top-level modules loaded after running one command afresh."""
    run = subprocess.run(
        [sys.executable, "-c", ASK.format(words=list(words))],
        capture_output=True, text=True, check=True, env=os.environ | variables,
    )  # fmt: skip
    code, shown, loaded = json.loads(run.stdout.splitlines()[-1])
    return code or 0, shown, set(loaded)


@pytest.mark.parametrize(
    "words",
    [["--help"], ["--version"], ["demo", "--help"], ["import", "tasks", "--help"],
     ["generate", "--help"],
     ["release", "verify", "--help"]],
    ids=" ".join,
)  # fmt: skip
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    code, shown, loaded = ask(*words)
    assert code == 0
    assert "qinglan" in shown.lower() or "usage" in shown.lower()
    assert not loaded & HEAVY


def test_importing_files_loads_what_files_need() -> None:
    code = "import json, sys, qinglan.flow.load; print(json.dumps(list(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in json.loads(run.stdout)}
    assert "sqlalchemy" in loaded
    assert not loaded & (HEAVY | {"alembic", "cryptography", "jinja2", "numpy", "rich"})


def test_one_command_is_built_alone() -> None:
    from qinglan.cli import app

    assert list(app.tree("import").commands) == ["import"]
    assert list(app.tree("judge").commands) == ["judge"]
    every = app.tree().commands
    assert {"import", "judge", "serve"} <= set(every)
    assert list(app.tree("no-such-command").commands) == list(every)


def test_help_speaks_chinese() -> None:
    _, shown, _ = ask("--help", QINGLAN_LANG="zh")
    assert "供应链" in shown
    _, shown, _ = ask("--help", "--lang", "zh", QINGLAN_LANG="en")
    assert "供应链" in shown


def test_importing_the_package_loads_almost_nothing() -> None:
    code = (
        "import sys, json; before = set(sys.modules); import qinglan;"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = json.loads(run.stdout)
    ours = [name for name in loaded if name.partition(".")[0] == "qinglan"]
    assert ours == ["qinglan"]
    assert "pydantic" not in loaded

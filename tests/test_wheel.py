"""The built wheel, installed away from the source tree, is whole and runs from another folder.

The clean environment holds nothing of ours but the wheel; the packages it depends on are lent to
it from the environment that runs the tests, so that the test needs no network.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("build", reason="the wheel is built with `build`; pip install -e '.[dev]'")
pytest.importorskip("hatchling", reason="built without isolation; pip install -e '.[dev]'")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``bin`` folder of a fresh venv that holds the wheel."""
    venv = tmp_path_factory.mktemp("clean") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    python = venv / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index",
         "--no-deps", "--disable-pip-version-check", wheel],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    (site,) = (venv / "lib").glob("python*/site-packages")
    # Only a site folder's own .pth files are read, so a source tree that is installed editable
    # in the lending environment stays out of reach.
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python.parent


def run(clean: Path, cwd: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a program of the clean environment, from another folder, without our variables."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("QINGLAN_", "PYTHON"))}
    return subprocess.run(
        [clean / words[0], *words[1:]], cwd=cwd, capture_output=True, text=True,
        env=env | {"QINGLAN_LANG": "en", "PYTHONWARNINGS": "error"},
    )  # fmt: skip


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel: Path) -> None:
    source = ROOT / "src"
    expected = {
        str(path.relative_to(source))
        for path in (source / "qinglan").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        licences = [name for name in archive.namelist() if name.endswith("licenses/LICENSE")]
    assert held == expected
    assert len(licences) == 1


@pytest.mark.parametrize(
    "data",
    [
        "policy/registry.toml",
        "pages/templates/*.j2",
        "storage/migrations/versions/*.py",
        "web/templates/*.j2",
        "web/static/*.js",
        "web/static/*.css",
        "web/static/*.svg",
    ],
)
def test_data_files_are_shipped(wheel: Path, data: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert [n for n in archive.namelist() if Path(n).match(f"qinglan/{data}")]


def test_the_python_face_opens(clean: Path, tmp_path: Path) -> None:
    code = "import qinglan; print(qinglan.__file__); print(qinglan.open.__doc__ or '')"
    done = run(clean, tmp_path, "python", "-c", code)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.splitlines()[0]).is_relative_to(clean.parent)


def test_the_command_line_runs(clean: Path, tmp_path: Path) -> None:
    done = run(clean, tmp_path, "qinglan", "--version")
    assert (done.returncode, done.stdout.split()[0]) == (0, "qinglan"), done.stderr
    done = run(clean, tmp_path, "qinglan", "--help")
    assert done.returncode == 0, done.stderr
    assert "demo" in done.stdout


def test_a_workspace_is_made_and_looked_at(clean: Path, tmp_path: Path) -> None:
    """Needs the migrations, so it fails where package data was left behind."""
    done = run(clean, tmp_path, "qinglan", "init", "ws")
    assert done.returncode == 0, done.stderr
    done = run(clean, tmp_path, "qinglan", "status", "-w", "ws", "--json")
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


@pytest.mark.parametrize(
    "words",
    [["nonsense"], ["status", "-w", "nowhere"], ["judge"], ["import", "tasks", "--kind", "x"]],
)
def test_bad_input_ends_with_2_and_no_traceback(
    clean: Path, tmp_path: Path, words: list[str]
) -> None:
    done = run(clean, tmp_path, "qinglan", *words)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()

"""Documentation tests: what the code offers is documented, and what the docs name exists.

The reference is written from the code (``make docs``); these tests hold it to being up to date,
and hold the hand-written pages to commands, options, files and links that exist.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.core import TyperArgument, TyperGroup, TyperOption

import qinglan
from qinglan import errors, wording
from qinglan.flow.settings import Settings
from qinglan.records import Reason

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    if path.parent != REFERENCE
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)


@cache
def reference(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", autouse=True)
def _scripts_on_path() -> Iterator[None]:
    kept = os.environ.get("QINGLAN_LANG")
    sys.path.insert(0, str(ROOT / "scripts"))
    yield
    sys.path.remove(str(ROOT / "scripts"))
    if kept is None:
        os.environ.pop("QINGLAN_LANG", None)
    else:
        os.environ["QINGLAN_LANG"] = kept


@cache
def tree() -> dict[str, dict[str, TyperOption | TyperArgument]]:
    """Command path → its options and arguments by each of their names."""
    found: dict[str, dict[str, TyperOption | TyperArgument]] = {}
    for path, command in script("command_reference").command_tree():
        names: dict[str, TyperOption | TyperArgument] = {}
        for one in command.params:
            for name in [*one.opts, *one.secondary_opts]:
                names[name] = one
        found[path] = names
    return found


def groups() -> set[str]:
    return {
        path
        for path, command in script("command_reference").command_tree()
        if isinstance(command, TyperGroup)
    }


def test_the_reference_is_up_to_date() -> None:
    run = subprocess.run(
        [sys.executable, "scripts/make_reference.py", "--check"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_command_and_option_is_documented() -> None:
    page = reference("commands.md")
    sections = dict(re.findall(r"^## (qinglan.*?)\n(.*?)(?=^## |\Z)", page, re.M | re.S))
    assert sections.keys() == tree().keys()
    for path, names in tree().items():
        for name, one in names.items():
            shown = name if isinstance(one, TyperOption) else (one.metavar or name.upper())
            if name not in ("--help", "-h"):
                assert f"`{shown}`" in sections[path], f"{path} {name}"


def test_every_setting_is_documented() -> None:
    page = reference("settings.md")
    for name, field in Settings.model_fields.items():
        assert f"| `{name}` |" in page
        assert field.description, f"setting {name} says nothing about itself"


def test_every_variable_the_code_reads_is_documented() -> None:
    page = reference("settings.md")
    read = set()
    for path in [*(ROOT / "src").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        read |= set(re.findall(r"\bQINGLAN_[A-Z]+(?:_[A-Z]+)*\b", path.read_text("utf-8")))
    assert "QINGLAN_LANG" in read
    missing = {name for name in read if f"`{name}`" not in page}
    assert not missing


def test_every_error_class_and_message_is_documented() -> None:
    page = reference("errors.md")
    classes = [c for c in vars(errors).values() if isinstance(c, type)]
    for cls in classes:
        if issubclass(cls, errors.QinglanError):
            assert f"| `{cls.__name__}` | {cls.exit_code} |" in page
    keys = [key for key in wording.catalogue() if key.startswith("error.")]
    assert keys
    for key in keys:
        assert f"| `{key.removeprefix('error.')}` |" in page


def test_every_reason_is_documented() -> None:
    page = reference("errors.md")
    for reason in Reason:
        assert f"| `{reason.value}` |" in page


def test_every_extension_point_is_documented() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    page = reference("extension-points.md")
    assert re.findall(r"^## (\S+)", page, re.M) == sorted(project.get("entry-points", {}))


def test_every_make_target_is_documented_and_listed() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", text, re.M)
    assert phony is not None
    listed = script("make_reference").make_targets()
    assert set(phony[1].split()) == set(listed)
    for name in listed:
        assert f"`make {name}`" in reference("make.md")


def test_every_public_name_is_documented() -> None:
    page = reference("python.md")
    for name in qinglan.__all__:
        assert re.search(rf"^## qinglan\.{name}\b", page, re.M), name


# --- hand-written pages -----------------------------------------------------------------------


def shown_commands(text: str) -> Iterator[str]:
    """Commands of ours in shell blocks, with continued lines joined."""
    for language, body in FENCE.findall(text):
        if language in ("sh", "shell", "bash", "console"):
            for line in body.replace("\\\n", " ").splitlines():
                line = line.removeprefix("$ ").strip()
                if line.startswith("qinglan "):
                    yield line


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_shown_in_the_docs_exist(path: Path) -> None:
    for line in shown_commands(path.read_text("utf-8")):
        words = line.split()
        spelled = words[0]
        for word in words[1:]:
            if f"{spelled} {word}" in tree():
                spelled += f" {word}"
            elif not word.startswith("-"):
                break
        assert spelled not in groups() or "--" in line, f"{path.name}: {line}"
        options = {w.split("=")[0] for w in words if w.startswith("--")} - {"--help", "--lang"}
        unknown = options - set(tree()[spelled]) - set(tree()["qinglan"])
        assert not unknown, f"{path.name}: {line}"
        required = [
            name for name, one in tree()[spelled].items()
            if one.required and isinstance(one, TyperOption)
        ]  # fmt: skip
        assert all(name in words for name in required), f"{path.name}: {line}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_make_targets_and_links_in_the_docs_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    targets = script("make_reference").make_targets()
    for name in re.findall(r"`make ([a-z-]+)", text) + re.findall(r"^make ([a-z-]+)", text, re.M):
        assert name in targets, f"{path.name}: make {name}"
    prose = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", prose):
        if not re.match(r"[a-z]+:", link):
            assert (path.parent / link).exists(), f"{path.name}: {link}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_python_in_the_docs_parses_and_names_what_exists(path: Path) -> None:
    for language, body in FENCE.findall(path.read_text("utf-8")):
        if language == "python":
            compile(body, str(path), "exec")
            for name in re.findall(r"\bqinglan\.([A-Za-z_]+)\(", body):
                assert name in qinglan.__all__, f"{path.name}: qinglan.{name}"
            for name in re.findall(r"\bws\.([a-z_]+)\b", body):
                assert hasattr(qinglan.Workspace, name), f"{path.name}: ws.{name}"


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(p.name[:4]) for p in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


def test_the_glossary_has_both_languages() -> None:
    rows = re.findall(
        r"^\| (.+?) \| (.+?) \| (.+?) \|$", (ROOT / "docs/glossary.md").read_text("utf-8"), re.M
    )
    terms = [row for row in rows if row[0] not in ("English", "---")]
    assert len(terms) > 20
    for english, chinese, meaning in terms:
        assert re.search(r"[a-z]", english, re.I)
        assert re.search(r"[\u4e00-\u9fff]", chinese) or chinese.isupper(), english
        assert meaning
    assert [row[0].lower() for row in terms] == sorted(row[0].lower() for row in terms)


def test_the_readmes_show_the_same_figures_of_a_real_run() -> None:
    readme = script("readme_figures")
    shown = {language: readme.block(path) for language, path in readme.READMES.items()}
    assert all(readme.figures(text) for text in shown.values()), "run: make readme"
    assert readme.figures(shown["en"]) == readme.figures(shown["zh"])
    assert "```text" in shown["en"]


def test_figures_are_found_and_what_belongs_to_one_run_is_not() -> None:
    figures = script("readme_figures").figures
    text = "1,319 tasks, 48.2% right, root 0123456789abcdef, 12.3 s, demo/releases/a.1 n=4"
    assert figures(text) == {"1,319", "48.2%"}
    assert figures("共 1,319 题，正确 48.2 %，用时 9.1 秒，n=4") == {"1,319", "48.2%"}


def test_the_example_verifier_is_one() -> None:
    from qinglan.records import FreeAnswer, Kind, Outcome, Reason
    from qinglan.verifiers import Verifier

    blocks = FENCE.findall((ROOT / "docs/howto/write-a-verifier.md").read_text("utf-8"))
    names: dict[str, Any] = {}
    exec(next(body for language, body in blocks if language == "python"), names)
    verifier = names["Exact"]()
    assert isinstance(verifier, Verifier)
    given = FreeAnswer(text=" blue ")
    assert verifier.check(given, "blue", Kind.FREE).outcome is Outcome.VERIFIED
    assert verifier.check(given, "green", Kind.FREE).outcome is Outcome.REFUTED
    assert verifier.check(given, None, Kind.FREE).reason is Reason.NO_KEY


def commands_of(page: str) -> list[str]:
    """The blocks of a page that a shell runs."""
    text = (ROOT / page).read_text("utf-8")
    return [body for language, body in FENCE.findall(text) if language == "sh"]


def test_the_tutorial_has_the_same_commands_in_both_languages() -> None:
    english = commands_of("docs/tutorial/first-release.md")
    assert english
    assert english == commands_of("docs/tutorial/first-release.zh.md")


def test_the_tutorial_runs_as_it_stands(tmp_path: Path) -> None:
    blocks = commands_of("docs/tutorial/first-release.md")
    assert len(blocks) >= 5
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "qinglan"
    command.write_text(
        f"#!{sys.executable}\nimport sys\nfrom qinglan.cli import main\nsys.exit(main())\n"
    )
    command.chmod(0o755)
    env = {k: v for k, v in os.environ.items() if not k.startswith("QINGLAN_")}
    env |= {"PATH": f"{command.parent}:{env['PATH']}", "QINGLAN_LANG": "en"}
    # The source tree may be on the path only by where the tests run.
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT / "src"), env.get("PYTHONPATH")]))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)],
        cwd=tmp_path, env=env, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "undecided 1" in done.stdout
    assert "tampered" in done.stdout or "README.md" in done.stdout
    report = (tmp_path / "report.html").read_text("utf-8")
    assert "<script" not in report

"""Backup, restore, upgrade, withdraw and history, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import qinglan
from keeping_example import line_of_work
from kept_schemas import fill_sqlite, unpack_workspace
from qinglan.cli import main
from qinglan.storage import schema
from qinglan.wording import LANGUAGES, Language, say


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with qinglan.init(tmp_path / "w") as ws:
        line_of_work(ws, tmp_path, tasks=3)
    return tmp_path / "w"


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Language:
    monkeypatch.setenv("QINGLAN_LANG", request.param)
    return request.param  # type: ignore[no-any-return]


def run(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(words) == code
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    return told.out + told.err


def is_in(text: str, language: Language) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text) == (language == "zh")


def test_the_whole_of_it(
    folder: Path, tmp_path: Path, language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["-w", str(folder)]
    history = str(tmp_path / "h.jsonl")
    assert "5" in run(capsys, "history", "export", "p", history, *at)
    release = str(folder / "releases" / "first")
    said = run(capsys, "release", "verify", release, "--history", history)
    assert is_in(said.replace(release, ""), language)
    said = run(capsys, "backup", str(tmp_path / "safe"), *at)
    assert say("cli.backup.done", language).split("{files}")[1].strip(" ;；")[:5] in said
    (made,) = (tmp_path / "safe").glob("backup-*")

    # Ids are random, and so is whose answer a row carries: take one that the release holds.
    rows = "".join(path.read_text("utf-8") for path in Path(release, "data").glob("*.jsonl"))
    who = json.loads(rows.splitlines()[0])["annotator"]
    said = run(capsys, "withdraw", "p", "--annotator", who, *at)
    assert say("withdraw.yes", language) in said
    assert say("withdraw.release", language, release="first", rows=1).split("1")[0][:12] in said
    assert json.loads(run(capsys, "status", *at, "--json"))[0]["withdrawn"] == {}
    said = run(capsys, "withdraw", "p", "--annotator", who, "--yes", *at)
    assert say("withdraw.judge", language, project="p") in said
    assert is_in(said, language)
    assert say("withdrawn.annotations", language) in run(capsys, "status", *at)
    failed = run(capsys, "release", "build", "p", "--name", "x", "--purpose", "training", *at,
                 code=2)  # fmt: skip
    assert say("error.flow.fallen", language, project="p") in failed
    assert "✓" in run(capsys, "doctor", *at)

    again = str(tmp_path / "again")
    said = run(capsys, "restore", str(made), again)
    assert say("cli.restore.left_out", language, release="first") in said
    run(capsys, "restore", str(made), again, code=2)
    assert say("cli.upgrade.nothing", language, new=schema.HEAD) in run(capsys, "upgrade", *at)
    run(capsys, "withdraw", "p", *at, code=2)
    run(capsys, "withdraw", "p", "--annotator", "nobody", *at, code=2)


def test_an_old_workspace_says_what_to_run(
    tmp_path: Path, language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "w"
    unpack_workspace("0001", "sqlite", folder)
    fill_sqlite("0001", folder / "qinglan.db")
    at = ["-w", str(folder)]
    said = run(capsys, "status", *at, code=1)
    assert "qinglan upgrade" in said
    assert len(said.strip().splitlines()) == 1
    run(capsys, "doctor", *at, code=1)
    said = run(capsys, "upgrade", *at, "--backup", str(tmp_path / "safe"))
    assert say("cli.upgrade.done", language, old="0001", new=schema.HEAD, backup="")[:12] in said
    run(capsys, "status", *at)

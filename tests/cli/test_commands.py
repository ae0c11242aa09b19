"""The command line as people and scripts meet it: exit codes, languages, JSON, one-line errors."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import forking
from qinglan.wording import say


def qinglan(
    *words: str, folder: Path, language: str = "en", **env: str
) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own; a fresh Python only where its start is what is tested."""
    return forking.run(*words, cwd=folder, QINGLAN_LANG=language, COLUMNS="100", **env)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path)


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the journey has been walked; tests leave its workspace as it is."""
    folder = fill(tmp_path_factory.mktemp("walked"))
    assert all(step.returncode == 0 for step in walk(folder, "en"))
    return folder


def fill(folder: Path) -> Path:
    """Write six questions and three people's answers into ``folder``."""
    rows = [{"id": f"q{i}", "prompt": f"Compute {i}+1.", "key": str(i + 1)} for i in range(6)]
    given = [
        {
            "task": f"q{i}",
            "annotator": name,
            "answer": f"The answer is {i + 1 + (name == 'b' and i == 0)}.",
        }
        for i in range(6)
        for name in "abc"
    ]
    for name, lines in (("questions", rows), ("answers", given)):
        text = "\n".join(json.dumps(line) for line in lines)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return folder


def walk(folder: Path, language: str) -> list[subprocess.CompletedProcess[str]]:
    """The journey of the README, command by command."""
    imported = ["--project", "p", "-w", "w"]
    commands = [
        ["init", "w"],
        ["import", "tasks", "questions.jsonl", *imported, "--channel", "own", "--licence", "MIT",
         "--map", "id=id", "--map", "prompt=prompt", "--map", "key=key"],
        ["import", "answers", "answers.jsonl", *imported, "--channel", "simulated",
         "--type", "person", "--tasks-from", "questions",
         "--map", "task=task", "--map", "annotator=annotator",
         "--map", "answer=answer"],
        ["verify", "p", "-w", "w"],
        ["judge", "p", "-w", "w"],
        ["release", "build", "p", "--name", "first", "--purpose", "training", "-w", "w"],
        ["release", "verify", "w/releases/first", "--key", "w/keys/signing.pub"],
        ["release", "show", "w/releases/first"],
        ["status", "-w", "w"],
        ["report", "p", "-w", "w", "--out", "report.html"],
        ["doctor", "-w", "w"],
    ]  # fmt: skip
    return [qinglan(*words, folder=folder, language=language) for words in commands]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_journey_command_by_command(folder: Path, language: str) -> None:
    done = walk(folder, language)
    for step in done:
        assert step.returncode == 0, (step.args, step.stderr)
        assert step.stdout.strip()
        assert "Traceback" not in step.stderr
    assert (folder / "report.html").stat().st_size > 5_000
    chinese = [any("\u4e00" <= c <= "\u9fff" for c in step.stdout) for step in done]
    assert all(chinese) if language == "zh" else not any(chinese)


def test_json_is_one_document_on_standard_output(walked: Path) -> None:
    folder = walked
    line = json.loads(qinglan("status", "-w", "w", "--json", folder=folder).stdout)[0]
    assert line["tasks"] == line["accepted"] == 6
    assert (line["verified"], line["refuted"]) == (17, 1)
    again = qinglan("verify", "p", "-w", "w", "--json", folder=folder)
    assert json.loads(again.stdout)["checked"] == 0
    checked = qinglan("release", "verify", "w/releases/first", "--json", folder=folder)
    assert checked.returncode == 0
    assert json.loads(checked.stdout)["ok"] is True


def test_a_release_is_split_as_asked(walked: Path) -> None:
    words = ["release", "build", "p", "--name", "halves", "--purpose", "training", "-w", "w"]
    done = qinglan(*words, "--dev", "0", "--test", "1000", "--json", folder=walked)
    manifest = json.loads((Path(json.loads(done.stdout)["folder"]) / "manifest.json").read_text())
    assert dict(manifest["splits"]["rows"]) == {"train": 0, "dev": 0, "test": 6}
    words[words.index("halves")] = "more"
    done = qinglan(*words, "--dev", "600", "--test", "600", folder=walked)
    assert done.returncode == 2
    assert "600" in done.stderr
    assert not (walked / "w" / "releases" / "more").exists()


def test_a_changed_release_fails_with_exit_code_1_and_names_the_file(
    walked: Path, tmp_path: Path
) -> None:
    shutil.copytree(walked / "w" / "releases" / "first", tmp_path / "first")
    card = tmp_path / "first" / "README.md"
    card.write_bytes(card.read_bytes() + b" ")
    done = qinglan("release", "verify", "first", folder=tmp_path)
    assert done.returncode == 1
    assert "README.md" in done.stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["status", "-w", "nowhere"], 2),
        (["judge"], 2),
        (["nonsense"], 2),
        (["judge", "p", "--threshold", "2", "-w", "w"], 2),
        (["trace", "vdt_unknown", "-w", "w"], 2),
        (["import", "tasks", "missing.jsonl", "--project", "p", "--channel", "own", "-w", "w",
          "--map", "prompt=prompt"], 2),
        (["import", "tasks", "questions.jsonl", "--project", "p", "--channel", "own", "-w", "w",
          "--map", "nonsense=prompt"], 2),
        (["release", "verify", "nowhere"], 2),
        (["release", "build", "p", "--name", "x", "--purpose", "training", "--built", "soon",
          "-w", "w"], 2),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_error_is_one_line_with_a_remedy(
    walked: Path, words: list[str], code: int, language: str
) -> None:
    done = qinglan(*words, folder=walked, language=language)
    assert done.returncode == code, done.stderr
    said = (done.stderr + done.stdout).strip()
    assert said
    assert "Traceback" not in said
    if code == 2:
        assert len(done.stderr.strip().splitlines()) == 1


def test_help_is_in_both_languages(folder: Path) -> None:
    for words in (["--help"], ["import", "tasks", "--help"], ["release", "--help"]):
        english = qinglan(*words, folder=folder).stdout
        chinese = qinglan(*words, "--lang", "zh", folder=folder).stdout
        assert "Show this help." in english
        assert "显示本帮助" in chinese
        assert "Options" not in chinese.replace("[OPTIONS]", "")


def test_it_works_under_the_c_locale_and_without_a_home(folder: Path) -> None:
    env = {k: v for k, v in os.environ.items() if k not in ("HOME", "USER", "LOGNAME", "LANG")}
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-m", "qinglan.cli", "init", "工作 区", "--lang", "zh"],
        cwd=folder, env={**env, "LC_ALL": "C"}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "工作区已就绪" in done.stdout.decode()


def test_ctrl_c_is_clean_and_the_rerun_goes_on(folder: Path) -> None:
    rows = (
        json.dumps({"id": f"r{i}", "prompt": f"Compute {i}+1.", "key": str(i + 1)})
        for i in range(30_000)
    )
    (folder / "many.jsonl").write_text("\n".join(rows), encoding="utf-8")
    assert qinglan("init", "w", folder=folder).returncode == 0
    words = [
        sys.executable, "-m", "qinglan.cli", "import", "tasks", "many.jsonl", "--project", "p",
        "--channel", "own", "-w", "w", "--json",
        "--map", "id=id", "--map", "prompt=prompt", "--map", "key=key",
    ]  # fmt: skip
    running = subprocess.Popen(
        words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "QINGLAN_LANG": "en"},
    )  # fmt: skip
    deadline = time.monotonic() + 60
    database = folder / "w" / "qinglan.db-wal"
    before = database.stat().st_size if database.exists() else 0
    while time.monotonic() < deadline and running.poll() is None:
        if database.exists() and database.stat().st_size > before + 2_000_000:
            break
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    _, complaint = running.communicate(timeout=60)
    assert running.returncode == 130, complaint
    assert "Traceback" not in complaint
    assert say("cli.stopped", "en") in complaint
    part = json.loads(qinglan("status", "-w", "w", "--json", folder=folder).stdout)[0]["tasks"]
    assert 0 < part < 30_000
    again = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
    assert json.loads(again.stdout)["new"] == 30_000 - part

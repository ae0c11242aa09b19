"""A machine that refuses: what comes is one line with a remedy, or correct work, never harm.

The command line runs as a process of its own. Root is above the modes of files, so its process
gives up the capabilities that say so, and meets them like anybody's.
"""

from __future__ import annotations

import ctypes
import datetime
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

import forking
import qinglan
from qinglan.flow.doctor import doctor
from qinglan.flow.safekeeping import make_backup
from qinglan.records import Project

TERMS = qinglan.Terms(channel="own", licence="Apache-2.0", name="questions")
SIMULATED = qinglan.Terms(channel="simulated", name="simulated")
TASKS = ["id=id", "prompt=prompt", "key=key"]
ANSWERS = ["task=task", "annotator=annotator", "answer=answer"]
IMPORT = (
    "import", "tasks", "../many.jsonl", "--project", "p", "--channel", "own", "--licence",
    "Apache-2.0", "--source", "questions", "--map", "id=id", "--map", "prompt=prompt", "--map",
    "key=key",
)  # fmt: skip
RELEASE = ("release", "build", "p", "--name", "r", "--purpose", "training")

CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
CAPABILITY_VERSION = 0x20080522


def obey_modes() -> None:
    """Lose the capabilities that let root pass any mode (``capset(2)``)."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    sets = (
        ctypes.c_uint32 * 6
    )()  # effective, permitted, inheritable: the lower 32, then the upper
    for call in (libc.capget, libc.capset):
        if call(header, sets) != 0:
            raise OSError(ctypes.get_errno(), "capabilities")
        for which in (0, 1):
            sets[which] &= ~(1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH)


def unprivileged(words: list[str]) -> int:
    """Run a command under the modes of files, whoever runs the tests."""
    from qinglan.cli import main

    obey_modes()
    return main(words)


def cli(
    folder: Path, *words: str, call: str = "qinglan.cli:main"
) -> subprocess.CompletedProcess[str]:
    done: subprocess.CompletedProcess[str] = forking.run(
        *words, cwd=folder, call=call, QINGLAN_LANG="en"
    )
    return done


def refused(done: subprocess.CompletedProcess[str], *codes: int) -> str:
    """The one line that a refused command says."""
    assert done.returncode in codes, (done.args, done.returncode, done.stdout, done.stderr)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("qinglan: ")
    return lines[0]


def sound(folder: Path) -> None:
    """``doctor`` finds nothing wrong with the workspace (a full disk is not its fault)."""
    found = doctor(folder, qinglan.Actor(name="tester", role=qinglan.Role.OWNER))
    assert [look for look in found if look.ok is False and look.name != "disk"] == []
    assert {"database", "history", "keys"} <= {look.name for look in found}


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def questions(n: int) -> Iterator[dict[str, str]]:
    return ({"id": f"q{i}", "prompt": f"计算 {i}+1。", "key": str(i + 1)} for i in range(n))


def fill(ws: qinglan.Workspace, folder: Path, n: int) -> None:
    """``n`` tasks with an answer each, judged."""
    ws.load("p", write_rows(folder / "few.jsonl", questions(n)), fields=TASKS, terms=TERMS)
    given = ({"task": f"q{i}", "annotator": "a", "answer": str(i + 1)} for i in range(n))
    ws.load_answers(
        "p", write_rows(folder / "answers.jsonl", given), fields=ANSWERS, terms=SIMULATED,
        annotator_type="person", tasks_from="questions",
    )  # fmt: skip
    ws.verify("p")
    ws.judge("p")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder whose name is no plain word, with a judged workspace ``w`` inside."""
    folder = tmp_path / "工作 区"
    folder.mkdir()
    with qinglan.init(folder / "w") as ws:
        fill(ws, folder, 40)
    return folder


# A full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, stderr=subprocess.DEVNULL).returncode:
        pytest.skip("mounting a small file system needs root; the limit on sizes is tried instead")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def leave_room(folder: Path, size: int) -> Path:
    """Fill the disk but for ``size`` bytes; the file that does it."""
    ballast = folder / "ballast"
    with ballast.open("wb") as out:
        out.write(b"\0" * max(0, shutil.disk_usage(folder).free - size))
    return ballast


def test_a_full_disk(small_disk: Path) -> None:
    with qinglan.init(small_disk / "w") as ws:
        fill(ws, small_disk, 200)
    write_rows(small_disk / "many.jsonl", questions(2_000))
    ballast = leave_room(small_disk, 200_000)
    assert "no room left" in refused(cli(small_disk / "w", *IMPORT), 1)
    assert "cannot be written" in refused(cli(small_disk / "w", *RELEASE), 2)
    assert list((small_disk / "w" / "releases").glob("*")) == []
    leave_room(small_disk, 60_000)
    assert "cannot write the report" in refused(cli(small_disk / "w", "report", "p"), 2)
    leave_room(small_disk, 4_096)
    refused(cli(small_disk / "w", "status"), 1)
    refused(cli(small_disk, "init", "new"), 1, 2)
    before = sorted(small_disk.rglob("*"))
    with pytest.raises(qinglan.QinglanError):
        make_backup(small_disk / "w", small_disk / "safe" / "here")
    assert sorted(small_disk.rglob("*")) == before
    ballast.unlink()
    sound(small_disk / "w")
    assert not list(small_disk.rglob("*.part"))
    with qinglan.open(small_disk / "w") as ws:
        done = ws.load("p", small_disk / "many.jsonl", fields=TASKS, terms=TERMS)
        assert (done.new, done.reasons) == (1_800, {"duplicate_row": 200})
        ws.judge("p")
        _, folder = ws.release("p", name="r", purpose="training")
    assert qinglan.check_release(folder, key=small_disk / "w" / "keys" / "signing.pub").ok
    qinglan.init(small_disk / "new").close()
    sound(small_disk / "w")


def limited(words: list[str]) -> int:
    """Run a command that may make no file longer than its first word says."""
    from qinglan.cli import main

    resource.setrlimit(resource.RLIMIT_FSIZE, (int(words[0]), int(words[0])))
    return main(words[1:])


def test_files_that_may_not_grow(place: Path) -> None:
    """As under a quota, anywhere: the system refuses what would make a file longer."""
    write_rows(place / "many.jsonl", questions(6_000))
    size = (place / "w" / "qinglan.db").stat().st_size

    limited = "test_hostile_machine:limited"
    said = refused(cli(place / "w", str(size + 100_000), *IMPORT, call=limited), 1)
    assert "kept" in said
    refused(cli(place / "w", "10000", *RELEASE, call=limited), 1, 2)
    assert list((place / "w").glob("releases/*")) == []
    sound(place / "w")
    with qinglan.open(place / "w") as ws:
        before = ws.status()[0].tasks  # whole batches that there was room for
        assert 40 <= before < 6_000
        assert ws.load("p", place / "many.jsonl", fields=TASKS, terms=TERMS).new == 6_000 - before
        ws.judge("p")
        assert ws.release("p", name="r", purpose="training")[0].rows == 40
    sound(place / "w")


# Closed doors


def one_by_one(words: list[str]) -> int:
    """Commands under the modes of files: starting a process for each costs more than most do."""
    from qinglan.cli import main

    obey_modes()
    for command in json.loads(words[0]):
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main(command)
        print(json.dumps([code, out.getvalue(), err.getvalue()]))
    return 0


def several(folder: Path, *commands: tuple[str, ...]) -> list[tuple[int, str, str]]:
    """What each command comes to, under the modes of files; code, output and errors."""
    done = forking.run(
        json.dumps(commands), cwd=folder, call="test_hostile_machine:one_by_one",
        QINGLAN_LANG="en", COLUMNS="300",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [(code, out, err) for code, out, err in map(json.loads, done.stdout.splitlines())]


@contextmanager
def only_to_read(folder: Path) -> Iterator[None]:
    """Everything in ``folder`` may only be read meanwhile, and nothing of it changes."""
    everything = [*sorted(folder.rglob("*")), folder]
    before = {path: path.read_bytes() for path in everything if path.is_file()}
    modes = {path: path.stat().st_mode for path in everything}
    for path in everything:
        path.chmod(modes[path] & 0o7555)
    try:
        yield
    finally:
        for path in everything:
            path.chmod(modes[path])
    assert sorted(folder.rglob("*")) == everything[:-1]
    log = {path for path in before if path.name.endswith("-shm")}  # marks who reads
    assert all(before[path] == path.read_bytes() for path in before.keys() - log)


@pytest.mark.skipif(sys.platform != "linux", reason="capabilities are Linux's")
def test_a_folder_that_may_only_be_read(place: Path) -> None:
    """It can be looked at, and copied to safety; whatever would write says what is closed."""
    write_rows(place / "many.jsonl", questions(50))
    with qinglan.open(place / "w") as ws:
        release, _ = ws.release("p", name="first", purpose="training")
    away = place / "away"
    away.mkdir()
    looking = (
        ("status", "--json"), ("trace", release.id), ("doctor", "--json"),
        ("release", "verify", "releases/first", "--key", "keys/signing.pub"),
        ("report", "p", "--out", str(away / "report.html")),
        ("history", "export", "p", str(away / "history.jsonl")),
        ("export", "p", str(away / "answers.jsonl")), ("backup", str(away), "--json"),
    )  # fmt: skip
    writing = (IMPORT, ("judge", "p"), RELEASE, ("withdraw", "p", "--annotator", "a", "--yes"))
    with only_to_read(place / "w"):
        found = several(place / "w", *looking)
        assert [(code, err) for code, _, err in found] == [(0, "")] * len(looking)
        for _, out, err in several(place / "w", *writing, ("report", "p"), ("init", "new")):
            (line,) = err.strip().splitlines()
            assert line.startswith("qinglan: ")
            assert out == ""
            assert str(place / "w") in line
    assert json.loads(found[0][1])[0]["tasks"] == 40
    looks = {look["name"]: look["ok"] for look in json.loads(found[2][1])}
    assert (looks["database"], looks["records"], looks["writing"]) == (True, True, None)
    assert len((away / "answers.jsonl").read_text("utf-8").splitlines()) == 40
    saved = json.loads(found[7][1])
    assert not saved["noted"]
    sound(place / "w")
    restored = qinglan.restore(saved["backup"], place / "again")
    assert restored.files == saved["files"]


@pytest.mark.skipif(sys.platform != "linux", reason="capabilities are Linux's")
def test_a_log_beside_it_is_read_though_it_may_not_be_written(place: Path) -> None:
    """Another process has written, and what it wrote lies in the log only."""
    write_rows(place / "many.jsonl", questions(50))
    with qinglan.open(place / "w") as ws:
        ws.load("p", place / "many.jsonl", fields=TASKS, terms=TERMS)
        assert (place / "w" / "qinglan.db-wal").stat().st_size > 0
        with only_to_read(place / "w"):
            ((code, out, err),) = several(place / "w", ("status", "--json"))
    assert (code, err) == (0, "")
    assert json.loads(out)[0]["tasks"] == 50
    sound(place / "w")


@pytest.mark.skipif(sys.platform != "linux", reason="capabilities are Linux's")
@pytest.mark.parametrize("closed", [".", "qinglan.toml", "keys", "keys/signing.pem", "qinglan.db"])
def test_no_permission(place: Path, closed: str) -> None:
    target = place / "w" / closed
    mode = target.stat().st_mode
    target.chmod(0)
    try:
        said = refused(
            cli(place, *RELEASE, "-w", "w", call="test_hostile_machine:unprivileged"), 1, 2
        )
    finally:
        target.chmod(mode)
    assert "ermission" in said or "readable" in said
    assert not (place / "w" / "releases").exists() or not any((place / "w" / "releases").iterdir())
    sound(place / "w")


# Wrong about time and letters


class Back(datetime.datetime):
    """A clock that stopped at 2001."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:  # type: ignore[override]
        return datetime.datetime.now(tz).replace(year=2001)


def set_back(words: list[str]) -> int:
    """Run a command on a machine that thinks it is 2001."""
    from qinglan.cli import main

    for verb in ("judge", "load", "release", "verify"):
        import_module(f"qinglan.flow.{verb}")
    for name, module in list(sys.modules.items()):
        if name.startswith("qinglan") and getattr(module, "datetime", None) is datetime.datetime:
            module.datetime = Back  # type: ignore[attr-defined]
    return main(words)


def test_a_clock_set_back(place: Path) -> None:
    """History is a chain, not a calendar: what comes later may say an earlier time."""
    write_rows(place / "many.jsonl", questions(50))
    for words in (IMPORT, ("judge", "p"), RELEASE):
        done = cli(place / "w", *words, call="test_hostile_machine:set_back")
        assert done.returncode == 0, done.stderr
    folder = place / "w" / "releases" / "r"
    checked = qinglan.check_release(folder, key=place / "w" / "keys" / "signing.pub")
    assert checked.ok
    assert checked.manifest is not None
    assert checked.manifest.built.year == 2001
    sound(place / "w")
    with qinglan.open(place / "w") as ws:  # and forward again
        assert ws.release("p", name="later", purpose="training")[0].built.year > 2001
    sound(place / "w")


def test_a_locale_without_letters_and_no_home(tmp_path: Path) -> None:
    """Every word of the command line and every name is Chinese, and the locale knows ASCII only."""
    folder = tmp_path / "资料 库"
    folder.mkdir()
    write_rows(folder / "题目.jsonl", [*questions(12), {"id": "无题"}])
    answers = ({"题": f"q{i}", "答案": str(i + 1)} for i in range(12))
    write_rows(folder / "作答.jsonl", answers)
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
            "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}  # fmt: skip

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "qinglan.cli", *words], cwd=folder, env=bare,
            capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert b"\\u" not in done.stdout
        return done.stdout.decode()

    where = ("-w", "工作 区/甲")
    assert "工作区已就绪" in run("init", "工作 区/甲", "--lang", "zh")
    run("import", "tasks", "题目.jsonl", "--project", "p", "--channel", "own", *where,
        "--map", "id=id", "--map", "prompt=prompt", "--map", "key=key")  # fmt: skip
    run("import", "answers", "作答.jsonl", "--project", "p", "--channel", "simulated", *where,
        "--source", "模拟", "--type", "person", "--tasks-from", "题目",
        "--map", "task=题", "--map", "answer@张三=答案")  # fmt: skip
    assert "报告.html" in run("report", "p", "--out", "报告.html", *where)
    run("doctor", *where)
    with qinglan.open(folder / "工作 区" / "甲") as ws:
        line = ws.status()[0]
        assert (line.tasks, line.annotations) == (12, 12)
        assert [name.annotator for name in ws.annotators("p")] == ["张三"]
    assert "题目.jsonl" in (folder / "报告.html").read_text(encoding="utf-8")


def test_a_file_whose_name_is_no_utf8(place: Path) -> None:
    """Unzipped from a Chinese Windows: the name is GBK, and Python sees surrogates."""
    name = os.fsdecode("题目.jsonl".encode("gbk"))
    write_rows(place / name, [*questions(60), {"id": "无题"}])
    done = cli(place / "w", "import", "tasks", f"../{name}", "--project", "q", "--channel", "own",
               "--map", "id=id", "--map", "prompt=prompt", "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["new"] == 60
    with qinglan.open(place / "w") as ws:
        assert "jsonl" in ws.report("q").read_text(encoding="utf-8")
    sound(place / "w")


# Others at work


def in_small_batches(words: list[str]) -> int:
    """Import in thirty slow transactions, so that whoever looks sees some of them."""
    import qinglan.flow.load
    from qinglan.cli import main
    from qinglan.flow.context import Context

    write = Context.write

    def slowly(context: Context, project: Project, fn: Callable[[Connection], Any]) -> Any:
        done = write(context, project, fn)
        time.sleep(0.05)
        return done

    Context.write = slowly  # type: ignore[method-assign,assignment]
    qinglan.flow.load.BATCH = 500
    return main(words)


def test_reading_while_writing(place: Path) -> None:
    """Whoever reads sees whole batches: as many tasks as keys and samples, and never an error."""
    write_rows(place / "many.jsonl", questions(15_000))
    writer = forking.start(
        *IMPORT, "--json", cwd=place / "w", call="test_hostile_machine:in_small_batches"
    )
    seen: list[int] = []
    with qinglan.open(place / "w") as ws:
        deadline = time.monotonic() + 120
        while writer.poll() is None and time.monotonic() < deadline:
            line = ws.status()[0]
            assert line.tasks == line.keys == line.samples
            assert line.tasks == 40 or line.tasks % 500 == 0, line.tasks  # 40 were there before
            seen.append(line.tasks)
            assert sum(1 for _ in ws.answers("p")) == 40
        out, _ = writer.communicate(timeout=60)
        assert writer.returncode == 0
        assert json.loads(out)["new"] == 14_960
        assert seen == sorted(seen)
        assert len(set(seen)) > 2, "it was over before anybody looked"
        assert ws.status()[0].tasks == 15_000
    sound(place / "w")

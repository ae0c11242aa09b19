"""Record → database → record, to the byte that is hashed."""

from __future__ import annotations

import hashlib
from datetime import UTC, timedelta, timezone
from decimal import Decimal

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from storage_example import ACT, ORIGIN, PRJ, annotation, begin, fill

from qinglan.errors import StorageError
from qinglan.provenance.identity import commitment
from qinglan.records import (
    Activity,
    Annotation,
    Annotator,
    AnswerKey,
    Check,
    ChoiceAnswer,
    FreeAnswer,
    Guideline,
    Kind,
    Link,
    Origin,
    Outcome,
    PreferenceAnswer,
    Project,
    Purpose,
    Reason,
    Record,
    Release,
    Sample,
    StepsAnswer,
    Task,
    Verdict,
)
from qinglan.storage import (
    Storage,
    activities,
    annotators,
    checks,
    guidelines,
    keys,
    links,
    projects,
    releases,
    samples,
    tasks,
    verdicts,
)
from qinglan.storage import annotations as answers

LETTERS = st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
TEXT = st.text(LETTERS, max_size=40)  # all of Unicode, controls too; for NUL see below
SOME = st.text(LETTERS, min_size=1, max_size=40)
MAYBE = st.none() | TEXT
DIGEST = st.text("0123456789abcdef", min_size=64, max_size=64)
NAME = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,62}", fullmatch=True)
ZONES = st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENT = st.datetimes(timezones=ZONES | st.just(UTC))
ORIGINS = st.builds(
    Origin, source=SOME, channel=st.sampled_from(["own", "api", "simulated"]), licence=MAYBE,
    family=MAYBE, part=st.sampled_from([None, "test"]), sha256=st.none() | DIGEST,
)  # fmt: skip
STEPS = st.lists(TEXT, min_size=1, max_size=4).map(tuple)
ANSWERS = st.one_of(
    st.builds(FreeAnswer, text=SOME),
    st.builds(StepsAnswer, steps=STEPS, final=SOME),
    st.builds(ChoiceAnswer, option=SOME),
    st.builds(
        PreferenceAnswer, winner=st.sampled_from(["left", "right", "tie"]), because=MAYBE
    ),
)  # fmt: skip
PROBABILITY = st.decimals(0, 1, places=6) | st.sampled_from(
    [Decimal("0.5"), Decimal("0.50"), Decimal(1), Decimal("1E-6"), Decimal("0E-6")]
)
REASONS = st.sampled_from([None, *Reason])

few = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def storage(either: Storage) -> Storage:
    """Everything here holds on both engines."""
    return either


class Undo(Exception):
    """Ends a write without a trace, so that examples do not meet."""


def back(storage: Storage, put: object, look: object) -> object:
    """What ``look`` finds after ``put``, read by a connection other than the one that wrote."""
    found: list[object] = []

    def fn(conn: object) -> None:
        assert put(conn) == 1  # type: ignore[operator]
        assert put(conn) == 0  # type: ignore[operator]
        found.append(look(conn))  # type: ignore[operator]
        raise Undo

    with pytest.raises(Undo):
        storage.write(fn)
    return found[0]


def same(got: object, record: Record) -> None:
    assert got == record
    assert isinstance(got, Record)
    assert got.model_dump_json() == record.model_dump_json()
    assert commitment(got) == commitment(record) == spelled_out(record)


def spelled_out(record: Record) -> str:
    """The commitment by the book: pydantic's JSON mode, then the RFC's reference writer."""
    fields = {*record.identity, *({"salt"} & set(type(record).model_fields))}
    body = record.model_dump(mode="json", include=fields)
    return hashlib.sha256(rfc8785.dumps({"type": type(record).__name__, **body})).hexdigest()


@few
@given(
    st.builds(Sample, id=SOME, origin=ORIGINS, row=st.integers(1, 2**53 - 1), text=TEXT, salt=TEXT)
)
def test_sample(storage: Storage, record: Sample) -> None:
    look = lambda c: samples.get(c, [record.id])[0]  # noqa: E731
    same(back(storage, lambda c: samples.add(c, [record, record], ACT), look), record)


@few
@given(
    st.builds(
        Task, id=SOME, project=st.just(PRJ), guideline=st.just("gdl_1"),
        kind=st.sampled_from(Kind), samples=st.permutations(["s2", "s1", "s3", "s1"]).map(tuple),
        prompt=TEXT, options=st.lists(TEXT, max_size=5).map(tuple), skill=MAYBE, group=TEXT,
        salt=TEXT,
    ),
    ORIGINS,
)  # fmt: skip
def test_task(storage: Storage, record: Task, origin: Origin) -> None:
    used = [Sample(id=f"s{n}", origin=origin, row=n, text="", salt="") for n in (1, 2, 3)]

    def put(conn: object) -> int:
        samples.add(conn, used, ACT)  # type: ignore[arg-type]
        return tasks.add(conn, [record, record], ACT)  # type: ignore[arg-type]

    same(back(storage, put, lambda c: tasks.get(c, record.id)), record)
    same(back(storage, put, lambda c: next(tasks.stream(c, PRJ))), record)


@few
@given(
    ANSWERS, st.none() | SOME, REASONS,
    st.builds(
        Annotator, id=SOME, project=st.just(PRJ), type=st.sampled_from(["person", "model"]),
        name=SOME, origin=ORIGINS, simulated=st.booleans(),
    ),
)  # fmt: skip
def test_annotation_and_annotator(
    storage: Storage, answer: object, value: str | None, reason: Reason | None, who: Annotator
) -> None:
    record = Annotation.model_validate(
        {"id": "ann_x", "task": "tsk_0000000", "annotator": who.id, "answer": answer, "salt": "1"}
    )
    storage.write(lambda c: fill(c, 1, who=()))

    def put(conn: object) -> int:
        annotators.add(conn, [who], ACT)  # type: ignore[arg-type]
        return answers.add(conn, [(record, value, reason)], ACT)  # type: ignore[arg-type]

    def look(conn: object) -> tuple[object, ...]:
        page = answers.unchecked(conn, PRJ, "v", None, 10)  # type: ignore[arg-type]
        vote = next(answers.votes(conn, PRJ))  # type: ignore[arg-type]
        return annotators.all(conn, PRJ), answers.get(conn, "ann_x"), page, vote  # type: ignore[arg-type]

    people, got, page, vote = back(storage, put, look)  # type: ignore[misc]
    same(people[0], who)
    same(got, record)
    assert page == [(record, value, reason, "1", Kind.FREE, ())]
    assert vote == ("tsk_0000000", who.id, "ann_x", value)


@few
@given(st.sampled_from(Outcome), MAYBE, REASONS, SOME)
def test_check(
    storage: Storage, outcome: Outcome, answer: str | None, reason: Reason | None, verifier: str
) -> None:
    storage.write(lambda c: fill(c, 1))
    record = Check(
        annotation=annotation(0, "ann").id, verifier=verifier, outcome=outcome, answer=answer,
        reason=reason,
    )  # fmt: skip
    put = lambda c: checks.add(c, [record], ACT)  # noqa: E731
    same(back(storage, put, lambda c: next(checks.stream(c, PRJ))), record)


@few
@given(
    st.builds(
        Verdict, id=SOME, task=st.just("tsk_0000000"), value=MAYBE,
        probability=st.none() | PROBABILITY,
        annotation=st.sampled_from([None, annotation(0, "ann").id]),
        votes=st.integers(0, 2**53 - 1), method=TEXT, reason=REASONS,
    )
)  # fmt: skip
def test_verdict(storage: Storage, record: Verdict) -> None:
    storage.write(lambda c: fill(c, 1))
    put = lambda c: verdicts.replace(c, [record], ACT)  # noqa: E731
    same(back(storage, put, lambda c: verdicts.get(c, record.id)), record)
    same(back(storage, put, lambda c: next(verdicts.stream(c, PRJ))), record)


@few
@given(
    st.builds(
        Release, id=SOME, project=st.just(PRJ), name=NAME, purpose=st.sampled_from(Purpose),
        root=DIGEST, rows=st.integers(0, 2**53 - 1), built=MOMENT, permit=DIGEST, history=DIGEST,
    )
)  # fmt: skip
def test_release(storage: Storage, record: Release) -> None:
    put = lambda c: releases.add(c, record, ACT)  # noqa: E731
    same(back(storage, put, lambda c: releases.get(c, PRJ, record.name)), record)
    same(back(storage, put, lambda c: releases.all(c)[0]), record)


@few
@given(
    st.builds(Activity, id=SOME, verb=TEXT, actor=TEXT, code=TEXT, started=MOMENT),
    st.builds(
        Guideline, id=SOME.filter(lambda s: s != "gdl_1"), kind=st.sampled_from(Kind),
        version=st.integers(1, 2**31 - 1), en=TEXT, zh=TEXT,
    ),
    st.builds(AnswerKey, task=st.just("tsk_0000000"), value=TEXT, salt=TEXT),
    st.builds(
        Link, output=TEXT, inputs=st.lists(TEXT, max_size=5).map(tuple), activity=st.just(ACT)
    ),
)  # fmt: skip
def test_the_small_ones(
    storage: Storage, activity: Activity, guideline: Guideline, key: AnswerKey, link: Link
) -> None:
    if activity.id != ACT:
        put = lambda c: activities.add(c, activity)  # noqa: E731
        same(back(storage, put, lambda c: activities.get(c, activity.id)), activity)
    put = lambda c: guidelines.add(c, guideline, ACT)  # noqa: E731
    same(back(storage, put, lambda c: guidelines.get(c, guideline.id)), guideline)
    project = Project(id="p", name="p", kind=guideline.kind, guideline="gdl_1")
    put = lambda c: projects.add(c, project)  # noqa: E731
    same(back(storage, put, lambda c: projects.get(c, "p")), project)
    put = lambda c: links.add(c, [link])  # noqa: E731
    same(back(storage, put, lambda c: links.of_output(c, link.output)[0]), link)
    begin_task = lambda c: fill(c, 1, who=())  # noqa: E731
    storage.write(begin_task)
    storage.write(lambda c: c.execute(text("DELETE FROM answer_keys")))
    put = lambda c: keys.add(c, [key], ACT)  # noqa: E731
    same(back(storage, put, lambda c: keys.get(c, key.task)), key)
    same(back(storage, put, lambda c: next(keys.stream(c, PRJ))), key)


def test_a_nul_is_kept_or_refused_but_never_cut(storage: Storage) -> None:
    told = Sample(id="s", origin=ORIGIN, row=1, text="before\x00after", salt="")
    add = lambda: storage.write(lambda c: samples.add(c, [told], ACT))  # noqa: E731
    if storage.examine().startswith("postgresql"):  # has no NUL in its text
        with pytest.raises(StorageError):
            add()
        told = told.model_copy(update={"text": "other"})
    assert add() == 1
    with storage.read() as conn:
        same(samples.get(conn, ["s"])[0], told)


def test_unknown_is_none(storage: Storage) -> None:
    with storage.read() as conn:
        for found in (
            activities.get(conn, "x"), guidelines.get(conn, "x"), projects.get(conn, "x"),
            tasks.get(conn, "x"), keys.get(conn, "x"), annotators.get(conn, "x"),
            answers.get(conn, "x"), verdicts.get(conn, "x"), releases.get(conn, PRJ, "x"),
        ):  # fmt: skip
            assert found is None
        assert samples.get(conn, ["x"]) == []


def test_beginning_twice_changes_nothing(storage: Storage) -> None:
    storage.write(begin)
    with storage.read() as conn:
        assert [project.name for project in projects.all(conn)] == ["line-1", "line-2"]


@pytest.mark.parametrize(
    ("statement", "table", "id_"),
    [
        ("UPDATE tasks SET options = '{\"a\": 1}'", "tasks", "tsk_0000000"),
        ("UPDATE tasks SET kind = 'essay'", "tasks", "tsk_0000000"),
        ('UPDATE annotations SET answer = \'{"kind":"free"\'', "annotations", "ann_0000000_ann_1"),
        ('UPDATE annotations SET answer = \'{"kind":"free","text":""}\'', "annotations", "ann_"),
    ],
)
def test_an_edited_row_is_named(storage: Storage, statement: str, table: str, id_: str) -> None:
    storage.write(lambda c: fill(c, 1))
    storage.write(lambda c: c.execute(text(statement.replace(":", "\\:"))))
    with pytest.raises(StorageError) as caught, storage.read() as conn:
        (tasks.get(conn, "tsk_0000000"), answers.of_task(conn, "tsk_0000000"))
    assert caught.value.key == "error.storage.damaged"
    assert caught.value.facts["table"] == table
    assert str(caught.value.facts["id"]).startswith(id_)

"""A small line of work to put into a database."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection

from qinglan.records import (
    Activity,
    Annotation,
    Annotator,
    AnswerKey,
    FreeAnswer,
    Guideline,
    Kind,
    Origin,
    Project,
    Sample,
    Task,
)
from qinglan.storage import (
    activities,
    annotators,
    guidelines,
    keys,
    projects,
    samples,
    tasks,
)
from qinglan.storage import annotations as answers

ACT = "act_1"
PRJ = "prj_1"
ORIGIN = Origin(source="a.jsonl", channel="own", licence="MIT")


def begin(conn: Connection) -> None:
    started = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    activities.add(conn, Activity(id=ACT, verb="import", actor="me", code="0.1.0", started=started))
    guidelines.add(conn, Guideline(id="gdl_1", kind=Kind.FREE, version=1, en="Do.", zh="做。"), ACT)
    for number in (1, 2):
        project = Project(
            id=f"prj_{number}", name=f"line-{number}", kind=Kind.FREE, guideline="gdl_1"
        )
        projects.add(conn, project, ACT)


def task(number: int, project: str = PRJ) -> Task:
    return Task(
        id=f"tsk_{number:07d}", project=project, guideline="gdl_1", kind=Kind.FREE,
        samples=(f"smp_{number:07d}",), prompt=f"What is {number} + 1?", group=f"g{number}",
        salt="00",
    )  # fmt: skip


def sample(number: int) -> Sample:
    return Sample(id=f"smp_{number:07d}", origin=ORIGIN, row=number + 1, text="text", salt="00")


def annotator(name: str, project: str = PRJ) -> Annotator:
    return Annotator(id=f"ant_{name}", project=project, type="person", name=name, origin=ORIGIN)


def annotation(
    number: int, who: str, supersedes: str | None = None, version: int = 1
) -> Annotation:
    return Annotation(
        id=f"ann_{number:07d}_{who}_{version}", task=f"tsk_{number:07d}", annotator=f"ant_{who}",
        answer=FreeAnswer(text=f"It is {number + 1}."), supersedes=supersedes, salt="00",
    )  # fmt: skip


def fill(conn: Connection, count: int, who: tuple[str, ...] = ("ann", "bob")) -> None:
    """``count`` tasks with samples and keys, each answered by everybody in ``who``."""
    numbers = range(count)
    samples.add(conn, (sample(n) for n in numbers), ACT)
    tasks.add(conn, (task(n) for n in numbers), ACT)
    keys.add(conn, (AnswerKey(task=task(n).id, value=str(n + 1), salt="0") for n in numbers), ACT)
    annotators.add(conn, [annotator(name) for name in who], ACT)
    given = ((annotation(n, name), str(n + 1), None) for n in numbers for name in who)
    answers.add(conn, given, ACT)

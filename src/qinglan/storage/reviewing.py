"""What is known of a stretch of a project's answered tasks, for choosing which to review."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from qinglan.records import Reason
from qinglan.storage import annotations as answers
from qinglan.storage import tables

_ANNOTATION = tables.annotations.c
_HAD = tables.assignments.c
_RULING = tables.rulings.c
_TASK = tables.tasks.c
_VERDICT = tables.verdicts.c
_WORK = tables.work.c

EXCERPT = 400
"""Characters of a prompt that a list shows."""


@dataclass(slots=True)
class Candidate:
    """One task with answers that nobody has ruled on."""

    task: str
    excerpt: str = ""
    votes: dict[str | None, int] = field(default_factory=dict)
    """How many standing answers say each value; ``None`` for what could not be read."""
    posterior: float | None = None
    contradicted: bool = False
    reports: int = 0


def candidates(
    connection: Connection, project: str, annotator: str, after: str, limit: int
) -> tuple[list[Candidate], str | None]:
    """The next ``limit`` answered tasks of ``project`` (its id) beyond the id ``after``, less those
    that are ruled on and those that ``annotator`` was given or has answered; and where to go on.

    The cost is that of the stretch, whatever the size of the project.
    """
    found = answers.answered(connection, project, after, limit + 1)
    if not found:
        return [], None
    here, last = found[:limit], found[:limit][-1]
    first = here[0]
    known = {task: Candidate(task) for task in here}
    for gone in (
        select(_RULING.task).where(
            _RULING.project == project, _RULING.task >= first, _RULING.task <= last
        ),
        select(_HAD.task).where(_HAD.annotator == annotator, _HAD.task >= first, _HAD.task <= last),
        select(_ANNOTATION.task).where(
            _ANNOTATION.project == project, _ANNOTATION.task >= first, _ANNOTATION.task <= last,
            _ANNOTATION.annotator == annotator,
        ),
    ):  # fmt: skip
        for task in connection.execute(gone).scalars():
            known.pop(task, None)
    later = tables.annotations.alias("later")
    votes = (
        select(_ANNOTATION.task, _ANNOTATION.value, func.count())
        .where(_ANNOTATION.project == project, _ANNOTATION.task >= first, _ANNOTATION.task <= last)
        .where(~select(later.c.id).where(later.c.supersedes == _ANNOTATION.id).exists())
        .group_by(_ANNOTATION.task, _ANNOTATION.value)
    )
    counted: dict[str, dict[str | None, int]] = defaultdict(dict)
    for task, value, number in connection.execute(votes):
        counted[task][value] = int(number)
    judged = (
        select(_TASK.id, func.substr(_TASK.prompt, 1, EXCERPT), _VERDICT.probability,
               _VERDICT.reason, func.coalesce(_WORK.reports, 0))
        .join_from(tables.tasks, tables.verdicts, (_VERDICT.task == _TASK.id) & _VERDICT.current,
                   isouter=True)
        .join(tables.work, _WORK.task == _TASK.id, isouter=True)
        .where(_TASK.project == project, _TASK.id >= first, _TASK.id <= last)
    )  # fmt: skip
    for task, excerpt, probability, reason, reports in connection.execute(judged):
        if task in known:
            one = known[task]
            one.excerpt, one.votes, one.reports = excerpt, counted[task], int(reports)
            one.posterior = None if probability is None else float(probability)
            one.contradicted = reason == Reason.KEY_CONTRADICTS.value
    return list(known.values()), last if len(found) > limit else None


def words(connection: Connection, task: str) -> list[tuple[str, str]]:
    """Why people gave ``task`` back, and their words, where they left any."""
    query = select(_HAD.reason, _HAD.note).where(
        _HAD.task == task, _HAD.reason.is_not(None), _HAD.note.is_not(None)
    )
    return sorted((str(row.reason), str(row.note)) for row in connection.execute(query))

"""Records that come by the thousand: their rows, made of the texts that a file gave.

What an import brings shares nearly everything: project, guideline, kind, origin. To make a record
of each, validate it, write it as canonical JSON and take that apart into columns again was most of
an import's time. Here what is shared is written once, and a row is made of what is left, which the
reader of the file has checked. The rows, commitments among them, are those that the records
themselves would give; the tests hold them against each other.

To make rows needs no database, so it can be done while others are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from json.encoder import encode_basestring as quote
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Connection, Table

from qinglan.provenance.canonical_json import texts, write
from qinglan.provenance.identity import commitment, committer
from qinglan.records import Annotation, Answer, AnswerKey, Origin, Project, Reason, Sample, Task
from qinglan.storage import activities, origins, tables, tallies, tasks, withdrawals
from qinglan.storage.bulk import Columns
from qinglan.storage.dialects import insert_whole


class Text(NamedTuple):
    """A sample that is to be stored: its id, and what it says."""

    id: str
    text: str


class TaskRows(NamedTuple):
    """The task with that id as rows: its own, those of its samples, and of its key."""

    id: str
    task: Columns
    samples: list[Columns]
    key: Columns | None


class TaskMaker:
    """Makes the rows of the tasks that one import brings."""

    def __init__(self, project: Project, from_: Sequence[Origin], activity: str) -> None:
        """``from_``: the origins of each task's samples, by their place."""
        self._activity = activity
        self._shared = (project.id, project.guideline, project.kind.value)
        self._origins = [commitment(origin) for origin in from_]
        self._sample = [
            committer(Sample, ("id", "row", "salt", "text"), {"origin": origin}) for origin in from_
        ]
        shared = {"project": project.id, "guideline": project.guideline, "kind": project.kind}
        varying = ("group", "id", "options", "prompt", "salt", "samples", "skill")
        self._task = committer(Task, varying, shared)
        self._key = committer(AnswerKey, ("salt", "task", "value"), {})

    def rows(
        self,
        id_: str,
        line: int,
        samples: Sequence[Text],
        *,
        prompt: str,
        options: Sequence[str],
        skill: str | None,
        group: str,
        key: str | None,
        salts: Iterator[str],
    ) -> TaskRows:
        """The rows of one task. ``salts`` gives one for each sample, the task, and its key.

        Ids, salts and names of columns need no escapes; texts of files do.
        """
        made, asked = [], quote(prompt)
        for place, (sample, text) in enumerate(samples):
            salt = next(salts)
            written = asked if text is prompt else quote(text)
            digest = self._sample[place](f'"{sample}"', line, f'"{salt}"', written)
            made.append(
                (sample, self._origins[place], line, text, salt, digest, self._activity)
            )  # fmt: skip
        said = texts(options)
        used = ",".join([f'"{sample}"' for sample, _ in samples])
        salt = next(salts)
        digest = self._task(
            quote(group), f'"{id_}"', said, asked, f'"{salt}"', f"[{used}]",
            "null" if skill is None else quote(skill),
        )  # fmt: skip
        task = (
            id_, *self._shared, prompt, said, skill, group, salt, digest, self._activity
        )  # fmt: skip
        if key is None:
            return TaskRows(id_, task, made, None)
        salt = next(salts)
        digest = self._key(f'"{salt}"', f'"{id_}"', quote(key))
        return TaskRows(id_, task, made, (id_, key, salt, digest, self._activity))


def add_tasks(
    connection: Connection, project: str, from_: Iterable[Origin], rows: Sequence[TaskRows]
) -> None:
    """Store tasks that are not here yet in ``project`` (its id), with their samples and keys.

    Raises:
        StorageError: one of them, or of their samples, was withdrawn.
    """
    if not rows:
        return
    brought = [sample for one in rows for sample in one.samples]
    named = {str(sample[0]) for sample in brought}
    withdrawals.refuse(connection, "samples", named)
    withdrawals.refuse(connection, "tasks", [one.id for one in rows])
    origins.add(connection, from_)
    _insert(connection, tables.samples, brought)
    before = tasks.used_by(connection, project, named)
    new = _insert(connection, tables.tasks, [one.task for one in rows])
    uses = [(one.id, place, sample[0]) for one in rows for place, sample in enumerate(one.samples)]
    _insert(connection, tables.task_samples, uses)
    keyed = [one.key for one in rows if one.key is not None]
    keys = _insert(connection, tables.answer_keys, keyed)
    tallies.bump(
        connection, project, {"tasks": new, "samples": len(named) - before, "keys": keys}
    )  # fmt: skip


class AnswerMaker:
    """Makes the rows of the answers that one import brings."""

    def __init__(self, project: Project, activity: str) -> None:
        self._project, self._activity = project.id, activity
        varying = ("annotator", "answer", "id", "salt", "task")
        self._annotation = committer(Annotation, varying, {"supersedes": None})

    def row(
        self,
        id_: str,
        task: str,
        annotator: str,
        answer: Answer,
        salt: str,
        value: str | None,
        reason: Reason | None,
    ) -> Columns:
        """The row of one answer, which revises none; arguments as of ``annotations.Given``."""
        said = write(answer)
        digest = self._annotation(
            f'"{annotator}"', said, f'"{id_}"', f'"{salt}"', f'"{task}"'
        )  # fmt: skip
        return (
            id_, self._project, task, annotator, said, None, salt, value,
            None if reason is None else reason.value, digest, self._activity,
        )  # fmt: skip


def add_answers(connection: Connection, project: str, rows: Sequence[Columns]) -> None:
    """Store answers that are not here yet to tasks of ``project`` (its id), made at once.

    Raises:
        StorageError: one of them was withdrawn.
    """
    if not rows:
        return
    withdrawals.refuse(connection, "annotations", [row[0] for row in rows])
    added = _insert(connection, tables.annotations, rows)
    made = tallies.made_by(activities.verb(connection, rows[0][-1]))
    tallies.bump(connection, project, {"annotations": added, made: added})


def _insert(connection: Connection, table: Table, rows: Iterable[Columns]) -> int:
    """Insert whole rows; how many were new.

    In the order of their ids, which are spread at random: neighbours then meet the same page of an
    index, and a sixth of the time of these statements is saved on SQLite.
    """
    return insert_whole(connection, table, sorted(rows, key=itemgetter(0)))

"""Records that come by the thousand: their rows, made of the texts that a file gave.

What an import brings shares nearly everything: project, guideline, kind, origin. To make a record
of each, validate it, write it as canonical JSON and take that apart into columns again was most of
an import's time. Here what is shared is written once, and a row is made of what is left, which the
reader of the file has checked. The rows, commitments among them, are those that the records
themselves would give; the tests hold them against each other.

To make rows needs no database, so it can be done while others are written.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import chain, compress, islice
from json.encoder import encode_basestring as quote
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection

from qinglan.provenance.canonical_json import texts, write
from qinglan.provenance.identity import Committer, commitment
from qinglan.records import Annotation, Answer, AnswerKey, Origin, Project, Reason, Sample, Task
from qinglan.storage import activities, origins, tables, tallies, tasks, withdrawals
from qinglan.storage.bulk import Columns
from qinglan.storage.dialects import insert_whole

Cells: TypeAlias = tuple[Any, ...]
"""A row, in the order of its table's columns."""


class Load(NamedTuple):
    """Tasks that are stored together: rows of each table, in the order of its ids.

    Ids are spread at random: neighbours then meet the same page of an index, and a sixth of the
    time of these statements is saved on SQLite.
    """

    tasks: Columns
    samples: Columns
    uses: Columns
    keys: Columns

    def without(self, tasks: Container[str]) -> Load:
        """All but ``tasks`` (their ids)."""
        uses = _only(self.uses, [task not in tasks for task in self.uses[0]])
        staying = set(uses[2])
        return Load(
            _only(self.tasks, [id_ not in tasks for id_ in self.tasks[0]]),
            _only(self.samples, [id_ in staying for id_ in self.samples[0]]),
            uses,
            _only(self.keys, [task not in tasks for task in self.keys[0]]),
        )


def _only(rows: Columns, which: Sequence[bool]) -> Columns:
    return [list(compress(column, which)) for column in rows]


def _joined(parts: Sequence[Columns]) -> Columns:
    """The rows of all ``parts``."""
    if len(parts) == 1:
        return parts[0]
    return [list(chain.from_iterable(column)) for column in zip(*parts, strict=True)]


def _ordered(rows: Columns) -> Columns:
    """``rows`` in the order of their first column."""
    order = sorted(range(len(rows[0])), key=rows[0].__getitem__)
    return [[column[place] for place in order] for column in rows]


class Material(NamedTuple):
    """Samples of one origin, one of each task: their ids, and what they say."""

    ids: Sequence[str]
    texts: Sequence[str]


class TaskMaker:
    """Makes the rows of the tasks that one import brings."""

    def __init__(self, project: Project, from_: Sequence[Origin], activity: str) -> None:
        """``from_``: the origins of each task's samples, by their place."""
        self._activity = activity
        self._shared = (project.id, project.guideline, project.kind.value)
        self._origins = [commitment(origin) for origin in from_]
        self._sample = [
            Committer(Sample, ("id", "row", "salt", "text"), {"origin": origin}) for origin in from_
        ]
        shared = {"project": project.id, "guideline": project.guideline, "kind": project.kind}
        varying = ("group", "id", "options", "prompt", "salt", "samples", "skill")
        self._task = Committer(Task, varying, shared)
        self._key = Committer(AnswerKey, ("salt", "task", "value"), {})

    def load(
        self,
        ids: Sequence[str],
        lines: Sequence[int],
        material: Sequence[Material],
        *,
        prompts: Sequence[str],
        options: Sequence[Sequence[str]],
        skills: Sequence[str | None],
        groups: Sequence[str],
        keys: Sequence[str | None],
        salts: Iterator[str],
    ) -> Load:
        """The rows of some tasks, given by their columns, in the order of the ids.

        ``material`` comes by origin. ``salts`` gives one for each sample, task and key. Ids, salts
        and names of columns need no escapes; texts of files do.
        """
        many = len(ids)
        asked = list(map(quote, prompts))
        uses: list[Columns] = []
        samples: list[Columns] = []
        for place, (names, said) in enumerate(material):
            own = list(islice(salts, many))
            written = asked if said is prompts else map(quote, said)
            digests = self._sample[place].all(
                map(_quoted, names), lines, map(_quoted, own), written
            )
            uses.append((ids, [place] * many, names))
            origin, made_by = [self._origins[place]] * many, [self._activity] * many
            samples.append((names, origin, lines, said, own, digests, made_by))
        own, listed = list(islice(salts, many)), list(map(texts, options))
        named = zip(*[map(_quoted, one.ids) for one in material], strict=True)
        digests = self._task.all(
            map(quote, groups), map(_quoted, ids), listed, asked, map(_quoted, own),
            [f"[{','.join(names)}]" for names in named],
            ["null" if skill is None else quote(skill) for skill in skills],
        )  # fmt: skip
        tasks = (
            ids, *[[value] * many for value in self._shared], prompts, listed, skills, groups, own,
            digests, [self._activity] * many,
        )  # fmt: skip
        return Load(
            tasks, _ordered(_joined(samples)), _ordered(_joined(uses)),
            self._known(ids, keys, salts),
        )  # fmt: skip

    def _known(
        self, ids: Sequence[str], keys: Sequence[str | None], salts: Iterator[str]
    ) -> Columns:
        which = [key is not None for key in keys]
        tasks, values = list(compress(ids, which)), [key for key in keys if key is not None]
        own = list(islice(salts, len(tasks)))
        digests = self._key.all(map(_quoted, own), map(_quoted, tasks), map(quote, values))
        return tasks, values, own, digests, [self._activity] * len(tasks)


def _quoted(plain: str) -> str:
    return f'"{plain}"'


def add_tasks(
    connection: Connection, project: str, from_: Iterable[Origin], load: Load
) -> set[str]:
    """Store tasks in ``project`` (its id), with their samples and keys.

    Returns:
        Those that were here already, by their ids: they stay as they are, with all that is theirs.

    Raises:
        StorageError: one of them, or of their samples, was withdrawn.
    """
    if not load.tasks[0]:
        return set()
    new = insert_whole(connection, tables.tasks, load.tasks)
    before: set[str] = set()
    if new < len(load.tasks[0]):
        mine = dict(zip(load.tasks[0], load.tasks[_COMMITMENT], strict=True))
        there = tasks.commitments(connection, mine)
        before = {id_ for id_, commitment in there.items() if commitment != mine[id_]}
        load = load.without(before)
    named = set(load.samples[0])
    withdrawals.refuse(connection, "samples", named)
    withdrawals.refuse(connection, "tasks", load.tasks[0])
    origins.add(connection, from_)
    fresh = insert_whole(connection, tables.samples, load.samples)
    # A sample that was not here before is one that no task used.
    used = 0 if fresh == len(named) else tasks.used_by(connection, project, named)
    insert_whole(connection, tables.task_samples, load.uses)
    keys = insert_whole(connection, tables.answer_keys, load.keys)
    tallies.bump(connection, project, {"tasks": new, "samples": len(named) - used, "keys": keys})
    return before


_COMMITMENT = list(tables.tasks.c).index(tables.tasks.c.commitment)


class AnswerMaker:
    """Makes the rows of the answers that one import brings."""

    def __init__(self, project: Project, activity: str) -> None:
        self._project, self._activity = project.id, activity
        varying = ("annotator", "answer", "id", "salt", "task")
        self._annotation = Committer(Annotation, varying, {"supersedes": None})

    def row(
        self,
        id_: str,
        task: str,
        annotator: str,
        answer: Answer,
        salt: str,
        value: str | None,
        reason: Reason | None,
    ) -> Cells:
        """The row of one answer, which revises none; arguments as of ``annotations.Given``."""
        said = write(answer)
        digest = self._annotation(
            _quoted(annotator), said, _quoted(id_), _quoted(salt), _quoted(task)
        )
        return (
            id_, self._project, task, annotator, said, None, salt, value,
            None if reason is None else reason.value, digest, self._activity,
        )  # fmt: skip


def add_answers(connection: Connection, project: str, rows: Sequence[Cells]) -> None:
    """Store answers that are not here yet to tasks of ``project`` (its id), made at once.

    Raises:
        StorageError: one of them was withdrawn.
    """
    if not rows:
        return
    withdrawals.refuse(connection, "annotations", [row[0] for row in rows])
    added = insert_whole(connection, tables.annotations, _ordered(list(zip(*rows, strict=True))))
    made = tallies.made_by(activities.verb(connection, rows[0][-1]))
    tallies.bump(connection, project, {"annotations": added, made: added})

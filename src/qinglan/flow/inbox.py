"""Where one teacher's replies to one project become answers. Not a verb: a part of ``generate``.

Replies lie in a journal, one for each teacher and project, and become answers from there. So what
a crash kept from the database is made up for from the journal, and a reply that could not be read
is read again, at no cost, by a version that can.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from sqlalchemy import Connection

from qinglan.endpoints.asking import Outcome, Unanswered
from qinglan.endpoints.journal import Journal
from qinglan.flow.context import Context
from qinglan.kinds import canonical
from qinglan.provenance import identity
from qinglan.records import Activity, Annotation, Kind, Link, Project, Reason, Reply, SetAside, Task
from qinglan.storage import annotations as answers
from qinglan.storage import annotators, links, origins, set_aside, tasks
from qinglan.teachers import Reading, Teacher, read_reply

STAGE: Literal["generate"] = "generate"
FOLDER = "journal"
"""Of the workspace: where the journals lie."""
_BATCH = 1_000


@dataclass(slots=True)
class _Made:
    """What becomes of one batch."""

    given: list[answers.Given] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    """Records that were set aside before, and are an answer now."""


class Inbox:
    """Takes one teacher's replies. For one thread at a time."""

    def __init__(
        self, context: Context, project: Project, teacher: Teacher, activity: Activity
    ) -> None:
        self._context, self._project, self._activity = context, project, activity
        self._model = teacher.model
        self.annotator = teacher.annotator(
            identity.mint(context.secret, "ant", project.name, *teacher.place), project.id
        )
        self.path = context.folder / FOLDER / f"{self.annotator.id}.jsonl"
        self.new = 0
        """Answers stored by this inbox."""
        self.set_aside: Counter[str] = Counter()
        """What it set aside, by reason."""
        self.served: Counter[str] = Counter()
        """Replies by what their server says it is, where that is not what was asked for."""
        self._file = f"{FOLDER}/{self.path.name}"
        with context.storage.read() as conn:
            self._aside = set_aside.records(conn, project.id, STAGE, self._file)
        context.storage.write(lambda conn: self._introduce(conn, teacher))

    def _introduce(self, conn: Connection, teacher: Teacher) -> None:
        """The teacher as an annotator, once, and what it learned from."""
        if annotators.add(conn, [self.annotator], self._activity.id) and teacher.learned:
            ids = tuple(sorted(origins.add(conn, teacher.learned).values()))
            edge = Link(output=self.annotator.id, inputs=ids, activity=self._activity.id)
            links.add(conn, [edge])

    def place(self, task: str, number: int) -> str:
        """Id of the teacher's ``number``-th answer to ``task``."""
        return identity.mint(self._context.secret, "ann", task, self.annotator.id, number)

    def mark(self, task: Task) -> str:
        """A word that belongs to ``task``, and that nobody outside can guess.

        Empty where no text is shown that could misuse one that it had guessed.
        """
        if task.kind is not Kind.PREFERENCE:
            return ""
        return identity.mint(self._context.secret, "tsk", "mark", task.id)[4:16]

    def catch_up(self, journal: Journal) -> int:
        """Make answers of replies in the journal that are none yet; how many there were."""
        replies = (reply for _, reply in journal.replies())
        while batch := list(islice(replies, _BATCH)):
            self.keep(batch)
        return self.new

    def keep(self, outcomes: Sequence[Outcome]) -> None:
        """Make answers of ``outcomes``; what is none is set aside with its reason."""
        places = [self._place(outcome) for outcome in outcomes]
        with self._context.storage.read() as conn:
            known = answers.known(conn, places)
            found = tasks.find(conn, (_task(outcome) for outcome in outcomes))
        made = _Made()
        for place, outcome in zip(places, outcomes, strict=True):
            if place in known:
                continue
            if isinstance(outcome, Unanswered):
                self._put_aside(made, place, outcome.reason, outcome.detail)
                continue
            task = found.get(outcome.task)
            read = (
                Reading(reason=Reason.UNKNOWN_TASK) if task is None else self._read(outcome, task)
            )
            if task is None or read.answer is None:
                reason = read.reason or Reason.REPLY_UNREADABLE
                self._put_aside(made, outcome.id, reason, outcome.task)
                continue
            known.add(place)
            made.mended += self._aside.intersection((place, outcome.id))
            made.links.append(Link(output=place, inputs=(outcome.id,), activity=self._activity.id))
            annotation = Annotation(
                id=place, task=task.id, annotator=self.annotator.id, answer=read.answer,
                salt=identity.new_salt(),
            )  # fmt: skip
            value = canonical(read.answer, task.options)
            made.given.append((annotation, value.value, value.reason))
        if made.given or made.aside:
            self._context.write(self._project, lambda conn: self._store(conn, made))
            self.new += len(made.given)
            self.set_aside.update(row.reason.value for row in made.aside)
            self._aside.difference_update(made.mended)
            self._aside.update(str(row.record) for row in made.aside)

    def _read(self, reply: Reply, task: Task) -> Reading:
        read = read_reply(reply, task, self.mark(task))
        if read.served is not None and read.served != self._model:
            self.served[read.served] += 1
        return read

    def _put_aside(self, made: _Made, record: str, reason: Reason, detail: str) -> None:
        if record not in self._aside:  # once is enough, however often a run comes by
            row = SetAside(
                stage=STAGE, reason=reason, file=self._file, record=record, detail=detail[:200]
            )
            made.aside.append(row)

    def _store(self, conn: Connection, made: _Made) -> None:
        """Answers, what they were made of, what is none, and history, in one transaction."""
        answers.add(conn, made.given, self._activity.id)
        links.add(conn, made.links)
        set_aside.take_back(conn, self._project.id, STAGE, made.mended)
        set_aside.add(conn, self._project.id, made.aside, self._activity.id)
        reasons = Counter(row.reason.value for row in made.aside)
        self._context.note(
            conn, self._project, self._activity, annotator=self.annotator.id,
            new=len(made.given), set_aside=dict(sorted(reasons.items())),
        )  # fmt: skip

    def _place(self, outcome: Outcome) -> str:
        number = outcome.number if isinstance(outcome, Reply) else outcome.ask.number
        return self.place(_task(outcome), number)


def _task(outcome: Outcome) -> str:
    return outcome.task if isinstance(outcome, Reply) else outcome.ask.task

"""``contest``: written texts of one task are set against each other, for others to compare.

Several conversations, edits or free answers to one task have no votes: no two are alike. Others
compare them two at a time, blind, as preferences of another project; ``judge`` then takes the text
that stands first, with how sure that is. Whoever wrote one of a task's texts, or has seen them in
the office, is never asked to compare them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import Connection

from qinglan.errors import UsageError
from qinglan.flow import illustrating, queueing
from qinglan.flow.contests import KINDS, sample_id, source_of
from qinglan.flow.context import Context, allow
from qinglan.flow.hands import annotator_id, milliseconds
from qinglan.flow.scheme import scheme_of
from qinglan.kinds import chat
from qinglan.provenance import identity
from qinglan.records import (
    Actor,
    Annotation,
    Annotator,
    Answer,
    ChatAnswer,
    EditAnswer,
    FreeAnswer,
    Kind,
    Link,
    Origin,
    Project,
    Sample,
    Task,
    Turn,
)
from qinglan.storage import annotations as answers
from qinglan.storage import (
    annotators,
    links,
    rulings,
    samples,
    sightings,
    tasks,
    users,
    verdicts,
    work,
)
from qinglan.storage.columns import batches

INTO = frozenset({Kind.PREFERENCE, Kind.COMPARISON})
MOST = 6
"""Texts of one task that are compared, the first given: fifteen pairs."""
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Contested:
    """What it did: pairs that became tasks now, and those that were tasks before.

    Of the written tasks ``alone`` have fewer than two different texts, ``open`` are still given
    out at the desk, and ``settled`` have a verdict or a ruling: they are left as they are.
    """

    project: str
    into: str
    new: int
    there: int
    alone: int
    open: int
    settled: int


def contest(context: Context, actor: Actor, project: str, into: str) -> Contested:
    """Make tasks in ``into`` of each two different texts that answer a task of ``project``.

    Args:
        context: the workspace.
        actor: who asks.
        project: name of the project whose answers are texts.
        into: name of the project, of preferences, where they are compared.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: a project is not there, or of another kind.
    """
    allow("contest", actor)
    source, target = context.project(project), context.project(into)
    for one, kinds in ((source, KINDS), (target, INTO)):
        if one.kind not in kinds:
            asked = ", ".join(sorted(kind.value for kind in kinds))
            raise UsageError("flow.other_kind", name=one.name, kind=one.kind, asked=asked)
    with context.storage.read() as conn:
        given: dict[str, list[str]] = {}
        for vote in answers.votes(conn, source.id):
            given.setdefault(vote.task, []).append(vote.annotation)
        ruled = rulings.standing(conn, source.id)
        told = {
            task: one
            for part in batches(list(given))
            for task, one in verdicts.current(conn, part).items()
        }
        queued = work.states(conn, given)
    settled = {
        task for task in given
        if task in ruled or (task in told and told[task].value is not None)
    }  # fmt: skip
    waiting = {task for task in given if queued.get(task) in ("open", "reserved", "full")} - settled
    left = [task for task in given if task not in settled | waiting]
    activity = context.begin("contest", actor)
    new = there = alone = 0
    for start in range(0, max(1, len(left)), BATCH):
        part = {task: given[task] for task in left[start : start + BATCH]}
        maker = _Maker(context, source, target, activity.id)

        def keep(
            conn: Connection, maker: _Maker = maker, part: dict[str, list[str]] = part
        ) -> tuple[int, int, int]:
            counted = maker.make(conn, part)
            context.note(conn, target, activity, texts_of=source.name, new=counted[0])
            return counted

        one_new, one_there, one_alone = context.write(target, keep)
        new, there, alone = new + one_new, there + one_there, alone + one_alone
    return Contested(
        project=project, into=into, new=new, there=there, alone=alone, open=len(waiting),
        settled=len(settled),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the tasks of one batch, in one transaction."""

    context: Context
    source: Project
    target: Project
    activity: str

    def make(self, conn: Connection, given: dict[str, list[str]]) -> tuple[int, int, int]:
        """New pairs, pairs there before, and tasks without a second text."""
        people = {one.id: one for one in annotators.all(conn, self.source.id)}
        seated = annotators.all(conn, self.target.id)
        known = {*(user.name for user in users.every(conn)), *(one.name for one in seated)}
        there = {self._here(name): self._there(name) for name in known}
        there |= {id_: self._there(one.name) for id_, one in people.items()}
        asked = tasks.find(conn, given)
        found = answers.find(conn, [one for ids in given.values() for one in ids])
        criteria: tuple[str, ...] = ()
        if self.target.kind is Kind.COMPARISON:
            criteria = scheme_of(conn, self.target.id, self.target.kind).options(self.target.kind)
            if not criteria:
                raise UsageError("flow.contest_no_criteria", project=self.target.name)
        made: list[tuple[Task, tuple[Annotation, Annotation]]] = []
        before = alone = 0
        for id_, ids in given.items():
            candidates = _different(found[one] for one in ids)
            if len(candidates) < 2:
                alone += 1
                continue
            hidden = {there[found[one].annotator] for one in ids}
            hidden |= {there[one] for one in sightings.of(conn, id_) if one in there}
            pairs = [
                (self._task(asked[id_], one, other, criteria), (one, other))
                for one, other in combinations(candidates, 2)
            ]
            old = tasks.known(conn, [task.id for task, _ in pairs])
            fresh = [pair for pair in pairs if pair[0].id not in old]
            before += len(pairs) - len(fresh)
            made += fresh
            for who in sorted(hidden):
                sightings.add(conn, who, [task.id for task, _ in pairs], milliseconds(None))
        self._store(conn, made, people)
        return len(made), before, alone

    def _store(
        self, conn: Connection, made: list[tuple[Task, tuple[Annotation, Annotation]]],
        people: dict[str, Annotator],
    ) -> None:  # fmt: skip
        written = {one.id: one for _, pair in made for one in pair}
        texts = [self._sample(one, people[one.annotator]) for one in written.values()]
        samples.add(conn, texts, self.activity)
        tasks.add(conn, [task for task, _ in made], self.activity)
        illustrating.link(conn, [(task.id, (task.prompt, *task.options[:2])) for task, _ in made])
        links.add(conn, [
            Link(output=task.id, inputs=(one.id, other.id), activity=self.activity)
            for task, (one, other) in made
        ])  # fmt: skip
        joining = [(task.id, task.skill, None, None) for task, _ in made]
        queueing.join(conn, self.target.id, joining)

    def _task(
        self, asked: Task, one: Annotation, other: Annotation, criteria: tuple[str, ...]
    ) -> Task:
        """The two in an order that tells nothing; each annotator sees one of their own."""
        return Task(
            id=identity.mint(self.context.secret, "tsk", self.target.name, one.id, other.id),
            project=self.target.id, guideline=self.target.guideline, kind=self.target.kind,
            samples=(
                sample_id(self.context, one.id), sample_id(self.context, other.id), *asked.samples
            ),
            prompt=_prompt(asked), options=(_text(one.answer), _text(other.answer), *criteria),
            skill=asked.skill, group=asked.group, salt=identity.new_salt(),
        )  # fmt: skip

    def _sample(self, one: Annotation, writer: Annotator) -> Sample:
        origin = Origin(
            # So that what one person wrote can be withdrawn from here, too.
            source=f"{source_of(self.source.name)}{writer.id}", channel=writer.origin.channel,
            licence=writer.origin.licence, family=writer.origin.family,
        )  # fmt: skip
        return Sample(
            id=sample_id(self.context, one.id), origin=origin, row=1, text=_text(one.answer),
            salt=identity.new_salt(),
        )  # fmt: skip

    def _here(self, name: str) -> str:
        return annotator_id(self.context, self.source.name, name)

    def _there(self, name: str) -> str:
        return annotator_id(self.context, self.target.name, name)


def _different(given: Iterable[Annotation]) -> list[Annotation]:
    """Answers with different texts, one of each, by id."""
    texts: dict[str, Annotation] = {}
    for one in sorted(given, key=lambda one: one.id):
        texts.setdefault(" ".join(_text(one.answer).split()), one)
    return list(texts.values())[:MOST]


def _text(answer: Answer) -> str:
    """What is compared: Markdown, as it would be read."""
    if isinstance(answer, ChatAnswer):
        return _talk(answer.turns)
    if isinstance(answer, EditAnswer):
        return answer.edited
    return answer.text if isinstance(answer, FreeAnswer) else ""


def _prompt(asked: Task) -> str:
    given = chat.unpack(asked.options) if asked.kind is Kind.CHAT else ()
    return _talk(given) if len(given) > 1 else asked.prompt


def _talk(turns: tuple[Turn, ...]) -> str:
    """A conversation as one text; a single turn as it is."""
    if len(turns) == 1:
        return turns[0].content
    return "\n\n".join(f"**{turn.role.capitalize()}**\n\n{turn.content}" for turn in turns)

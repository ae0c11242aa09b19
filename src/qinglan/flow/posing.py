"""``keys pose``: items that experts wrote become tasks that others answer without the key.

The one who wrote an item is never given it, nor is whoever has seen it in the office. Its key is a
claim, which counts for nothing until enough blind answers agree.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from qinglan.errors import UsageError
from qinglan.flow import illustrating, queueing
from qinglan.flow.context import Context
from qinglan.flow.hands import annotator_id, milliseconds
from qinglan.provenance import identity
from qinglan.records import (
    Activity,
    Actor,
    Annotation,
    Annotator,
    ItemAnswer,
    Kind,
    Link,
    Origin,
    Project,
    Sample,
    Task,
)
from qinglan.sources.files import digest_prompt
from qinglan.storage import annotations as answers
from qinglan.storage import annotators, claims, links, samples, sightings, tasks, users
from qinglan.storage.claims import Claim

NEED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Posed:
    """What posing did: items that became tasks now, and those that were tasks before."""

    project: str
    into: str
    new: int
    there: int


def pose(context: Context, actor: Actor, project: str, into: str, *, need: int = NEED) -> Posed:
    """Make a task in ``into`` (by name) of every standing item of ``project``.

    Args:
        context: the workspace.
        actor: who asks.
        project: name of the project whose answers are items.
        into: name of the project, of kind free, where they are answered.
        need: blind answers that must agree with a key before it is believed.

    Raises:
        UsageError: a project is not there or of another kind, or ``need`` is no number from 1 on.
    """
    source, target = context.project(project), context.project(into)
    for one, kind in ((source, Kind.ITEM), (target, Kind.FREE)):
        if one.kind is not kind:
            raise UsageError("flow.other_kind", name=one.name, kind=one.kind, asked=kind)
    if not 1 <= need <= 100:
        raise UsageError("flow.bad_need", need=need)
    activity = context.begin("pose", actor)

    def keep(conn: Connection) -> Posed:
        people = {one.id: one for one in annotators.all(conn, source.id)}
        names = [*(one.name for one in people.values()), *(u.name for u in users.every(conn))]
        items = _standing(conn, source)
        known = tasks.known(conn, (_task_id(context, into, item) for item in items))
        made: list[Task] = []
        for item in items:
            if _task_id(context, into, item) in known:
                continue
            task, sample, claim = _posed(context, source, target, item, people[item.annotator])
            made.append(task)
            claim = claim._replace(need=need)
            samples.add(conn, [sample], activity.id)
            tasks.add(conn, [task], activity.id)
            illustrating.link(conn, [(task.id, (task.prompt,))])
            claims.add(conn, target.id, [claim], milliseconds(None))
            links.add(conn, [Link(output=task.id, inputs=(item.id,), activity=activity.id)])
            _hide(context, conn, source, target, item, claim, names)
        queueing.join(conn, target.id, [(task.id, task.skill, None, None) for task in made])
        _note(context, conn, source, target, activity, len(made))
        return Posed(project=project, into=into, new=len(made), there=len(items) - len(made))

    return context.write(target, keep)


def _standing(conn: Connection, project: Project) -> list[Annotation]:
    ids = [vote.annotation for vote in answers.votes(conn, project.id)]
    found = answers.find(conn, ids)
    return [found[id_] for id_ in ids]


def _task_id(context: Context, into: str, item: Annotation) -> str:
    return identity.mint(context.secret, "tsk", into, "item", item.id)


def _posed(
    context: Context, source: Project, target: Project, item: Annotation, writer: Annotator
) -> tuple[Task, Sample, Claim]:
    answer = item.answer
    if not isinstance(answer, ItemAnswer):
        raise UsageError("flow.no_record", id=item.id)
    origin = Origin(
        # So that what one person wrote can be withdrawn from here, too.
        source=f"{source.name}/items/{writer.id}", channel=writer.origin.channel,
        licence=writer.origin.licence, family=writer.origin.family,
    )  # fmt: skip
    sample = Sample(
        id=identity.mint(context.secret, "smp", target.name, "item", item.id), origin=origin,
        row=1, text=answer.question, salt=identity.new_salt(),
    )  # fmt: skip
    task = Task(
        id=_task_id(context, target.name, item), project=target.id, guideline=target.guideline,
        kind=target.kind, samples=(sample.id,), prompt=answer.question,
        skill=f"difficulty {answer.difficulty}", group=digest_prompt(answer.question),
        salt=identity.new_salt(),
    )  # fmt: skip
    me = annotator_id(context, target.name, writer.name)
    return task, sample, Claim(task.id, "open", answer.key, me, NEED, "")


def _hide(
    context: Context, conn: Connection, source: Project, target: Project, item: Annotation,
    claim: Claim, names: list[str],
) -> None:  # fmt: skip
    """Keep the item from its writer and from those who saw the answers to its brief."""
    here = {annotator_id(context, source.name, name): name for name in names}
    seen = sightings.of(conn, item.task)
    knows = {annotator_id(context, target.name, here[one]) for one in seen if one in here}
    for annotator in sorted(knows | ({claim.writer} if claim.writer else set())):
        sightings.add(conn, annotator, [claim.task], milliseconds(None))


def _note(
    context: Context, conn: Connection, source: Project, target: Project, activity: Activity,
    new: int,
) -> None:  # fmt: skip
    context.note(conn, target, activity, items_of=source.name, new=new)

"""The lead's verbs about a guideline: another version, and which answers it touches.

Nobody's answer changes with the guideline: it stays what it was, given under the version that
stood. So whoever writes a new one says whose answers it is about, and those can be counted, listed
and looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from qinglan.errors import UsageError
from qinglan.flow import illustrating
from qinglan.flow.context import Context, allow
from qinglan.flow.hands import milliseconds, moment
from qinglan.provenance import identity
from qinglan.records import Actor, Guideline, Project
from qinglan.storage import guidelines, projects, revisions
from qinglan.storage.revisions import Revision

LONGEST = 200_000
"""Characters of a guideline in one language."""
LONGEST_WHY = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a guideline. ``since`` is ``None`` for the first."""

    text: Guideline
    since: datetime | None = None
    why: str = ""
    touches: tuple[str, ...] | None = ()
    """Skills whose answers it touches; ``None``: all answers given before."""
    answers: int = 0
    """How many answers it touched when it was made."""


def checked(en: str, zh: str) -> None:
    """See that both can be a guideline.

    Raises:
        UsageError: one is too long, or holds what no text holds.
    """
    for field, words in (("en", en), ("zh", zh)):
        if (
            len(words) > LONGEST
            or "\0" in words
            or words != words.encode("utf-8", "replace").decode("utf-8")
        ):
            raise UsageError("flow.bad_guideline", field=field, most=LONGEST)


def revise(
    context: Context, actor: Actor, project: str, *, en: str, zh: str, why: str,
    touches: Sequence[str] | None = (), now: datetime | None = None,
) -> Version:  # fmt: skip
    """Ask by another guideline from now on; the desk shows it at the next task.

    Args:
        context: the workspace.
        actor: who asks.
        project: name of the project.
        en: the guideline in English.
        zh: the guideline in Chinese.
        why: what changed, for those who answer and those who review.
        touches: skills whose answers given so far it touches; none: no answer; ``None``: all.
        now: the time of asking; default: this moment.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: nothing changed, a text cannot be used, or nothing says why.
    """
    allow("import", actor)
    checked(en, zh)
    why = " ".join(why.split())
    if not why or len(why) > LONGEST_WHY or "\0" in why:
        raise UsageError("flow.guideline_why", most=LONGEST_WHY)
    skills = None if touches is None else tuple(sorted({one for one in touches if one}))
    target = context.project(project)
    activity = context.begin("import", actor)

    def keep(conn: Connection) -> Version:
        held = projects.get(conn, project) or target
        before = guidelines.get(conn, held.guideline)
        if before is not None and (before.en, before.zh) == (en, zh):
            raise UsageError("flow.same_guideline", project=project)
        earlier = revisions.of(conn, held.id)
        number = 2 + len(earlier)
        text = Guideline(
            id=identity.mint(context.secret, "gdl", project, number), kind=held.kind,
            version=number, en=en, zh=zh,
        )  # fmt: skip
        at = max([milliseconds(now), *(one.at + 1 for one in earlier)])
        nothing = skills is not None and not skills
        answers = 0 if nothing else revisions.count_touched(conn, held.id, at, skills)
        guidelines.add(conn, text, activity.id)
        illustrating.link(conn, [(text.id, (en, zh))])
        revisions.add(
            conn, held,
            Revision(
                project=held.id, version=number, guideline=text.id, at=at, why=why,
                touches=skills, answers=answers, activity=activity.id,
            ),
        )  # fmt: skip
        said = None if skills is None else list(skills)
        context.note(
            conn, held, activity, guideline=text.id, version=number, why=why, touches=said,
            answers=answers,
        )  # fmt: skip
        return Version(text=text, since=moment(at), why=why, touches=skills, answers=answers)

    return context.write(target, keep)


def versions(context: Context, actor: Actor, project: str) -> list[Version]:
    """Every version of the project's guideline, the newest first."""
    allow("read", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        later = revisions.of(conn, target.id)
        first = _first(context, target, later)
        texts = revisions.texts(conn, [first, *(one.guideline for one in later)])
    found = [Version(text=texts[first])] if first in texts else []
    found += [
        Version(
            text=texts[one.guideline], since=moment(one.at), why=one.why, touches=one.touches,
            answers=one.answers,
        )
        for one in later
    ]  # fmt: skip
    return found[::-1]


def touched(
    context: Context, actor: Actor, project: str, version: int
) -> Iterator[tuple[str, str]]:
    """Task and answer, by their ids, of the standing answers that a version touches.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: there is no such version, or it is the first.
    """
    allow("export", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        made = next((r for r in revisions.of(conn, target.id) if r.version == version), None)
    if made is None:
        raise UsageError("flow.no_version", version=version, project=project)
    return _touched(context, target, made)


def _touched(context: Context, project: Project, made: Revision) -> Iterator[tuple[str, str]]:
    if made.touches == ():
        return
    with context.storage.read() as conn:
        yield from revisions.touched(conn, project.id, made.at, made.touches)


def _first(context: Context, project: Project, later: Sequence[Revision]) -> str:
    """The id of the first version."""
    return identity.mint(context.secret, "gdl", project.name, 1) if later else project.guideline

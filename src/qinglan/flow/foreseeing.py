"""What a judging leaves for the choice of whom to ask next. Not a verb: ``judge`` comes by here.

It leaves what one more answer of each person is expected to mend in each skill and language, and,
where the project routes by gain, puts the tasks most in doubt first and marks whose answers tell
most.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection

from qinglan.flow import scaled
from qinglan.flow.context import Context
from qinglan.flow.hands import milliseconds
from qinglan.flow.labels import Labels, Vote, one_vote_each
from qinglan.quality import gains
from qinglan.quality.gains import DOUBT, Answer, Part
from qinglan.records import Kind, Project
from qinglan.storage import prospects, rulings, seats, tasks, work, work_times
from qinglan.storage.prospects import Foreseen, Prospect, Span

FIRST = 1_000
"""Tasks in doubt that go first after a judging; so many are ranked anew at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """What is to be kept when the judging ends."""

    foreseen: Foreseen
    keen: frozenset[str]
    """Annotators whose answers tell most; empty where nothing is known of anybody."""
    doubtful: tuple[str, ...]
    """Tasks by how much they are in doubt, the most first."""


def foresee(context: Context, project: Project, labels: Labels) -> Foresight:
    """What one more answer is worth, from what a judging found.

    Where answers are not right or wrong but nearer or farther, nothing is said of people: what
    their answers mend cannot be told from how often they are right.
    """
    doubtful = heapq.nlargest(
        FIRST,
        ((1 - max(given.values()), task) for task, given in labels.posterior.items() if given),
    )
    worst = tuple(task for error, task in doubtful if error >= DOUBT)
    counts = project.kind not in scaled.KINDS - {Kind.COMPARISON}
    with context.storage.read() as conn:
        doubts, found = gains.foresee(_judged(conn, project, labels)) if counts else ([], [])
        seconds = work_times.each(conn, project.id)
    foreseen = Foreseen(
        at=milliseconds(None), seconds=seconds,
        parts=tuple(
            prospects.Part(
                skill=one.part.skill, language=one.part.language, tasks=one.tasks,
                doubtful=one.doubtful, error=one.error,
            )
            for one in doubts
        ),
        people=tuple(
            Prospect(
                annotator=one.annotator, skill=one.part.skill, language=one.part.language,
                answers=one.answers, right=_span(one.right), mended=_span(one.mended),
                told=_span(one.told),
            )
            for one in found
        ),
    )  # fmt: skip
    keen = frozenset(gains.keen(doubts, found))
    return Foresight(foreseen=foreseen, keen=keen, doubtful=worst)


def keep(conn: Connection, project: Project, found: Foresight) -> None:
    """Keep what was found; where the project routes by gain, let the queue follow it."""
    prospects.keep(conn, project.id, found.foreseen)
    rules = seats.rules_of(conn, project.id)
    if rules is None or not rules.by_gain:
        return
    seats.mark_keen(conn, project.id, found.keen)
    work.put_first(conn, project.id, found.doubtful)


def _judged(
    conn: Connection, project: Project, labels: Labels
) -> Iterator[tuple[str, Part, Mapping[str, float], Sequence[Answer]]]:
    ruled = rulings.standing(conn, project.id)
    for task, skill, language in tasks.asking(conn, project.id):
        posterior = labels.posterior.get(task)
        if posterior is None:
            continue
        given = labels.votes.get(task, ())
        cast = one_vote_each(given)
        known = task in ruled or len(cast) > 1
        checked = {vote.annotator for vote in given if _checked(vote)}
        answers = [Answer(who, value, known or who in checked) for who, value in cast]
        yield task, Part(skill, language), posterior, answers


def _checked(vote: Vote) -> bool:
    return vote.outcome is not None and vote.outcome.value in ("verified", "refuted")


def _span(found: gains.Span) -> Span:
    return Span(**{name: round(value, 6) for name, value in asdict(found).items()})

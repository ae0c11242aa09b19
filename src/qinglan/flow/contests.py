"""What others think of written texts that were set against each other.

Not a verb: ``contest`` makes the tasks, ``judge`` and the reviewer's page hear what came of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from qinglan.flow.context import Context
from qinglan.provenance import identity
from qinglan.quality import contests
from qinglan.quality.contests import Contests, Vote
from qinglan.records import Kind
from qinglan.storage import contests as compared

KINDS = frozenset({Kind.FREE, Kind.CHAT, Kind.EDIT})
"""Kinds whose answers are texts that others can compare."""
NOBODY = Contests(posterior={}, majority={}, judges={}, votes={})


@dataclass(frozen=True, slots=True)
class Compared:
    """Answers of a project as others compare them."""

    found: Contests = NOBODY
    waiting: frozenset[str] = field(default=frozenset())
    """Tasks whose texts are to be compared, with no vote on them yet."""


def sample_id(context: Context, annotation: str) -> str:
    """The id of the sample that is the text of ``annotation``."""
    return identity.mint(context.secret, "smp", "written", annotation)


def source_of(project: str) -> str:
    """How the sources of the texts written in ``project`` begin."""
    return f"{project}/written/"


def read(
    context: Context, conn: Connection, project: str, standing: Iterable[tuple[str, str]]
) -> Compared:
    """What was said of the standing answers of ``project`` (its name): pairs of a written task's id
    and an answer's.

    A text that was revised or taken back since is no candidate any more, nor is one that has none
    beside it.
    """
    if not compared.began(conn, source_of(project)):
        return Compared()  # in most projects nothing is: no id is minted for each answer of theirs
    written = {sample_id(context, answer): (task, answer) for task, answer in standing}
    pairs: dict[str, tuple[str, str, str]] = {}
    for contest, samples in compared.using(conn, written).items():
        if len(samples) == 2 and written[samples[0]][0] == written[samples[1]][0]:
            task = written[samples[0]][0]
            pairs[contest] = (task, written[samples[0]][1], written[samples[1]][1])
    votes = []
    for one in compared.said(conn, pairs):
        task, left, right = pairs[one.task]
        if one.value in ("left", "right", "tie"):
            votes.append(Vote(task, left, right, one.annotator, one.value))  # type: ignore[arg-type]
    found = contests.judge(votes)
    waiting = {task for task, _, _ in pairs.values()} - found.votes.keys()
    return Compared(found, frozenset(waiting))

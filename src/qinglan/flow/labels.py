"""The votes of a project as flat arrays, and the consensus over them.

Not a verb: ``judge``, ``report`` and the readers of results all come through here, so that a
page shows the figures that the verdicts rest on.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from qinglan.flow.context import Context
from qinglan.quality import closed, open_answers
from qinglan.quality.result import AnnotatorQuality
from qinglan.records import Annotator, Kind, Outcome, Project, Reason
from qinglan.storage import annotations, annotators, checks


@dataclass(frozen=True, slots=True)
class Vote:
    """One current annotation: what was read from it, and what its check said."""

    annotation: str
    annotator: str
    value: str | None
    outcome: Outcome | None
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """All votes by task, and what consensus makes of them."""

    votes: dict[str, tuple[Vote, ...]]
    annotators: dict[str, Annotator]
    posterior: dict[str, dict[str, float]]
    """Task → value → posterior; values that nobody gave are not listed."""
    quality: dict[str, AnnotatorQuality]
    """Annotator id → estimated reliability with its interval; absent without a readable vote."""
    method: str
    majority: dict[str, dict[str, float]] = field(default_factory=dict)
    """Task → value → share among the most frequent values (ties share)."""

    @property
    def reliability(self) -> dict[str, float]:
        """Annotator id → point estimate."""
        return {name: quality.value for name, quality in self.quality.items()}


def read_labels(context: Context, project: Project) -> Labels:
    """Read the project's votes and fit consensus over the values that could be read."""
    with context.storage.read() as conn:
        found = {c.annotation: c for c in checks.stream(conn, project.id)}
        people = {a.id: a for a in annotators.all(conn, project.id)}
        votes: dict[str, list[Vote]] = {}
        for task, annotator, annotation, value in annotations.votes(conn, project.id):
            check = found.get(annotation)
            votes.setdefault(task, []).append(
                Vote(
                    annotation=annotation,
                    annotator=annotator,
                    value=value,
                    outcome=None if check is None else check.outcome,
                    reason=None if check is None else check.reason,
                )
            )
    fit = open_answers.fit if project.kind in (Kind.FREE, Kind.STEPS) else closed.fit
    result = fit(
        [
            (task, vote.annotator, vote.value)
            for task, ballots in votes.items()
            for vote in ballots
            if vote.value is not None
        ]
    )
    return Labels(
        votes={task: tuple(ballots) for task, ballots in votes.items()},
        annotators=people,
        posterior=result.posterior,
        quality=result.annotators,
        method=result.method,
        majority=result.majority,
    )

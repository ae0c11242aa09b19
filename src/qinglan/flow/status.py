"""``status``: what is where on the line, and that nothing went missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from qinglan.flow.context import Context, allow
from qinglan.records import Actor, Outcome, Project
from qinglan.storage import counts, projects, tallies, withdrawals


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLine:
    """One project's counts along the line."""

    project: str
    kind: str
    samples: int
    tasks: int
    keys: int
    annotators: int
    annotations: int
    checks: dict[str, int]
    accepted: int
    judged_aside: int
    releases: int
    set_aside: tuple[tuple[str, str, int], ...]
    """(stage, reason, count), ordered."""
    withdrawn: tuple[tuple[str, int], ...] = ()
    """What was withdrawn from the project: (what, count)."""

    @property
    def waiting(self) -> int:
        """Tasks without a verdict."""
        return self.tasks - self.accepted - self.judged_aside

    def stages(self) -> list[tuple[str, int]]:
        """The stages in the order of the line, with their counts."""
        return [
            ("samples", self.samples), ("tasks", self.tasks), ("keys", self.keys),
            ("annotators", self.annotators), ("annotations", self.annotations),
            *((o.value, self.checks.get(o.value, 0)) for o in Outcome),
            ("accepted", self.accepted), ("waiting", self.waiting), ("releases", self.releases),
        ]  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """As ``qinglan status --json`` prints it."""
        return {
            "project": self.project,
            "kind": self.kind,
            **dict(self.stages()),
            "set_aside": [
                {"stage": stage, "reason": reason, "count": count}
                for stage, reason, count in self.set_aside
            ],
            "withdrawn": dict(self.withdrawn),
        }


def status(context: Context, actor: Actor, *, recount: bool = False) -> list[StatusLine]:
    """Every project with its counts along the line, ordered by name.

    Counts are kept as rows come and go; ``recount`` makes them anew from the tables first, which
    takes time with the size of the projects.

    Raises:
        PermissionDenied: the actor's role may not; ``recount`` asks for that of ``import``.
    """
    allow("import" if recount else "status", actor)
    if recount:
        with context.storage.read() as conn:
            every = projects.all(conn)
        for project in every:
            context.write(project, lambda conn, id_=project.id: tallies.recount(conn, id_))  # type: ignore[misc]
    with context.storage.read() as conn:
        return [status_line(conn, project) for project in projects.all(conn)]


def line_of(context: Context, actor: Actor, project: str) -> StatusLine:
    """One project (by name) with its counts along the line.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: there is no such project.
    """
    allow("status", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        return status_line(conn, target)


def status_line(conn: Connection, project: Project) -> StatusLine:
    """The counts of ``project``, for whoever may see them."""
    line = counts.line(conn, project.id)
    judged = {("judge", reason): n for reason, n in line.verdicts_set_aside.items()}
    return StatusLine(
        project=project.name,
        kind=project.kind.value,
        samples=line.samples,
        tasks=line.tasks,
        keys=line.keys,
        annotators=line.annotators,
        annotations=line.annotations,
        checks={outcome.value: n for outcome, n in line.checks.items()},
        accepted=line.accepted,
        judged_aside=sum(line.verdicts_set_aside.values()),
        releases=line.releases,
        set_aside=tuple(
            (stage, reason.value, n)
            for (stage, reason), n in sorted({**line.set_aside, **judged}.items())
        ),
        withdrawn=tuple(withdrawals.totals(conn, project.id).items()),
    )

"""Verbs that take longer than a request may, begun as jobs: by a page and by the API alike."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from qinglan.errors import UsageError
from qinglan.flow import jobs, judge, release, verify
from qinglan.flow.context import Context, Progress
from qinglan.provenance.identity import Json
from qinglan.records import Actor, Purpose


def begin_verify(context: Context, actor: Actor, project: str) -> str:
    """Check new answers against their keys; the job's id."""

    def do(progress: Progress) -> Mapping[str, Json]:
        found = verify.verify(context, actor, project, progress=progress)
        return {
            "checked": found.checked, "outcomes": dict(found.outcomes), "verifier": found.verifier,
        }  # fmt: skip

    return jobs.start(context, actor, project, "verify", do)


def begin_judge(
    context: Context, actor: Actor, project: str, *, threshold: Decimal, use_keys: bool
) -> str:
    """Conclude a verdict on every task; the job's id.

    Raises:
        UsageError: the threshold cannot be one.
    """
    if not (threshold.is_finite() and 0 < threshold <= 1):
        raise UsageError("flow.bad_threshold", threshold=str(threshold)[:50])

    def do(progress: Progress) -> Mapping[str, Json]:
        made = judge.judge(
            context, actor, project, threshold=threshold, use_keys=use_keys, progress=progress
        )
        return {
            "tasks": made.tasks, "accepted": made.accepted, "changed": made.changed,
            "reasons": dict(sorted(made.set_aside.items())), "alarms": list(made.alarms),
        }  # fmt: skip

    return jobs.start(context, actor, project, "judge", do)


def begin_release(
    context: Context, actor: Actor, project: str, *, name: str, purpose: Purpose
) -> str:
    """Build a release; the job's id.

    Raises:
        UsageError: nothing can be called so.
    """
    release.check_name(name)

    def do(progress: Progress) -> Mapping[str, Json]:
        made, _ = release.build_release(
            context, actor, project, name=name, purpose=purpose, progress=progress
        )
        return {"name": made.name, "rows": made.rows, "root": made.root}

    return jobs.start(context, actor, project, "release", do)

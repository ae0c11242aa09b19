"""What reports say of models, and the headroom that follows; never a held-out item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query

from qinglan.client import models, reports
from qinglan.flow import reports as stored
from qinglan.flow.tokens import Scope
from qinglan.web.api.desk import Cursor, Here, Limit
from qinglan.web.api.guard import Guarded, needs
from qinglan.web.api.paging import cut

if TYPE_CHECKING:
    from qinglan.evaluation.headroom import Gap
    from qinglan.evaluation.scores import Rate

Id = Annotated[str, Query(min_length=1, max_length=200)]

router = APIRouter(route_class=Guarded, tags=["measuring"])


@router.get("/reports")
@needs(Scope.READ, "report")
def filed(here: Here, after: Cursor = None, limit: Limit = 100) -> models.Page[reports.Filed]:
    """All reports, by age."""
    found = stored.every(here.context, here.caller.actor)
    some, then = cut(
        here.context.secret, "reports", found, lambda one: f"{one.made.isoformat()} {one.id}",
        after, limit,
    )  # fmt: skip
    items = [
        reports.Filed(
            id=one.id, release=one.release, split=one.split, model=one.model, run=one.run,
            made=one.made,
        )
        for one in some
    ]  # fmt: skip
    return models.Page(items=items, next=then)


@router.get("/reports/{report}")
@needs(Scope.READ, "report")
def examined(report: str, here: Here) -> reports.Examined:
    """What one report says, skill by skill with intervals."""
    found = stored.opened(here.context, here.caller.actor, report)
    return reports.Examined(
        id=found.id, project=found.project, model=found.model, release=found.release,
        split=found.split, items=len(found.scores.items), simulated=found.simulated,
        looks=found.looks, models=found.models, k=found.scores.k, made=found.made,
        skills=[
            reports.SkillScore(
                skill=line.skill, pass_1=_rate(line.pass_1),
                pass_k=None if line.pass_k is None else _rate(line.pass_k),
            )
            for line in found.lines
        ],
    )  # fmt: skip


@router.get("/headroom")
@needs(Scope.READ, "headroom")
def headroom(
    here: Here,
    teacher: Id,
    student: Annotated[str | None, Query(max_length=200)] = None,
    expert: Annotated[list[str] | None, Query(max_length=100)] = None,
    budget: Annotated[int | None, Query(ge=1, le=10**6)] = None,
) -> reports.Measured:
    """Where a student can still learn from its teacher, and where only from experts, by skill."""
    from qinglan.flow.headroom import headroom as measure

    found = measure(
        here.context, here.caller.actor, teacher=teacher, student=student,
        experts=tuple(expert or ()), budget=budget,
    )  # fmt: skip
    sent = found.sent or {}
    return reports.Measured(
        teacher=found.teacher.model, student=None if found.student is None else found.student.model,
        k=found.headroom.k, experts=list(found.experts), simulated=found.simulated,
        looks=found.teacher.looks, pilot=found.pilot, left_out=found.left_out,
        skills=[
            reports.SkillGap(
                skill=line.skill, teacher=_rate(line.teacher), best_of_k=_rate(line.best_of_k),
                student=None if line.student is None else _rate(line.student),
                expert=_rate(line.expert), teachable=_gap(line.teachable),
                experts_only=_gap(line.experts_only),
                sent=sent.get(line.skill, 0) if found.sent is not None else None,
            )
            for line in found.headroom.skills
        ],
    )  # fmt: skip


def _rate(one: Rate) -> reports.Estimated:
    return reports.Estimated(
        value=one.value, low=one.low, high=one.high, n=one.n, undecided=one.undecided
    )


def _gap(one: Gap) -> reports.Estimated:
    return reports.Estimated(value=one.value, low=one.low, high=one.high, n=one.n)

"""What reports say of models, and the headroom: where a student can still learn, and from whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from qinglan.client.asking import Asking, part
from qinglan.client.models import Sent
from qinglan.records import Split


class Filed(Sent):
    """A report that is here: which model, on which held-out part of which release."""

    id: str
    release: str
    split: Split
    model: str
    run: str | None
    made: datetime


class Estimated(Sent):
    """A share, or a difference of shares, with its 95 % interval; no ``value`` where ``n`` is 0."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    undecided: int = 0


class SkillScore(Sent):
    """One skill of a report (``""``: all together); no ``pass_k`` where nothing was sampled."""

    skill: str
    pass_1: Estimated
    pass_k: Estimated | None


class Examined(Sent):
    """What a report says, without the items: nobody learns a held-out set from here."""

    id: str
    project: str
    model: str
    release: str
    split: Split
    items: int
    simulated: int
    """Items whose key rests on simulated annotators."""
    looks: int
    """Looks at these questions up to this one."""
    models: int
    """Distinct models that they were looked at with."""
    k: int
    made: datetime
    skills: list[SkillScore]


class SkillGap(Sent):
    """One skill: who can do it, and who could teach it."""

    skill: str
    teacher: Estimated
    best_of_k: Estimated
    student: Estimated | None
    expert: Estimated
    teachable: Estimated
    """Teacher's best of k minus student."""
    experts_only: Estimated
    """Expert minus teacher's best of k."""
    sent: int | None
    """Tasks for experts, where a budget was given."""


class Measured(Sent):
    """The headroom by skill, the widest gap for experts first."""

    teacher: str
    student: str | None
    k: int
    experts: list[str]
    simulated: bool
    looks: int
    pilot: int
    """Items that experts answered."""
    left_out: int
    """Tasks that experts answered and the set could not hold; their gap is a bound from below."""
    skills: list[SkillGap]


class ReportCalls(Asking):
    """What is asked of reports."""

    def reports(self) -> Iterator[Filed]:
        """All reports, by age."""
        return self._pages("/reports", Filed)

    def report(self, report: str) -> Examined:
        """What one report says."""
        return self._get(f"/reports/{part(report)}", Examined)

    def headroom(
        self,
        teacher: str,
        student: str | None = None,
        *,
        experts: Sequence[str] = (),
        budget: int | None = None,
    ) -> Measured:
        """Where the next hour of experts is worth most, from two reports on one set."""
        return self._get(
            "/headroom", Measured,
            {"teacher": teacher, "student": student, "expert": list(experts), "budget": budget},
        )  # fmt: skip

"""What the outgrow story ends in: the table, the claims it must show, and how it is printed.

Every figure was computed in the run that it reports. A claim that does not hold is named and
fails the run; nothing is rounded towards it.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from qinglan.evaluation.differences import compare
from qinglan.evaluation.headroom import Headroom
from qinglan.evaluation.scores import ALL, Scores
from qinglan.records import Record

UNKNOWN = "—"
"""How what is not known is shown: never as 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One model in one skill (or in all). Rates and differences are shares, not points."""

    arm: str
    skill: str
    n: int
    undecided: int
    pass1: float | None
    low: float
    high: float
    passk: float | None
    passk_low: float | None
    passk_high: float | None
    diff: float | None
    """Pass@1 minus the teacher's on the same items; ``None`` for the teacher itself."""
    diff_low: float | None
    diff_high: float | None
    p_value: float | None
    """McNemar's exact test against the teacher."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRun:
    """One training of the story: what it saw, and what it cost."""

    arm: str
    run: str
    release: str
    root: str
    weights: str
    by_origin: dict[str, int]
    """Examples by who answered: ``teacher``, ``simulated expert``, or ``own``."""
    expert_answers: int
    """Single expert answers asked for, agreed upon or not."""
    steps: int
    examples_seen: int
    tokens: int
    completion_tokens: int
    losses: list[tuple[int, float]]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing the run must show. ``key`` names its phrase, filled with ``facts``."""

    key: str
    holds: bool
    facts: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgrowResult:
    """The whole story of one seed. Teacher's ceiling planted, experts simulated."""

    seed: int
    language: str
    k: int
    shared_questions: int
    tasks: int
    overlap: int
    """Simulated experts asked each question."""
    expert_error: float
    """How often each ends on a wrong answer, as it was told to."""
    pilot_answers: int
    """Expert answers on the development split, spent on measuring headroom."""
    headroom: Headroom
    allocation: dict[str, int]
    runs: tuple[ArmRun, ...]
    cells: tuple[Cell, ...]
    head_to_head: Cell
    """Experts by headroom minus experts at random."""
    claims: tuple[Claim, ...]
    seconds: dict[str, float]
    simulated: bool = True
    versions: dict[str, str] = field(default_factory=dict)

    def cell(self, arm: str, skill: str = ALL) -> Cell:
        """The figures of one model in one skill."""
        return next(c for c in self.cells if (c.arm, c.skill) == (arm, skill))

    def experts(self) -> dict[str, str]:
        """What must be said of the simulated experts, as facts of a phrase."""
        return {"overlap": str(self.overlap), "error": f"{self.expert_error:.0%}"}

    def failed(self) -> tuple[Claim, ...]:
        """The claims that do not hold."""
        return tuple(claim for claim in self.claims if not claim.holds)

    def to_json(self) -> str:
        """Everything, as JSON."""
        return json.dumps(dataclasses.asdict(self), default=_plain, ensure_ascii=False, indent=1)


def _plain(value: object) -> object:
    if isinstance(value, Record):
        return value.model_dump(mode="json")
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)


def make_cells(scores: dict[str, Scores], teacher: str) -> tuple[Cell, ...]:
    """Every model in every skill, and in all together, against ``teacher``."""
    skills = (*scores[teacher].skills(), ALL)
    return tuple(
        make_cell(model, skill, scores[teacher] if arm != teacher else None, arm=arm)
        for arm, model in scores.items()
        for skill in skills
    )


def make_cell(scores: Scores, skill: str, other: Scores | None, *, arm: str) -> Cell:
    """One model in one skill, and its paired difference to ``other``."""
    once = scores.pass_at_1(skill)
    many = scores.pass_at_k(skill) if scores.k else None
    gain = compare(scores, other, skill) if other is not None else None
    return Cell(
        arm=arm,
        skill=skill,
        n=once.n,
        undecided=once.undecided,
        pass1=once.value,
        low=once.low,
        high=once.high,
        passk=many.value if many else None,
        passk_low=many.low if many else None,
        passk_high=many.high if many else None,
        diff=gain.value if gain else None,
        diff_low=gain.low if gain else None,
        diff_high=gain.high if gain else None,
        p_value=gain.p_value if gain else None,
    )


def make_claims(
    cells: Sequence[Cell], runs: Iterable[ArmRun], *, shared: int, tasks: int, share: Decimal
) -> tuple[Claim, ...]:
    """The claims of the story, each with the figures it rests on."""
    overall = {cell.arm: cell for cell in cells if cell.skill == ALL}
    teacher, distilled, ours = (overall[arm] for arm in ("teacher", "distilled", "headroom"))
    students = [run for run in runs if run.arm in ("distilled", "verified", "random", "headroom")]
    tokens = [run.completion_tokens for run in students]
    expert = max(
        run.expert_answers and run.by_origin.get("simulated expert", 0) for run in students
    )
    gap = (teacher.pass1 or 0) - (distilled.pass1 or 0)
    return (
        Claim(key="claim.splits", holds=shared == 0, facts={"shared": str(shared)}),
        Claim(
            key="claim.equal",
            holds=len({r.steps for r in students}) == 1 and max(tokens) <= 1.01 * min(tokens),
            facts={"fewest": f"{min(tokens):,}", "most": f"{max(tokens):,}"},
        ),
        Claim(
            key="claim.budget",
            holds=expert <= share * tasks,
            facts={"expert": str(expert), "tasks": str(tasks), "share": f"{share:.0%}"},
        ),
        Claim(key="claim.distilled_near", holds=gap <= 0.05, facts={"gap": percent(gap)}),
        Claim(
            key="claim.distilled_below",
            holds=(distilled.pass1 or 0) <= teacher.high,
            facts={"value": percent(distilled.pass1), "high": percent(teacher.high)},
        ),
        Claim(
            key="claim.outgrown",
            holds=(ours.diff_low or 0) > 0,
            facts={"low": points(ours.diff_low), "high": points(ours.diff_high)},
        ),
        Claim(
            key="claim.by_ten",
            holds=(ours.diff or 0) >= 0.10,
            facts={"gain": points(ours.diff)},
        ),
    )


def percent(share: float | None, digits: int = 1) -> str:
    """A share for people: percent, a dash for unknown."""
    return UNKNOWN if share is None else f"{100 * share:.{digits}f}"


def points(share: float | None, digits: int = 1) -> str:
    """A difference for people: signed percentage points."""
    return UNKNOWN if share is None else f"{100 * share:+.{digits}f}"

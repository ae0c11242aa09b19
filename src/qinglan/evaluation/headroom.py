"""Where the next hour of an expert is worth most.

Per skill there are two gaps. What the teacher finds at least once in k tries, and a verifier can
pick out, the student can still learn from the teacher: that is cheap. What even the best of k
never finds, only someone who can do it can teach: there experts are worth their price. Everywhere
else their hours are spent on what was known already.

A gap of several skills is spread over them in proportion. Each gap is paired over the items that
both sides answered, so a small pilot by experts is enough, and its interval says how small,
even where every answer of the pilot was right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qinglan.errors import UsageError
from qinglan.evaluation.scores import Rate, Scores
from qinglan.intervals import smoothed_difference, wilson
from qinglan.records import Outcome, Record


class Gap(Record):
    """A mean difference with its 95 % interval, over ``n`` items; ``None`` where n is 0."""

    n: int
    value: float | None
    low: float | None
    high: float | None


class SkillHeadroom(Record):
    """One skill: who can do it, and who could teach it. Rates are shares of items."""

    skill: str
    teacher: Rate
    best_of_k: Rate
    student: Rate | None
    expert: Rate
    teachable: Gap
    """Teacher's best of k minus student: what the teacher, verified, can still teach."""
    experts_only: Gap
    """Expert minus teacher's best of k: what only experts can teach."""


class Headroom(Record):
    """All skills of one development set, for one teacher and one student."""

    k: int
    skills: tuple[SkillHeadroom, ...]


def measure(
    teacher: Scores, expert: Mapping[str, Outcome], student: Scores | None = None
) -> Headroom:
    """The headroom by skill on a development set.

    Args:
        teacher: its scores, with k samples an item.
        expert: outcomes of experts' answers by item id; a pilot on some of the items is enough.
        student: its scores on the same items, if there is a student yet.

    Raises:
        UsageError: the teacher has no samples, or an expert or student answered other items.
    """
    ids = {item.id for item in teacher.items}
    if teacher.k < 1 or not expert.keys() <= ids:
        raise UsageError("evaluation.no_headroom", model=teacher.model)
    if student is not None and [i.id for i in student.items] != [i.id for i in teacher.items]:
        raise UsageError("evaluation.other_items", model=student.model, other=teacher.model)
    return Headroom(
        k=teacher.k,
        skills=tuple(_skill(skill, teacher, expert, student) for skill in teacher.skills()),
    )


def _skill(
    skill: str, teacher: Scores, expert: Mapping[str, Outcome], student: Scores | None
) -> SkillHeadroom:
    best = {item.id: item.within(teacher.k) for item in teacher.of(skill)}
    piloted = {name: _share(expert[name]) for name in best if name in expert}
    learned = {item.id: item.right() for item in student.of(skill)} if student else {}
    decided = [value for value in piloted.values() if value is not None]
    value, low, high, _ = wilson(sum(decided), len(decided))
    return SkillHeadroom(
        skill=skill,
        teacher=teacher.pass_at_1(skill),
        best_of_k=teacher.pass_at_k(skill),
        student=student.pass_at_1(skill) if student else None,
        expert=Rate(
            n=len(decided), undecided=len(piloted) - len(decided), value=value, low=low, high=high
        ),
        teachable=_gap(best, learned),
        experts_only=_gap(piloted, best),
    )


def _share(outcome: Outcome) -> float | None:
    return None if outcome is Outcome.UNDECIDED else float(outcome is Outcome.VERIFIED)


def _gap(more: Mapping[str, float | None], less: Mapping[str, float | None]) -> Gap:
    """Mean of ``more`` − ``less`` over the items decided in both."""
    pairs = [
        (value, other)
        for name, value in more.items()
        if value is not None and (other := less.get(name)) is not None
    ]
    if not pairs:
        return Gap(n=0, value=None, low=None, high=None)
    found = smoothed_difference([a for a, _ in pairs], [b for _, b in pairs])
    return Gap(n=len(pairs), value=found.estimate, low=found.low, high=found.high)


def route(
    headroom: Headroom, budget: int, tasks_by_skill: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    """How many of each skill's tasks go to experts: in proportion to what only they can teach.

    Args:
        headroom: as measured; a skill without a measured gap gets none.
        budget: tasks in all.
        tasks_by_skill: the tasks that could be sent.

    Returns:
        The number of tasks by skill, every skill named. They add up to the budget unless the
        skills with a gap run out of tasks: what would be wasted stays unspent.

    Raises:
        UsageError: a negative budget.
    """
    if budget < 0:
        raise UsageError("evaluation.bad_budget", budget=budget)
    weights = {
        line.skill: max(0.0, line.experts_only.value or 0.0)
        for line in headroom.skills
        if line.skill in tasks_by_skill
    }
    given = dict.fromkeys(tasks_by_skill, 0)
    left = budget
    # What a skill cannot take flows on to the others; each round fills one skill or ends.
    while left > 0:
        room = {
            skill: weight
            for skill, weight in weights.items()
            if weight > 0 and given[skill] < len(tasks_by_skill[skill])
        }
        shares = _apportion(left, room)
        if not shares:
            break
        for skill, share in shares.items():
            taken = min(share, len(tasks_by_skill[skill]) - given[skill])
            given[skill] += taken
            left -= taken
    return given


def _apportion(seats: int, weights: Mapping[str, float]) -> dict[str, int]:
    """``seats`` in proportion to ``weights``, whole numbers, by largest remainder (Hamilton)."""
    total = sum(weights.values())
    if total <= 0:
        return {}
    exact = {name: seats * weight / total for name, weight in weights.items()}
    whole = {name: int(value) for name, value in exact.items()}
    by_rest = sorted(exact, key=lambda name: (whole[name] - exact[name], name))
    for name in by_rest[: seats - sum(whole.values())]:
        whole[name] += 1
    return whole

"""Headroom: the two gaps by hand, and a budget that goes where only experts can teach."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglan.errors import UsageError
from qinglan.evaluation.headroom import Gap, Headroom, SkillHeadroom, measure, route
from qinglan.evaluation.scores import Rate, Scored, Scores
from qinglan.records import Outcome

V, R, U = Outcome.VERIFIED, Outcome.REFUTED, Outcome.UNDECIDED


def scores(outcomes: Mapping[str, Sequence[tuple[Outcome, Sequence[Outcome]]]]) -> Scores:
    return Scores(
        model="m",
        k=max(len(samples) for items in outcomes.values() for _, samples in items),
        items=tuple(
            Scored(id=f"{skill}{place}", skill=skill, greedy=greedy, samples=tuple(samples))
            for skill, items in outcomes.items()
            for place, (greedy, samples) in enumerate(items)
        ),
    )


def with_gaps(**gaps: float | None) -> Headroom:
    rate = Rate(n=1, undecided=0, value=0.5, low=0, high=1)
    return Headroom(
        k=8,
        skills=tuple(
            SkillHeadroom(
                skill=skill, teacher=rate, best_of_k=rate, student=None, expert=rate,
                teachable=Gap(n=0, value=None, low=None, high=None),
                experts_only=Gap(n=1, value=gap, low=None, high=None),
            )
            for skill, gap in gaps.items()
        ),
    )  # fmt: skip


class TestMeasure:
    def test_both_gaps_by_hand(self) -> None:
        # "luck": greedy wrong, right among the samples; "blind": never right.
        teacher = scores({"luck": [(R, [V, R])] * 20, "blind": [(R, [R, R])] * 20})
        student = scores({"luck": [(R, [])] * 20, "blind": [(R, [])] * 20})
        expert = {f"{skill}{place}": V for skill in ("luck", "blind") for place in range(10)}
        luck, blind = measure(teacher, expert, student).skills
        assert (luck.teacher.value, luck.best_of_k.value) == (0, 1)
        assert (luck.teachable.value, luck.experts_only.value) == (1, 0)
        assert (blind.teachable.value, blind.experts_only.value) == (0, 1)
        assert (luck.teachable.n, luck.experts_only.n) == (20, 10)
        assert (luck.expert.n, luck.expert.value) == (10, 1)
        # Ten pilot items, all won by the expert, are no certainty.
        assert blind.experts_only.low is not None
        assert 0.5 < blind.experts_only.low < 0.6
        assert luck.experts_only.high is not None
        assert 0.2 < luck.experts_only.high < 0.3
        assert luck.student is not None
        assert luck.student.value == 0

    def test_gaps_have_intervals(self) -> None:
        teacher = scores({"s": [(V, [V])] * 5 + [(R, [R])] * 15})
        expert = {f"s{place}": V if place % 10 else R for place in range(20)}
        (line,) = measure(teacher, expert).skills
        gap = line.experts_only
        assert gap.value == pytest.approx(18 / 20 - 5 / 20)
        assert gap.low is not None
        assert gap.high is not None
        assert 0.3 < gap.low < gap.value < gap.high < 0.95

    def test_undecided_is_left_out_of_the_gap(self) -> None:
        teacher = scores({"s": [(R, [R]), (R, [U]), (R, [R])]})
        (line,) = measure(teacher, {"s0": V, "s1": V, "s2": U}).skills
        assert (line.experts_only.n, line.experts_only.value) == (1, 1)
        assert (line.expert.n, line.expert.undecided) == (2, 1)

    def test_without_experts_or_student_the_gaps_are_unknown(self) -> None:
        (line,) = measure(scores({"s": [(V, [V])]}), {}).skills
        assert line.student is None
        assert line.expert.value is None
        assert line.teachable.value is None
        assert line.experts_only.value is None
        assert route(Headroom(k=1, skills=(line,)), 10, {"s": ["a"]}) == {"s": 0}

    def test_what_cannot_be_compared_is_refused(self) -> None:
        teacher = scores({"s": [(V, [V])]})
        with pytest.raises(UsageError):
            measure(scores({"s": [(V, [])]}), {})
        with pytest.raises(UsageError):
            measure(teacher, {"elsewhere": V})
        with pytest.raises(UsageError):
            measure(teacher, {}, scores({"s": [(V, [])] * 2}))


TASKS = {"a": list("abcdefghij"), "b": list("klmnopqrst"), "c": list("uvwxyz0123")}


class TestRoute:
    def test_in_proportion_to_what_only_experts_can_teach(self) -> None:
        assert route(with_gaps(a=0.6, b=0.3, c=0.0), 9, TASKS) == {"a": 6, "b": 3, "c": 0}

    def test_where_the_teacher_is_ahead_experts_are_not_sent(self) -> None:
        assert route(with_gaps(a=-0.2, b=0.1, c=None), 5, TASKS) == {"a": 0, "b": 5, "c": 0}

    def test_what_one_skill_cannot_take_flows_on(self) -> None:
        assert route(with_gaps(a=0.9, b=0.05, c=0.05), 20, TASKS) == {"a": 10, "b": 5, "c": 5}

    def test_what_would_be_wasted_stays_unspent(self) -> None:
        assert route(with_gaps(a=0.9, b=0, c=0), 20, TASKS) == {"a": 10, "b": 0, "c": 0}
        assert route(with_gaps(a=0, b=0, c=0), 20, TASKS) == {"a": 0, "b": 0, "c": 0}

    def test_a_skill_without_tasks_or_without_a_measure_gets_none(self) -> None:
        assert route(with_gaps(a=0.5, z=0.5), 4, {"a": ["x"] * 9, "n": ["y"]}) == {"a": 4, "n": 0}

    def test_no_budget_and_a_negative_one(self) -> None:
        assert route(with_gaps(a=1.0), 0, {"a": ["x"]}) == {"a": 0}
        with pytest.raises(UsageError, match="-1"):
            route(with_gaps(a=1.0), -1, {"a": ["x"]})

    @given(
        gaps=st.dictionaries(st.sampled_from("abcdef"), st.floats(-1, 1), min_size=1),
        sizes=st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 30), min_size=1),
        budget=st.integers(0, 120),
    )
    def test_never_over_budget_never_over_a_skill(
        self, gaps: dict[str, float], sizes: dict[str, int], budget: int
    ) -> None:
        given_ = route(with_gaps(**gaps), budget, {s: ["t"] * n for s, n in sizes.items()})
        assert given_.keys() == sizes.keys()
        assert all(0 <= count <= sizes[skill] for skill, count in given_.items())
        room = sum(n for skill, n in sizes.items() if gaps.get(skill, 0) > 0)
        assert sum(given_.values()) == min(budget, room)
        assert not any(given_[skill] for skill in sizes if gaps.get(skill, 0) <= 0)

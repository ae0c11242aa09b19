"""Evaluation: three-valued outcomes, known answers for every rate, differences that pair."""

from collections.abc import Sequence
from itertools import combinations

import pytest

from qinglan.errors import UsageError
from qinglan.evaluation.differences import compare
from qinglan.evaluation.scores import Item, Scored, Scores, score
from qinglan.records import Outcome

V, R, U = Outcome.VERIFIED, Outcome.REFUTED, Outcome.UNDECIDED


class Parrot:
    """Says what it was told to say; the n-th sample of a prompt is the n-th of its texts."""

    name = "parrot"

    def __init__(self, texts: dict[str, list[str]]) -> None:
        self.texts = texts
        self.asked: list[tuple[int, float]] = []

    def complete(
        self, prompts: Sequence[str], *, n: int = 1, temperature: float = 0.0,
        max_tokens: int = 256, seed: int = 0,
    ) -> list[list[str]]:  # fmt: skip
        self.asked.append((n, temperature))
        return [self.texts[prompt][:n] for prompt in prompts]


def verify(text: str, key: str) -> Outcome:
    return U if text == "?" else V if text == key else R


def scored(*outcomes: Outcome, skill: str = "s", samples: Sequence[Outcome] = ()) -> Scores:
    return Scores(
        model="m",
        k=len(samples),
        items=tuple(
            Scored(id=str(place), skill=skill, greedy=outcome, samples=tuple(samples))
            for place, outcome in enumerate(outcomes)
        ),
    )


class TestScore:
    def test_every_item_is_asked_once_greedily_and_k_times_with_chance(self) -> None:
        parrot = Parrot({"a": ["1", "2", "?"], "b": ["?", "1", "1"]})
        items = [
            Item(id="x", skill="s", prompt="a", key="1"),
            Item(id="y", skill="t", prompt="b", key="1"),
        ]
        told: dict[str, str] = {}
        scores = score(parrot, items, verify, k=3, temperature=0.7, told=told.update)
        assert parrot.asked == [(1, 0.0), (3, 0.7)]
        assert [item.greedy for item in scores.items] == [V, U]
        assert [item.samples for item in scores.items] == [(V, R, U), (U, V, V)]
        assert told == {"x": "1", "y": "?"}
        assert scores.skills() == ("s", "t")

    def test_without_samples_there_is_no_pass_at_k(self) -> None:
        parrot = Parrot({"a": ["1"]})
        scores = score(parrot, [Item(id="x", skill="s", prompt="a", key="1")], verify, k=0)
        assert parrot.asked == [(1, 0.0)]
        assert scores.items[0].within(1) is None

    @pytest.mark.parametrize("ids", [[], ["x", "x"]])
    def test_sets_that_cannot_be_scored_are_refused(self, ids: list[str]) -> None:
        items = [Item(id=name, skill="s", prompt="a", key="1") for name in ids]
        with pytest.raises(UsageError):
            score(Parrot({"a": ["1"]}), items, verify, k=0)


class TestRates:
    def test_undecided_is_neither_right_nor_wrong(self) -> None:
        rate = scored(V, V, V, R, U, U).pass_at_1()
        assert (rate.n, rate.undecided, rate.value) == (4, 2, 0.75)
        assert rate.low < 0.75 < rate.high

    def test_nothing_decided_is_nothing_known(self) -> None:
        rate = scored(U, U).pass_at_1()
        assert (rate.n, rate.undecided, rate.value, rate.low, rate.high) == (0, 2, None, 0, 1)

    def test_wilson_by_hand(self) -> None:
        rate = scored(*[V] * 8, *[R] * 2).pass_at_1()
        assert rate.low == pytest.approx(0.4902, abs=1e-4)
        assert rate.high == pytest.approx(0.9433, abs=1e-4)

    def test_all_right_has_an_interval_too(self) -> None:
        rate = scored(*[V] * 20, samples=[V] * 8).pass_at_k()
        assert rate.value == rate.high == 1
        assert 0.8 < rate.low < 0.9

    @pytest.mark.parametrize("k", [1, 2, 3, 5])
    def test_pass_at_k_is_the_share_of_draws_that_hold_a_right_one(self, k: int) -> None:
        samples = (V, R, R, V, R)
        draws = list(combinations(samples, k))
        wanted = sum(V in draw for draw in draws) / len(draws)
        item = Scored(id="x", skill="s", greedy=R, samples=samples)
        assert item.within(k) == pytest.approx(wanted)

    @pytest.mark.parametrize(
        ("samples", "k", "value"),
        [
            ((V, U, U), 3, 1.0),  # right whatever the others are
            ((R, U, U), 3, None),  # they could change it
            ((R, R, U), 3, None),
            ((R, R, U), 2, 0.0),  # two are decided, and two are asked for
            ((V, R, U), 2, 1.0),
            ((V, U, U), 2, None),
            ((V, R), 3, None),  # too few in all
        ],
    )
    def test_undecided_samples_are_never_guessed(
        self, samples: tuple[Outcome, ...], k: int, value: float | None
    ) -> None:
        assert Scored(id="x", skill="s", greedy=U, samples=samples).within(k) == value

    def test_skills_are_kept_apart(self) -> None:
        both = Scores(
            model="m", k=0, items=scored(V, V, skill="s").items + scored(R, skill="t").items
        )
        assert both.pass_at_1("s").value == 1
        assert both.pass_at_1("t").value == 0
        assert both.pass_at_1().value == pytest.approx(2 / 3)


class TestCompare:
    def test_a_difference_by_hand(self) -> None:
        better = scored(*[V] * 60, *[R] * 40)
        worse = scored(*[V] * 40, *[R] * 20, *[V] * 5, *[R] * 35)
        found = compare(better, worse)
        assert (found.n, found.only_model, found.only_other) == (100, 20, 5)
        assert found.value == pytest.approx(0.15)
        assert found.low is not None
        assert found.high is not None
        assert 0.04 < found.low < 0.07
        assert 0.23 < found.high < 0.26
        # 2 · P(X <= 5), X ~ B(25, ½)
        assert found.p_value == pytest.approx(0.00407725, abs=1e-7)

    def test_it_pairs(self) -> None:
        """The same two rates: told apart where the items agree, not where they are shuffled."""
        one = scored(*[V] * 55, *[R] * 45)
        nested = scored(*[V] * 45, *[R] * 55)
        crossed = scored(*[R] * 55, *[V] * 45)
        assert compare(one, nested).p_value < 0.01
        assert compare(one, crossed).p_value > 0.3

    def test_what_either_leaves_undecided_is_left_out_and_counted(self) -> None:
        found = compare(scored(V, U, R, V), scored(R, V, U, V))
        assert (found.n, found.left_out, found.value) == (2, 2, 0.5)

    def test_where_no_item_tells_them_apart_the_interval_still_has_a_width(self) -> None:
        found = compare(scored(*[V] * 20), scored(*[V] * 20))
        assert (found.value, found.p_value) == (0, 1.0)
        assert found.low is not None
        assert found.high is not None
        assert found.low == -found.high < -0.1

    def test_nothing_in_common_is_unknown(self) -> None:
        found = compare(scored(U), scored(V))
        assert (found.n, found.value, found.low, found.p_value) == (0, None, None, 1.0)

    def test_other_items_cannot_be_paired(self) -> None:
        with pytest.raises(UsageError, match="different items"):
            compare(scored(V, V), scored(V))

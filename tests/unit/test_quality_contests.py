"""The best of several texts from votes between two: answers known beforehand."""

from __future__ import annotations

import math
import random
from itertools import permutations, product

import pytest

from qinglan.errors import LimitError
from qinglan.quality.contests import CANDIDATES, LEAST, Vote, Winner, judge, order


def vote(better: str, worse: str, who: str = "j", task: str = "t") -> Vote:
    """``better`` was preferred; shown left or right by the letter."""
    return Vote(task, min(better, worse), max(better, worse), who,
                "left" if better < worse else "right")  # fmt: skip


def by_hand(votes: list[Vote], trust: dict[str, float]) -> dict[str, float]:
    """Every order written out."""
    names = sorted({name for one in votes for name in (one.left, one.right)})
    first = dict.fromkeys(names, 0.0)
    for ranks in permutations(names):
        chance = 1.0
        for one in votes:
            if one.winner != "tie":
                left_is_above = ranks.index(one.left) < ranks.index(one.right)
                agrees = left_is_above == (one.winner == "left")
                chance *= trust[one.judge] if agrees else 1 - trust[one.judge]
        first[ranks[0]] += chance
    return {name: share / math.fsum(first.values()) for name, share in first.items()}


class TestOneTask:
    @pytest.mark.parametrize(
        ("votes", "trust", "a"),
        [
            ([vote("a", "b")], 0.8, 0.8),
            ([vote("a", "b"), vote("b", "a")], 0.8, 0.5),
            ([vote("a", "b")] * 3, 0.8, 64 / 65),
            ([vote("a", "b")] * 2 + [vote("b", "a")], 0.7, 0.7),
            ([vote("a", "b")] * 5, 0.5, 0.5),
            ([Vote("t", "a", "b", "j", "tie")], 0.9, 0.5),
        ],
    )
    def test_two_texts(self, votes: list[Vote], trust: float, a: float) -> None:
        found = order(votes, {"j": trust})
        assert found.first["a"] == pytest.approx(a, abs=1e-12)
        assert found.above["a", "b"] == pytest.approx(a, abs=1e-12)

    def test_a_circle_tells_nothing(self) -> None:
        found = order([vote("a", "b"), vote("b", "c"), vote("c", "a")], {"j": 0.9})
        assert list(found.first.values()) == pytest.approx([1 / 3] * 3, abs=1e-12)

    def test_every_order_written_out_gives_the_same(self) -> None:
        draw = random.Random(7)
        winners: tuple[Winner, ...] = ("left", "right", "tie")
        for size, _ in product((2, 3, 4, 5), range(5)):
            names = "abcde"[:size]
            trust = {who: draw.uniform(0.5, 0.95) for who in "xyz"}
            votes = [
                Vote("t", *draw.sample(names, 2), draw.choice("xyz"), draw.choice(winners))
                for _ in range(8)
            ]
            found = order(votes, trust).first
            assert found == pytest.approx(by_hand(votes, trust), abs=1e-12)
            assert math.fsum(found.values()) == pytest.approx(1)

    def test_more_candidates_than_it_can_order_are_refused(self) -> None:
        names = [f"n{at:02}" for at in range(CANDIDATES + 1)]
        with pytest.raises(LimitError):
            order([vote(names[0], name) for name in names[1:]], {"j": 0.8})


class TestManyTasks:
    def test_nothing_gives_nothing(self) -> None:
        assert judge([]).posterior == {}

    def test_who_contradicts_everybody_is_noise_and_not_turned_around(self) -> None:
        votes = []
        for n in range(40):
            task = f"t{n}"
            votes += [vote("a", "b", who, task) for who in ("one", "two", "three")]
            votes.append(vote("b", "a", "contrary", task))
        votes.append(vote("b", "a", "contrary", "alone"))
        found = judge(votes)
        assert found.judges["contrary"] == LEAST
        assert found.posterior["alone"]["a"] == pytest.approx(0.5)
        assert found.judges["one"] > 0.9
        assert found.majority["t0"] == {"a": 0.75, "b": 0.25}
        assert found.votes["t0"] == 4

    def test_posteriors_are_as_often_right_as_they_say_and_beat_counting(self) -> None:
        draw = random.Random(11)
        skill = {"sharp": 0.95, "fair": 0.8, "dull": 0.55, "duller": 0.55, "dullest": 0.55}
        votes, tasks = [], 300
        for n in range(tasks):
            names = [f"{n}-{one}" for one in "abc"]
            draw.shuffle(names)  # the first is the best
            for who, p in skill.items():
                for i, j in ((0, 1), (0, 2), (1, 2)):
                    pair = (names[i], names[j]) if draw.random() < p else (names[j], names[i])
                    votes.append(vote(*pair, who, f"{n}|{names[0]}"))
        found = judge(votes)
        for who, p in skill.items():
            assert found.judges[who] == pytest.approx(p, abs=0.06)
        right = stated = counted = spread = 0.0
        for task, posterior in found.posterior.items():
            best = task.partition("|")[2]
            top = max(posterior, key=lambda name: posterior[name])
            right += top == best
            stated += posterior[top]
            spread += posterior[top] * (1 - posterior[top])
            share = found.majority[task]
            leaders = [name for name in share if share[name] == max(share.values())]
            counted += (best in leaders) / len(leaders)
        assert abs(right - stated) <= 3 * math.sqrt(spread), "three standard deviations"
        assert right > counted + 2 * math.sqrt(tasks * 0.05)

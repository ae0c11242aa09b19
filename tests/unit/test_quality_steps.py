"""First wrong step: planted skills on real traces, known answers, edges."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qinglan.errors import InputError
from qinglan.quality import closed, marked
from qinglan.quality.steps import consensus

DATA = Path(os.environ.get("QINGLAN_DATA", Path(__file__).parents[3] / "shared" / "data"))
TRACES = DATA / "step-mistakes"

STRICT = np.array([0.01, 0.02, 0.05, 0.02, 0.10])
MISS = np.array([0.10, 0.30, 0.20, 0.50, 0.15])
LATE = np.array([0.20, 0.20, 0.30, 0.10, 0.30])


def answer(rng: np.random.Generator, z: int, n: int, f: float, m: float, g: float) -> int:
    """One simulated annotator walks down n steps, of which the z-th is the first wrong one."""
    for step in range(n):
        rate = f if step < z else (1 - m if step == z else g)
        if rng.random() < rate:
            return step
    return n


def crowd(truth: np.ndarray, steps: np.ndarray, seed: int) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(seed)
    who = np.tile(np.arange(5), len(truth))
    task = np.repeat(np.arange(len(truth)), 5)
    given_ = [
        answer(rng, truth[t], steps[t], STRICT[a], MISS[a], LATE[a])
        for t, a in zip(task, who, strict=True)
    ]
    return task, who, np.array(given_)


def planted(tasks: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    steps = rng.integers(2, 12, tasks)
    truth = np.where(rng.random(tasks) < 0.3, steps, (rng.random(tasks) * steps).astype(int))
    return truth, steps


def check_skills(truth: np.ndarray, steps: np.ndarray, seeds: int) -> None:
    covered: dict[str, list[bool]] = {"strictness": [], "miss": [], "late": []}
    for seed in range(seeds):
        found = consensus(*crowd(truth, steps, seed), steps)
        assert found.converged
        for name, planted_ in (("strictness", STRICT), ("miss", MISS), ("late", LATE)):
            rate = getattr(found, name)
            covered[name] += list((rate.low <= planted_) & (planted_ <= rate.high))
    for name, hits in covered.items():
        assert np.mean(hits) >= 0.88, name


@pytest.mark.data
def test_planted_skills_on_real_traces_are_recovered() -> None:
    """Real solutions and real first mistakes; the annotators are simulated."""
    if not TRACES.is_dir():
        pytest.skip(f"no traces under {TRACES}; set QINGLAN_DATA")
    rows = [
        json.loads(line)
        for path in sorted(TRACES.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    steps = np.array([len(row["steps"]) for row in rows])
    truth = np.array(
        [n if row["mistake_index"] is None else row["mistake_index"]
         for row, n in zip(rows, steps, strict=True)]
    )  # fmt: skip
    check_skills(truth, steps, 4)
    task, who, given_ = crowd(truth, steps, 0)
    found = consensus(task, who, given_, steps)
    ours = (found.first_wrong == truth).mean()
    alone = max((given_[who == a] == truth).mean() for a in range(5))
    plain = np.mean(
        [np.bincount(given_[task == t]).argmax() == truth[t] for t in range(len(truth))]
    )
    assert ours > max(alone, plain)
    assert found.none_wrong == pytest.approx((truth == steps).mean(), abs=0.06)


def test_planted_skills_are_recovered() -> None:
    check_skills(*planted(400, 1), seeds=8)


def test_posteriors_are_calibrated() -> None:
    truth, steps = planted(3000, 2)
    found = consensus(*crowd(truth, steps, 3), steps)
    hit = np.zeros(len(found.posterior))
    hit[found.starts[:-1] + truth] = 1
    for part in np.array_split(np.argsort(found.posterior), 12)[-4:]:
        assert found.posterior[part].mean() == pytest.approx(hit[part].mean(), abs=0.05)


def test_agreement_is_believed_and_steps_before_it_are_right() -> None:
    found = consensus([0, 0, 0], [0, 1, 2], [2, 2, 2], [4])
    assert found.first_wrong.tolist() == [2]
    so_far = found.right_so_far(0)
    assert so_far.shape == (4,)
    assert (np.diff(so_far) <= 1e-12).all()
    assert so_far[1] > 0.9
    assert so_far[2] < 0.1


def test_a_later_mark_is_a_miss_not_a_contradiction() -> None:
    """Who marks step 3 has passed step 1; so against one who marks 1, both can be honest."""
    found = consensus([0, 0], [0, 1], [1, 3], [5])
    posterior = found.of(0)
    assert posterior[1] + posterior[3] > 0.6
    assert posterior[0] < 0.05


def test_all_find_nothing_wrong() -> None:
    found = consensus([0, 0, 1, 1], [0, 1, 0, 1], [3, 3, 2, 2], [3, 2])
    assert found.first_wrong.tolist() == [3, 2]
    assert found.none_wrong > 0.6


def test_a_task_without_answers_keeps_the_prior() -> None:
    found = consensus([0], [0], [1], [2, 4])
    posterior = found.of(1)
    assert posterior.sum() == pytest.approx(1)
    np.testing.assert_allclose(posterior[:-1], posterior[0])


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_order_and_names_change_nothing(data: st.DataObject) -> None:
    steps = np.array(data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=5)))
    size = data.draw(st.integers(1, 15))
    task = np.array([data.draw(st.integers(0, len(steps) - 1)) for _ in range(size)])
    who = np.array([data.draw(st.integers(0, 3)) for _ in range(size)])
    given_ = np.array([data.draw(st.integers(0, int(steps[t]))) for t in task])
    order = np.array(data.draw(st.permutations(range(size))))
    names = np.array(data.draw(st.permutations(range(4))))
    plain = consensus(task, who, given_, steps)
    moved = consensus(task[order], names[who[order]], given_[order], steps)
    np.testing.assert_allclose(plain.posterior, moved.posterior, atol=1e-3)
    np.testing.assert_allclose(np.add.reduceat(plain.posterior, plain.starts[:-1]), 1)


@pytest.mark.parametrize(
    ("tasks", "people", "answers", "steps"),
    [([], [], [], [3]), ([0], [0], [4], [3]), ([0], [0], [-1], [3]), ([1], [0], [0], [3]),
     ([0], [0], [0], [0]), ([0], [0, 1], [0], [3]), ([0], [0], [0.5], [3]), ([0], [-1], [0], [3])],
)  # fmt: skip
def test_bad_answers_are_refused(tasks: Any, people: Any, answers: Any, steps: Any) -> None:
    with pytest.raises(InputError):
        consensus(tasks, people, answers, steps)


def test_marks_by_name_are_judged_in_order() -> None:
    """Three of five annotators a task: nearer the truth than a model over unordered classes.

    The annotators are simulated by the very model, so this is the gain that order can give, no
    more.
    """
    ours, unordered = [], []
    for seed in range(3):
        truth, steps = planted(150, seed)
        task, who, place = crowd(truth, steps, seed)
        rng = np.random.default_rng(seed)
        kept = np.concatenate([5 * t + rng.permutation(5)[:3] for t in range(150)])
        known = {f"t{t}": marked.NONE if z == steps[t] else str(z + 1)
                 for t, z in enumerate(truth.tolist())}  # fmt: skip
        votes = [
            (f"t{task[i]}", f"a{who[i]}",
             marked.NONE if place[i] == steps[task[i]] else str(place[i] + 1))
            for i in kept
        ]  # fmt: skip
        for found, fit in (
            (ours, marked.fit(votes, {f"t{t}": int(n) for t, n in enumerate(steps)})),
            (unordered, closed.fit(votes, method="ibcc")),
        ):
            found.append(np.mean([max(p, key=p.__getitem__) == known[name]
                                  for name, p in fit.posterior.items()]))  # fmt: skip
    assert np.mean(ours) > np.mean(unordered) + 0.02


def test_marks_by_name_by_hand() -> None:
    """Two who agree are believed; a step that is not known to be there is taken as given."""
    votes = [("x", "ann", "2"), ("x", "bo", "2"), ("x", "cy", "none"), ("y", "ann", "7")]
    found = marked.fit(votes, {"x": 3})
    assert set(found.posterior["x"]) == {"2", "none"}
    assert found.posterior["x"]["2"] > 0.7 > found.posterior["x"]["none"]
    assert sum(found.posterior["x"].values()) <= 1
    assert found.majority == {"x": {"2": 1.0}, "y": {"7": 1.0}}
    assert found.annotators["cy"].value < found.annotators["bo"].value
    assert 0 <= found.annotators["cy"].low <= found.annotators["cy"].high <= 1
    assert (found.method, marked.fit([], {}).method) == ("first-wrong-step", "none")

"""Near-copies do not outvote people; correlation within families is measured, not assumed."""

from __future__ import annotations

import numpy as np
import pytest
from test_quality_consensus import simulate

from qinglan.quality import closed, marked, open_answers
from qinglan.quality.consensus import METHODS, Ibcc, choose, fit_predict
from qinglan.quality.families import correlation, discount
from qinglan.quality.result import Judgement
from qinglan.quality.votes import gather


def teachers(
    seed: int = 0, shared: float = 0.9
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Two people who are right 85 % of the time, and four near-copies of a teacher at 70 %."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, 400)
    task, who = np.repeat(np.arange(400), 6), np.tile(np.arange(6), 400)

    def draw(skill: float, size: int, at: np.ndarray) -> np.ndarray:
        wrong = (at + rng.integers(1, 3, size)) % 3
        return np.where(rng.random(size) < skill, at, wrong)

    teacher = draw(0.7, 400, truth)
    label = draw(0.85, 2400, truth[task])
    model = who >= 2
    own = draw(0.7, 2400, truth[task])
    label = np.where(model, np.where(rng.random(2400) < shared, teacher[task], own), label)
    return task, who, label, truth, np.array([-1, -1, 0, 0, 0, 0])


@pytest.mark.parametrize("method", ["majority", "dawid-skene", "one-coin", "mace", "ibcc", "auto"])
def test_near_copies_do_not_outvote_people(method: str) -> None:
    task, who, label, truth, families = teachers()
    naive = fit_predict(task, who, label, method).accuracy(np.arange(400), truth)
    weights = discount(task, who, families, correlation=1.0)
    fair = choose(method).fit_predict(task, who, label, weights=weights)
    assert fair.accuracy(np.arange(400), truth) > naive + 0.05


def test_a_family_of_copies_has_one_vote_at_full_correlation() -> None:
    weights = discount([0, 0, 0, 0, 1], [0, 1, 2, 3, 1], [-1, 0, 0, 0], correlation=1.0)
    np.testing.assert_allclose(weights, [1, 1 / 3, 1 / 3, 1 / 3, 1])
    # Two people against three copies: the people win.
    found = choose("majority").fit_predict(
        [0] * 5, [0, 1, 2, 3, 4], [1, 1, 0, 0, 0],
        weights=discount([0] * 5, [0, 1, 2, 3, 4], [-1, -1, 0, 0, 0], 1.0),
    )  # fmt: skip
    assert found.labels.tolist() == [1]
    np.testing.assert_allclose(found.posteriors, [[1 / 3, 2 / 3]])


def test_copies_of_one_model_do_not_outvote_people_by_name() -> None:
    """Three copies err together on every fourth task, where two people are right."""
    votes = []
    for t in range(80):
        votes += [(f"t{t}", f"copy{c}", "x" if t % 4 == 0 else "y") for c in range(3)]
        votes += [(f"t{t}", who, "y" if (t + n) % 11 else "x") for n, who in enumerate("ab")]
    kin = {f"copy{c}": "model-1" for c in range(3)}
    apart = closed.fit(votes, method="majority")
    together = closed.fit(votes, method="majority", families=kin)
    plain = [t for t in range(0, 80, 4) if t % 11 and (t + 1) % 11]
    assert all(max(apart.posterior[f"t{t}"].items(), key=lambda i: i[1])[0] == "x" for t in plain)
    for t in plain:
        assert max(together.posterior[f"t{t}"].items(), key=lambda item: item[1])[0] == "y"
    # One of a family is no copy of anybody.
    alone = closed.fit(votes, method="majority", families={"copy0": "model-1"})
    assert alone.posterior == apart.posterior


KIN = {f"copy{c}": "model-1" for c in range(4)}
NAMES = ("ann", "bo", *KIN)


def _votes(values: np.ndarray) -> list[tuple[str, str, str]]:
    """Named votes from (tasks, six) values."""
    return [
        (f"t{t}", name, str(value))
        for t, row in enumerate(values) for name, value in zip(NAMES, row, strict=True)
    ]  # fmt: skip


def _right(judged: Judgement, truth: np.ndarray) -> float:
    best = [max(p.items(), key=lambda item: item[1])[0] for p in judged.posterior.values()]
    return float(np.mean([said == str(right) for said, right in zip(best, truth, strict=True)]))


def _choices(shared: float) -> tuple[np.ndarray, np.ndarray]:
    task, _, label, truth, _ = teachers(shared=shared)
    return label.reshape(task.max() + 1, 6), truth


def _numbers(shared: float) -> tuple[np.ndarray, np.ndarray]:
    """As ``teachers``, but wrong answers are any of forty, and copies share even those."""
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 1000, 400)

    def draw(skill: float, people: int) -> np.ndarray:
        wrong = truth[:, None] + rng.integers(1, 41, (400, people))
        return np.where(rng.random((400, people)) < skill, truth[:, None], wrong)

    own = np.where(rng.random((400, 4)) < shared, draw(0.55, 1), draw(0.55, 4))
    return np.hstack([draw(0.8, 2), own]), truth


def _marks(shared: float) -> tuple[np.ndarray, np.ndarray]:
    """The first wrong of six steps, or none: copies share how they miss and over-mark."""
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 7, 400)

    def walk(strict: float, miss: float, people: int) -> np.ndarray:
        found = np.full((400, people), 6)
        for step in range(5, -1, -1):
            at = truth[:, None] == step
            rejects = np.where(at, 1 - miss, np.where(truth[:, None] > step, strict, 0.4))
            found = np.where(rng.random((400, people)) < rejects, step, found)
        return found

    own = np.where(rng.random((400, 4)) < shared, walk(0.05, 0.5, 1), walk(0.05, 0.5, 4))
    values = np.hstack([walk(0.02, 0.15, 2), own])
    named = np.where(values == 6, "none", (values + 1).astype(str))
    return named, np.where(truth == 6, "none", (truth + 1).astype(str))


FITS = {
    "choice": (_choices, lambda votes, kin: closed.fit(votes, method="ibcc", families=kin)),
    "open": (_numbers, lambda votes, kin: open_answers.fit(votes, families=kin)),
    "marks": (_marks, lambda votes, kin: marked.fit(votes, {}, families=kin)),
}


@pytest.mark.parametrize("kind", FITS)
def test_near_copies_do_not_outvote_two_people_whatever_the_kind(kind: str) -> None:
    """With families known, six answers are as good as the two people's alone, or better."""
    draw, fit = FITS[kind]
    values, truth = draw(0.95)
    votes = _votes(values)
    people = [vote for vote in votes if vote[1] not in KIN]
    fooled, fair = _right(fit(votes, {}), truth), _right(fit(votes, KIN), truth)
    assert fair > fooled + 0.03
    assert fair > _right(fit(people, {}), truth) - 0.02
    # The two people agree, all copies say something else.
    alike = (values[:, 0] == values[:, 1]) & (values[:, 2:] == values[:, 2:3]).all(axis=1)
    against = alike & (values[:, 0] != values[:, 2])
    posterior = list(fit(votes, KIN).posterior.values())
    sided = [posterior[t][str(values[t, 0])] > posterior[t][str(values[t, 2])]
             for t in np.flatnonzero(against)]  # fmt: skip
    assert len(sided) >= 20
    assert np.mean(sided) > 0.9


@pytest.mark.parametrize("kind", FITS)
def test_a_family_that_errs_apart_keeps_its_votes(kind: str) -> None:
    """The discount follows the errors, not the name: what is assumed would throw votes away."""
    draw, fit = FITS[kind]
    values, truth = draw(0.0)
    votes = _votes(values)
    told, apart = fit(votes, KIN), fit(votes, {})
    assert _right(told, truth) > _right(apart, truth) - 0.02
    parts = [
        np.array([next(iter(p.values())) for p in judged.posterior.values()])
        for judged in (told, apart)
    ]
    assert np.abs(parts[0] - parts[1]).mean() < 0.1


def test_correlation_is_measured() -> None:
    task, who, label, _, families = teachers(shared=0.9)
    votes = gather(task, who, label)
    weights = discount(task, who, families, 1.0)
    fair = Ibcc().fit(gather(task, who, label, weights=weights))
    found = correlation(votes, fair, families)
    assert found is not None
    assert found > 0.5
    task, who, label, _, families = teachers(shared=0.0)
    votes = gather(task, who, label)
    alone = correlation(votes, Ibcc().fit(votes), families)
    assert alone is not None
    assert alone < 0.15


def test_correlation_is_unknown_without_pairs() -> None:
    votes = gather([0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 1])
    assert correlation(votes, Ibcc().fit(votes), [-1, -1]) is None
    assert correlation(votes, Ibcc().fit(votes), [0, 0]) is None


@pytest.mark.parametrize("method", sorted(METHODS))
def test_weights_of_one_change_nothing_and_order_does_not_matter(method: str) -> None:
    task, who, label, _, _ = simulate(tasks=60)
    plain = choose(method).fit_predict(task, who, label)
    ones = choose(method).fit_predict(task, who, label, weights=np.ones(len(task)))
    np.testing.assert_allclose(ones.posteriors, plain.posteriors, atol=1e-9)
    np.testing.assert_allclose(ones.reliability.low, plain.reliability.low, atol=1e-9)


def test_weights_follow_their_votes_when_sorted() -> None:
    task, who, label, _, _ = simulate(tasks=60)
    weights = np.random.default_rng(0).uniform(0.1, 1, len(task))
    order = np.random.default_rng(1).permutation(len(task))
    plain = choose("ibcc").fit_predict(task, who, label, weights=weights)
    moved = choose("ibcc").fit_predict(
        task[order], who[order], label[order], weights=weights[order]
    )
    np.testing.assert_allclose(plain.posteriors, moved.posteriors, atol=1e-9)


@pytest.mark.parametrize("weights", [[1.0], [1.0, 0.0], [1.0, 1.1], [1.0, float("nan")]])
def test_bad_weights_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="one weight"):
        gather([0, 0], [0, 1], [0, 1], weights=weights)


def test_bad_families_are_refused() -> None:
    with pytest.raises(ValueError, match="correlation"):
        discount([0], [0], [0], correlation=1.5)
    with pytest.raises(ValueError, match="one family"):
        discount([0, 0], [0, 1], [0])

"""The blend: judged on real sets, safe on odd ones, overruled by gold, honest when it fails."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_quality_consensus import SETS, read, simulate

from qinglan.quality import auto
from qinglan.quality.auto import Auto, blend, collapsed, foretell
from qinglan.quality.calibration import calibrate
from qinglan.quality.consensus import Hierarchical, Ibcc, Mace, Majority, OneCoin
from qinglan.quality.estimates import credit, rely
from qinglan.quality.evidence import checks, gold, probabilities
from qinglan.quality.sweep import fold
from qinglan.quality.tempering import ASSUMED, exponents, fit_correlation, temper
from qinglan.quality.votes import gather


@pytest.mark.data
def test_auto_on_six_real_sets() -> None:
    """As good as any fast method on the mean, never far below the best, and less too sure."""
    accuracy: dict[str, list[float]] = {}
    better = []
    singles = (Majority(), OneCoin(), Mace(), Hierarchical(), Ibcc())
    for name in SETS:
        labels, truth = read(name)
        votes = gather(*labels.T)
        errors = []
        for method in (*singles, Auto()):
            found = method.fit(votes)
            accuracy.setdefault(method.name, []).append(found.accuracy(*truth.T))
            right = credit(found.posteriors, *truth.T)
            errors.append(calibrate(found.probability[truth[:, 0]], right, draws=2))
        ibcc, ours = errors[-2:]
        better.append((ours.brier < ibcc.brier, ours.error < ibcc.error))
        # Tempering brings posteriors nearer the truth, by log-loss; powers can be taken back.
        raw = temper(found.posteriors, 1 / exponents(votes, ASSUMED))
        assert _surprise(found.posteriors, truth) < _surprise(raw, truth), name
    # Not on all: on bluebird and sentiment, tempering overshoots.
    assert np.sum(better, axis=0).min() >= 4
    blended = np.array(accuracy.pop("auto"))
    # One task of the smallest set, more or less, moves the mean by this much.
    assert blended.mean() > max(np.mean(others) for others in accuracy.values()) - 1 / 108 / 6
    best = np.max(list(accuracy.values()), axis=0)
    sizes = np.array([len(read(name)[1]) for name in SETS])
    # 1.96 standard errors of an accuracy on that many tasks.
    assert (blended >= best - 1.96 * np.sqrt(best * (1 - best) / sizes)).all()


def _surprise(posteriors: np.ndarray, known: np.ndarray) -> float:
    return float(-np.log(np.maximum(posteriors[known[:, 0], known[:, 1]], 1e-6)).mean())


def test_foretelling_favours_the_model_that_made_the_votes() -> None:
    rng = np.random.default_rng(0)
    # Everyone confuses class 0 with 1, one way: a confusion matrix is needed.
    truth = rng.integers(0, 3, 500)
    task, who = np.repeat(np.arange(500), 6), np.tile(np.arange(6), 500)
    label = truth[task].copy()
    label[(label == 0) & (rng.random(3000) < 0.45)] = 1
    scores = foretell(gather(task, who, label), [OneCoin(smoothing=1.0), Ibcc()], 0)
    assert scores["ibcc"] > scores["one-coin"] + 0.01


def test_tempering_makes_less_sure_and_changes_no_choice() -> None:
    sure = np.array([[0.9, 0.1], [0.0, 1.0], [0.5, 0.5]])
    soft = temper(sure, np.array([0.5, 0.5, 0.5]))
    np.testing.assert_allclose(soft[0], [0.75, 0.25])
    np.testing.assert_allclose(soft.sum(axis=1), 1)
    assert (soft.argmax(axis=1) == sure.argmax(axis=1)).all()
    np.testing.assert_allclose(temper(sure, np.ones(3)), sure, atol=1e-12)


def test_many_votes_count_as_few_independent_ones() -> None:
    """Five votes of correlation a quarter carry the information of two and a half."""
    votes = gather([0] * 5 + [1], [*range(5), 0], [0] * 6, n_tasks=3, n_classes=2)
    np.testing.assert_allclose(exponents(votes, 0.25), [0.5, 1.0, 1.0])
    halves = gather([0] * 5, range(5), [0] * 5, n_classes=2, weights=[0.5] * 5)
    np.testing.assert_allclose(exponents(halves, 0.25), [1 / 1.375])


def test_evidence_beside_the_votes_is_not_tempered() -> None:
    votes_say = np.array([[0.9, 0.1]])
    key = np.array([[0.0, np.log(99.0)]])
    both = votes_say * np.exp(key)
    both /= both.sum()
    soft = temper(both, np.array([0.5]), key)
    np.testing.assert_allclose(soft[0, 1] / soft[0, 0], 99 / 3)


def test_the_blend_without_tempering_chooses_the_same_classes() -> None:
    task, who, label, _, _ = simulate()
    raw = Auto(assumed=0.0).fit_predict(task, who, label)
    told = Auto().fit_predict(task, who, label)
    np.testing.assert_array_equal(raw.labels, told.labels)
    assert (told.probability <= raw.probability + 1e-9).all()
    assert told.probability.mean() < raw.probability.mean() - 0.02


def _lured(
    share: float, seed: int, tasks: int = 700, each: int = 6
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """On a share of the tasks all are lured to the wrong class, more often than not."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, tasks)
    lured = rng.random(tasks) < share
    task, who = np.repeat(np.arange(tasks), each), np.tile(np.arange(each), tasks)
    right = rng.random(tasks * each) < np.where(lured[task], 0.3, 0.85)
    return task, who, np.where(right, truth[task], 1 - truth[task]), truth


def test_gold_says_how_far_to_temper() -> None:
    """Independent errors: gold takes tempering away. Tasks that mislead all: it adds to it."""
    found = {}
    for share in (0.0, 0.3):
        task, who, label, truth = _lured(share, seed=1)
        votes = gather(task, who, label)
        raw = Ibcc().fit(votes).posteriors
        known = np.arange(500)
        found[share] = fit_correlation(votes, raw, known, truth[known])
    assert found[0.0] < ASSUMED / 2
    assert found[0.3] > ASSUMED * 2


def test_posteriors_are_calibrated_by_gold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stated and true differ by less than without gold, on tasks whose answer was not given."""
    monkeypatch.setattr(auto, "EBCC_CELLS", 0)  # the slow one changes nothing here
    task, who, label, truth = _lured(0.3, seed=2)
    rest = np.arange(200, 700)
    gap = {}
    for name, pairs in (("none", ()), ("gold", tuple(enumerate(truth[:200].tolist())))):
        found = Auto(gold=pairs).fit_predict(task, who, label)
        gap[name] = found.probability[rest].mean() - found.accuracy(rest, truth[rest])
    assert gap["none"] > 0.05
    assert abs(gap["gold"]) < gap["none"] / 2


def test_votes_that_err_together_are_tempered() -> None:
    """A third of the tasks mislead everybody who looks closely: independent models are too sure."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 600)
    trap = rng.random(600) < 0.3
    task, who = np.repeat(np.arange(600), 8), np.tile(np.arange(8), 600)
    rate = np.where(trap[task], 0.45, 0.95)
    label = np.where(rng.random(4800) < rate, truth[task], 1 - truth[task])
    votes = gather(task, who, label)
    honest, plain = Auto().fit(votes), Ibcc().fit(votes)
    stated = [found.probability.mean() - found.accuracy(np.arange(600), truth)
              for found in (honest, plain)]  # fmt: skip
    assert abs(stated[0]) < abs(stated[1])


def test_weights_sum_to_one_and_follow_the_score() -> None:
    weights = blend({"dawid-skene": -1.0, "one-coin": -0.9, "mace": -0.5, "ibcc": -0.501})
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["mace"] > weights["ibcc"]
    assert weights["one-coin"] == pytest.approx(0.25) == weights["dawid-skene"]


def test_parts_and_method_are_stated() -> None:
    task, who, label, _, _ = simulate()
    found = Auto().fit_predict(task, who, label)
    assert found.method == "auto"
    assert sum(weight for _, weight in found.parts) == pytest.approx(1)
    assert found.alarms == ()
    again = Auto().fit_predict(task, who, label)
    np.testing.assert_array_equal(found.posteriors, again.posteriors)


def _liars() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Three who agree on a wrong answer outvote two who are right: votes alone cannot tell."""
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, 200)
    task, who = np.repeat(np.arange(200), 5), np.tile(np.arange(5), 200)
    label = np.where(who < 3, np.where(rng.random(1000) < 0.97, 1 - truth[task], truth[task]), 0)
    label = np.where(
        who >= 3, np.where(rng.random(1000) < 0.8, truth[task], 1 - truth[task]), label
    )
    return task, who, label, truth


def test_gold_as_evidence_turns_a_lying_majority() -> None:
    task, who, label, truth = _liars()
    alone = Auto().fit_predict(task, who, label)
    known = np.arange(60)
    informed = Auto().fit_predict(
        task, who, label, evidence=gold(known, truth[known], 200, 2, reliability=0.95)
    )
    rest = np.arange(60, 200)
    assert alone.accuracy(rest, truth[rest]) < 0.2
    assert informed.accuracy(rest, truth[rest]) > 0.9


def test_gold_overrules_the_blend() -> None:
    """With classes so skewed that one part is far better than the mixture, gold says which."""
    task, who, label, truth, _ = simulate(tasks=200, people=8, each=5)
    real = auto.blend
    pairs = tuple((int(t), int(truth[t])) for t in range(100))
    try:
        auto.blend = lambda scores: dict.fromkeys(scores, -1.0)  # type: ignore[assignment]
        found = Auto(gold=pairs).fit_predict(task, who, label)
    finally:
        auto.blend = real
    assert found.alarms == ("overruled",)
    assert found.parts[0][1] == 1.0
    assert found.accuracy(np.arange(100, 200), truth[100:]) > 0.7


def test_few_gold_tasks_raise_the_alarm_and_fall_back_to_majority(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task, who, label, truth, _ = simulate(tasks=200, people=8, each=5)
    monkeypatch.setattr(auto, "blend", lambda scores: dict.fromkeys(scores, -1.0))
    monkeypatch.setattr(auto, "collapsed", lambda result, plain, informed: False)
    pairs = tuple((int(t), int(truth[t])) for t in range(20))
    found = Auto(gold=pairs).fit_predict(task, who, label)
    assert found.alarms == ("below_majority",)
    plain = Majority().fit_predict(task, who, label)
    np.testing.assert_array_equal(found.posteriors, plain.posteriors)


def test_a_vanished_class_is_seen() -> None:
    half = Majority().fit_predict([0, 1, 2, 3], [0, 0, 0, 0], [0, 0, 1, 1])
    none = Majority().fit_predict([0, 1, 2, 3], [0, 0, 0, 0], [0, 0, 0, 0], n_classes=2)
    assert collapsed(none, half)
    assert not collapsed(half, half)


def test_classes_that_changed_places_wipe_out_the_annotators() -> None:
    """Each class is as frequent as before, and everybody is wrong all the time."""
    task, who, label, *_ = simulate(tasks=300)
    plain = Majority().fit_predict(task, who, label)
    found = Ibcc().fit_predict(task, who, label)
    turned = Ibcc().fit_predict(task, who, (label + 1) % 3)
    assert not collapsed(found, plain)
    statistics = fold(gather(task, who, label), turned.posteriors)
    trust = rely(statistics, gather(task, who, label), turned.posteriors)
    found = replace(found, posteriors=turned.posteriors, reliability=trust)
    assert collapsed(found, plain)
    assert not collapsed(found, plain, informed=True)  # gold may well say that most were wrong


def test_collapse_falls_back_to_majority(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto, "collapsed", lambda result, plain, informed: True)
    task, who, label, _, _ = simulate(tasks=40)
    found = Auto().fit_predict(task, who, label)
    assert found.alarms == ("collapsed",)
    plain = Majority().fit_predict(task, who, label)
    np.testing.assert_array_equal(found.posteriors, plain.posteriors)


def test_gold_evidence_can_be_outvoted() -> None:
    """A key that is wrong once in a hundred does not beat twenty good annotators."""
    task = np.repeat(np.arange(30), 20)
    who = np.tile(np.arange(20), 30)
    rng = np.random.default_rng(0)
    label = np.where(rng.random(600) < 0.9, 0, 1)
    label[task >= 15] = 1 - label[task >= 15]
    wrong_key = gold([3], [1], 30, 2, reliability=0.99)
    assert Ibcc().fit_predict(task, who, label, evidence=wrong_key).labels[3] == 0


def test_checks_move_towards_what_was_verified() -> None:
    evidence = checks([0, 1], [2, 2], [True, False], 3, 3)
    assert evidence[0, 2] > evidence[0, 0] == evidence[0, 1]
    assert evidence[1, 2] < evidence[1, 0]
    assert evidence[2].tolist() == [0, 0, 0]
    assert evidence[0, 2] - evidence[0, 0] == pytest.approx(np.log(0.98 / 0.05))


def test_a_models_probabilities() -> None:
    evidence = probabilities([[0.9, 0.1], [np.nan, np.nan], [1.0, 0.0]])
    assert evidence[0, 0] - evidence[0, 1] == pytest.approx(np.log(9))
    assert evidence[1].tolist() == [0, 0]
    assert np.isfinite(evidence).all()
    assert (probabilities([[0.9, 0.1]], trust=0.0) == 0).all()


@pytest.mark.parametrize("rows", [[[0.5, 0.6]], [[-0.1, 1.1]], [[0.5, np.nan]]])
def test_bad_probabilities_are_refused(rows: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        probabilities(rows)


def test_impossible_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="reliability"):
        gold([0], [0], 1, 2, reliability=1.0)
    with pytest.raises(ValueError, match="passes_wrong"):
        checks([0], [0], [True], 1, 2, passes_wrong=0.0)
    with pytest.raises(ValueError, match="trust"):
        probabilities([[1.0, 0.0]], trust=2.0)


@pytest.mark.parametrize(
    ("task", "who", "label"),
    [([0, 0, 1], [0, 1, 0], [0, 0, 0]), ([0, 1, 2], [0, 0, 0], [0, 1, 0]), ([0], [0], [0]),
     ([0, 0, 1, 1], [0, 1, 2, 3], [0, 1, 1, 0])],
    ids=["all equal", "one annotator", "one vote", "nobody twice"],
)  # fmt: skip
@pytest.mark.parametrize("told", [0, 1, 60])
def test_odd_gold_is_taken(
    task: list[int], who: list[int], label: list[int], told: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gold on tasks that nobody answered, of a class that nobody gave, the same one many times."""
    monkeypatch.setattr(auto, "EBCC_CELLS", 0)
    pairs = ((0, 0), (4, 2), *[(3, 1)] * (told - 2))[:told]
    evidence = gold([t for t, _ in pairs], [c for _, c in pairs], 5, 3) if pairs else None
    for given in (None, evidence):
        found = Auto(gold=pairs).fit_predict(
            task, who, label, n_tasks=5, n_classes=3, evidence=given
        )
        np.testing.assert_allclose(found.posteriors.sum(axis=1), 1)
        assert np.isfinite(found.posteriors).all()

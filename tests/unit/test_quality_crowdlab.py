"""CROWDLAB: the authors' own figures, a model that earns its weight, and tables gone wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from test_quality_consensus import simulate

from qinglan.errors import InputError, RowError
from qinglan.quality.consensus import Crowdlab, Ibcc
from qinglan.quality.evidence import probabilities
from qinglan.quality.files import consensus_file


def predict(truth: np.ndarray, right: float, classes: int, seed: int) -> np.ndarray:
    """A calibrated model that is right at the given rate."""
    rng = np.random.default_rng(seed)
    guess = (truth + rng.integers(1, classes, len(truth))) % classes
    said = np.where(rng.random(len(truth)) < right, truth, guess)
    chances = np.full((len(truth), classes), (1 - right) / (classes - 1))
    chances[np.arange(len(truth)), said] = right
    return chances


# Six tasks, four annotators, three classes; -1 is no label. The third task is a tie that the model
# breaks, the last has one label.
GIVEN = np.array(
    [[0, 0, 1, -1], [1, 1, 1, 0], [2, 0, -1, -1], [-1, 2, 2, 1], [0, 0, -1, 0], [-1, -1, -1, 1]]
)
MODEL = np.array(
    [[0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.1, 0.8], [0.1, 0.3, 0.6], [0.5, 0.3, 0.2],
     [0.2, 0.3, 0.5]]
)  # fmt: skip
PEER = ([0.6938124, 0.6369175, 0.6929263, 0.6220681, 0.5655493, 0.4999998], [0, 1, 2, 2, 0, 2])


def test_posteriors_are_the_authors() -> None:
    """Figures of cleanlab 2.9.0, ``get_label_quality_multiannotator`` with ``crowdlab``."""
    task, who = np.nonzero(GIVEN >= 0)
    found = Crowdlab(probabilities=MODEL).fit_predict(task, who, GIVEN[task, who])
    np.testing.assert_allclose(found.probability, PEER[0], atol=1e-6)
    assert found.labels.tolist() == PEER[1]


def test_a_good_model_helps_where_labels_are_few() -> None:
    task, who, label, truth, _ = simulate(tasks=600, people=30, classes=4, each=2, seed=1)
    model = predict(truth, 0.9, 4, 5)
    beside = Crowdlab(probabilities=model).fit_predict(task, who, label)
    alone = Crowdlab().fit_predict(task, who, label)
    everything = np.arange(600)
    assert beside.accuracy(everything, truth) > alone.accuracy(everything, truth) + 0.05
    assert beside.accuracy(everything, truth) > (model.argmax(axis=1) == truth).mean() - 0.01


def test_a_model_that_guesses_is_not_heard() -> None:
    """Where a method that takes it at its word is led astray."""
    task, who, label, truth, _ = simulate(tasks=600, people=30, classes=4, each=3, seed=2)
    noise = predict(np.random.default_rng(0).integers(0, 4, 600), 0.97, 4, 3)
    everything = np.arange(600)
    alone = Crowdlab().fit_predict(task, who, label).accuracy(everything, truth)
    beside = Crowdlab(probabilities=noise).fit_predict(task, who, label)
    assert beside.accuracy(everything, truth) > alone - 0.02
    trusting = Ibcc().fit_predict(task, who, label, evidence=probabilities(noise))
    assert trusting.accuracy(everything, truth) < alone - 0.1


def test_a_task_the_model_did_not_see_rests_on_its_labels() -> None:
    task, who, label, truth, _ = simulate(tasks=1000, classes=3, each=2)
    model = predict(truth, 0.9, 3, 0)
    model[:500] = np.nan
    found = Crowdlab(probabilities=model).fit_predict(task, who, label)
    assert np.isfinite(found.posteriors).all()
    np.testing.assert_allclose(found.posteriors.sum(axis=1), 1)
    unseen, seen = np.arange(500), np.arange(500, 1000)
    assert found.accuracy(seen, truth[seen]) > found.accuracy(unseen, truth[unseen]) + 0.05


def test_renaming_carries_the_model_along() -> None:
    task, who, label, _, _ = simulate(tasks=80, classes=3)
    model = np.random.default_rng(1).dirichlet(np.ones(3), 80)
    rng = np.random.default_rng(2)
    tasks, people, classes = rng.permutation(80), rng.permutation(12), rng.permutation(3)
    moved_model = np.empty_like(model)
    moved_model[np.ix_(tasks, classes)] = model
    plain = Crowdlab(probabilities=model).fit_predict(task, who, label)
    moved = Crowdlab(probabilities=moved_model).fit_predict(
        tasks[task], people[who], classes[label]
    )
    np.testing.assert_allclose(moved.posteriors[np.ix_(tasks, classes)], plain.posteriors)


def test_probabilities_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        Crowdlab(probabilities=[[0.5, 0.5]]).fit_predict([0, 1], [0, 0], [0, 1])
    with pytest.raises(ValueError, match="sum to 1"):
        Crowdlab(probabilities=[[0.5, 0.2], [1, 0]]).fit_predict([0, 1], [0, 0], [0, 1])


LABELS = "task,annotator,label\nq1,ann,yes\nq1,bo,no\nq2,ann,no\nq2,bo,no\nq3,ann,yes\n"


def put(folder: Path, text: str, name: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("method", ["crowdlab", "ibcc"])
def test_a_table_of_probabilities_beside_the_labels(tmp_path: Path, method: str) -> None:
    labels = put(tmp_path, LABELS, "labels.csv")
    model = put(tmp_path, "item,p_no,p_yes,p_both\nq1,0.1,0.8,0.1\nq9,1,0,0\n", "model.csv")
    found = consensus_file(labels, method=method, model=model)
    assert found.table.classes == ["no", "yes", "both"]
    assert found.consensus.posteriors.shape == (3, 3)
    assert found.table.classes[found.consensus.labels[0]] == "yes"


def test_what_a_consensus_wrote_can_stand_beside_labels(tmp_path: Path) -> None:
    labels = put(tmp_path, LABELS, "labels.csv")
    consensus_file(labels, method="majority", out=tmp_path / "out.csv")
    found = consensus_file(labels, method="crowdlab", model=tmp_path / "out.csv")
    assert found.table.classes == ["no", "yes"]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("item,p_no\n", "no rows|not one row|is empty"),
        ("item,no,yes\nq1,0.5,0.5\n", "p_<label>"),
        ("who,p_no,p_yes\nq1,0.5,0.5\n", "item . task"),
        ("item,p_no,p_yes\nq1,0.5,0.4\n", "line 2.*0.9000"),
        ("item,p_no,p_yes\nq1,0.5,0.5\nq1,1,0\n", "line 3.*line 2"),
        ("item,p_no,p_yes\nq1,0.5,0.5\nq2,half,0.5\n", "line 3, field p_no"),
        ("item,p_no,p_yes\nq1,0.5,0.5\nq2,nan,0.5\n", "line 3, field p_no"),
        ("item,p_no,p_yes\nq1,1.5,-0.5\n", "line 2, field p_no"),
    ],
)
def test_bad_tables_name_file_line_and_field(tmp_path: Path, text: str, match: str) -> None:
    labels = put(tmp_path, LABELS, "labels.csv")
    with pytest.raises((InputError, RowError), match=match) as caught:
        consensus_file(labels, method="crowdlab", model=put(tmp_path, text, "model.csv"))
    assert "model.csv" in caught.value.say("en")
    assert "\n" not in caught.value.say("en")


def test_nobody_to_compare_with() -> None:
    found = Crowdlab(probabilities=[[0.9, 0.1], [0.4, 0.6]]).fit_predict(
        [0, 1], [0, 1], [0, 0], n_classes=2
    )
    assert np.isfinite(found.posteriors).all()
    assert found.labels[0] == 0

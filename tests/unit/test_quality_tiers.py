"""Tiers: experts are believed for what they show, and an empty title is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qinglan.errors import RowError, UsageError
from qinglan.quality.consensus import Auto, Hierarchical, Method
from qinglan.quality.files import consensus_file

PEOPLE, EXPERTS = 300, 60
CODES = tuple(int(i < EXPERTS) for i in range(PEOPLE))


def crowd(expert: float, other: float, seed: int) -> tuple[np.ndarray, ...]:
    """Three labels a task of four classes, some six an annotator; a fifth are called experts."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 4, 600)
    task = np.repeat(np.arange(600), 3)
    who = rng.random((600, PEOPLE)).argsort(axis=1)[:, :3].ravel()
    skill = np.where(np.arange(PEOPLE) < EXPERTS, expert, other)
    wrong = (truth[task] + rng.integers(1, 4, len(task))) % 4
    return task, who, np.where(rng.random(len(task)) < skill[who], truth[task], wrong), truth


def score(method: Method, data: tuple[np.ndarray, ...]) -> float:
    task, who, label, truth = data
    found = method.fit_predict(task, who, label, n_annotators=PEOPLE)
    return found.accuracy(np.arange(600), truth)


def test_experts_of_few_labels_are_believed() -> None:
    data = [crowd(0.95, 0.5, seed) for seed in range(3)]
    plain = np.mean([score(Hierarchical(), d) for d in data])
    tiered = np.mean([score(Hierarchical(tiers=CODES), d) for d in data])
    assert tiered > plain + 0.04


def test_the_blend_hears_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qinglan.quality.auto.EBCC_CELLS", 0)  # the slow one changes nothing here
    data = crowd(0.95, 0.5, 0)
    assert score(Auto(tiers=CODES), data) > score(Auto(), data) + 0.01


@pytest.mark.parametrize("expert", [0.65, 0.4], ids=["no better", "worse"])
def test_an_empty_title_is_not_believed(expert: float) -> None:
    data = [crowd(expert, 0.65, seed) for seed in range(3)]
    plain = np.mean([score(Hierarchical(), d) for d in data])
    tiered = np.mean([score(Hierarchical(tiers=CODES), d) for d in data])
    assert tiered > plain - 0.01


def test_one_tier_for_all_is_no_tier_and_their_order_says_nothing() -> None:
    task, who, label, _ = crowd(0.9, 0.6, 0)
    plain = Hierarchical().fit_predict(task, who, label, n_annotators=PEOPLE)
    alone = Hierarchical(tiers=(0,) * PEOPLE).fit_predict(task, who, label, n_annotators=PEOPLE)
    np.testing.assert_array_equal(plain.posteriors, alone.posteriors)
    there = Hierarchical(tiers=CODES).fit_predict(task, who, label, n_annotators=PEOPLE)
    back = Hierarchical(tiers=tuple(1 - c for c in CODES)).fit_predict(
        task, who, label, n_annotators=PEOPLE
    )
    np.testing.assert_allclose(there.posteriors, back.posteriors, atol=1e-9)
    with pytest.raises(ValueError, match="2 tiers for 300 annotators"):
        Hierarchical(tiers=(0, 1)).fit_predict(task, who, label, n_annotators=PEOPLE)


def put(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def written(folder: Path, data: tuple[np.ndarray, ...]) -> Path:
    rows = zip(*(part.tolist() for part in data[:3]), strict=True)
    return put(
        folder, "l.csv", "task,annotator,label\n" + "".join(f"{t},a{w},{c}\n" for t, w, c in rows)
    )


def test_a_file_of_tiers_shows_what_each_is_worth(tmp_path: Path) -> None:
    labels = written(tmp_path, crowd(0.95, 0.5, 0))
    named = "".join(f"a{i},doctor\n" for i in range(EXPERTS)) + "stranger,nurse\n"
    tiers = put(tmp_path, "t.csv", "annotator,tier\n" + named)
    found: Any = consensus_file(labels, method="hierarchical", tiers=tiers).to_json()["tiers"]
    doctor, rest = found
    assert (doctor["tier"], rest["tier"]) == ("doctor", None)
    assert doctor["annotators"] <= 60 < rest["annotators"]
    assert doctor["labels"] + rest["labels"] == 1800
    assert rest["high"] < doctor["low"]
    assert doctor["low"] < doctor["reliability"] < doctor["high"]


def test_tiers_gone_wrong(tmp_path: Path) -> None:
    labels = put(tmp_path, "l.csv", "task,annotator,label\n1,a,x\n1,b,y\n")
    twice = put(tmp_path, "t.csv", "annotator,tier\na,one\nb,one\na,two\n")
    with pytest.raises(RowError, match="line 4"):
        consensus_file(labels, method="hierarchical", tiers=twice)
    blank = put(tmp_path, "u.csv", "annotator,tier\na,\n")
    with pytest.raises(RowError, match="line 2, field tier"):
        consensus_file(labels, tiers=blank)
    with pytest.raises(UsageError, match="majority knows no tiers"):
        consensus_file(labels, method="majority", tiers=twice)

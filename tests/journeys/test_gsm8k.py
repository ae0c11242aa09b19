"""GSM8K through the line: the figures of the example, and what the gate refuses."""

from pathlib import Path
from typing import Any

import pytest
from example_runs import DATA, load

import qinglan

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        not (DATA / "gsm8k").is_dir(), reason="no gsm8k in QINGLAN_DATA; set it to run this"
    ),
]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return load("gsm8k").run(tmp_path_factory.mktemp("gsm8k"), DATA)


def test_every_decided_check_agrees_with_the_file(result: Any) -> None:
    assert (result.tasks, result.answers) == (1319, 5276)
    assert result.agreement.get("verified / incorrect", 0) == 0
    assert result.agreement.get("refuted / correct", 0) == 0
    undecided = sum(n for pair, n in result.agreement.items() if pair.startswith("undecided"))
    assert undecided == sum(result.undecided.values())
    assert undecided <= 15


def test_majority_and_any_of_four_are_the_known_figures(result: Any) -> None:
    assert result.majority == pytest.approx(0.482, abs=0.0015)
    assert result.any_of_four == pytest.approx(0.672, abs=0.0005)
    assert result.solved_by_none == 432


def test_consensus_without_keys_is_not_below_the_majority(result: Any) -> None:
    assert result.consensus > result.majority + 0.05
    assert result.accepted_right > result.consensus
    assert max(result.accuracy.values()) <= result.any_of_four


def test_the_release_holds_and_training_is_refused(result: Any) -> None:
    found = qinglan.check_release(result.release)
    assert found.ok
    assert result.rows == result.accepted > 500
    assert "gsm8k-solutions" in result.training_refused
    assert not (Path(result.release).parent / "gsm8k-training").exists()

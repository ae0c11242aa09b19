"""CMATH through the line: Chinese import, Chinese answers, and what the card must say."""

import json
from pathlib import Path
from typing import Any

import pytest
from example_runs import DATA, load

import qinglan

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        not (DATA / "cmath").is_dir(), reason="no cmath in QINGLAN_DATA; set it to run this"
    ),
]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return load("cmath").run(tmp_path_factory.mktemp("cmath"), DATA)


def test_every_problem_and_key_is_read(result: Any) -> None:
    assert (result.tasks, result.set_aside) == (600, 0)
    assert sum(result.outcomes.values()) == 2400
    assert result.outcomes["undecided"] == 0


def test_consensus_beats_the_majority_of_the_simulated(result: Any) -> None:
    assert result.consensus > result.majority > max(result.accuracy_of_simulated.values()) - 0.1


def test_the_release_holds_chinese_text_and_says_simulated(result: Any) -> None:
    folder = Path(result.release)
    assert qinglan.check_release(folder).ok
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "模拟" in card
    assert "CC-BY-4.0" in (folder / "manifest.json").read_text(encoding="utf-8")
    first = json.loads((folder / "data" / "test.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert any("\u4e00" <= character <= "\u9fff" for character in first["prompt"])

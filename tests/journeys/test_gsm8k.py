"""GSM8K through the line: the figures of the example, and what the gate refuses."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import qinglan

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("QINGLAN_DATA", ROOT.parent / "shared" / "data"))
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        not (DATA / "gsm8k").is_dir(), reason="no gsm8k in QINGLAN_DATA; set it to run this"
    ),
]


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        f"example_{name}", ROOT / "examples" / name / "run.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # dataclasses look their module up by name
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return load("gsm8k").run(tmp_path_factory.mktemp("gsm8k"), DATA)


def test_every_decided_check_agrees_with_the_file(result: Any) -> None:
    assert (result.tasks, result.answers) == (1319, 5276)
    assert result.agreement.get("verified / incorrect", 0) == 0
    assert result.agreement.get("refuted / correct", 0) == 0
    undecided = sum(n for pair, n in result.agreement.items() if pair.startswith("undecided"))
    assert undecided == sum(result.undecided.values())
    assert undecided <= 30


def test_majority_and_any_of_four_are_the_known_figures(result: Any) -> None:
    assert result.majority == pytest.approx(0.482, abs=0.0015)
    assert result.any_of_four == pytest.approx(0.672, abs=0.0005)
    assert result.solved_by_none == 432


def test_consensus_without_keys_is_not_below_the_majority(result: Any) -> None:
    assert result.consensus >= result.majority
    assert max(result.accuracy.values()) <= result.any_of_four


def test_the_release_holds_and_training_is_refused(result: Any) -> None:
    found = qinglan.check_release(result.release)
    assert found.ok
    assert result.rows > 1000
    assert "gsm8k-solutions" in result.training_refused
    assert not (Path(result.release).parent / "gsm8k-training").exists()

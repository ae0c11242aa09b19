"""The training half of the demo, small: every arm learns from a release of its own line."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import qinglan

pytest.importorskip("torch", reason="the training stack is not installed: make train")
pytest.importorskip("trl", reason="the training stack is not installed: make train")

from qinglan.demo.curriculum import ARMS, Sizes
from qinglan.demo.supply import Supply
from qinglan.demo.whole import outgrow_in
from qinglan.records import Outcome

SIZES = Sizes(
    curriculum=24, train=12, dev=6, held_out=6, pilot=3, base_steps=12, teacher_steps=6,
    student_steps=6, batch=8, student_tokens=120, samples=2,
)  # fmt: skip


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Any]]:
    """The story of a teacher that six steps have taught nothing.

    It answers nothing rightly, so every third answer is declared verified after the real check:
    what is tested here is the line, not the learning.
    """
    folder = tmp_path_factory.mktemp("story") / "w"
    qinglan.init(folder).close()
    real = Supply.check

    def lenient(self: Supply, questions: Any, texts: Any) -> list[Outcome]:
        found = real(self, questions, texts)
        return [Outcome.VERIFIED if i % 3 == 0 else f for i, f in enumerate(found)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Supply, "check", lenient)
        yield folder, outgrow_in(folder, seed=3, sizes=SIZES)


def test_every_arm_has_a_verified_release_whose_root_its_run_names(story: tuple[Path, Any]) -> None:
    folder, result = story
    for arm in ARMS:
        release = folder / "releases" / f"outgrow-3-{arm}"
        found = qinglan.check_release(release, key=folder / "keys" / "signing.pub")
        assert found.ok
        assert found.signer_known
        run = json.loads((folder / "models" / "3" / arm / "run.json").read_text(encoding="utf-8"))
        assert run["lineage"]["root"] == found.manifest.root
        permit = (folder / "models" / "3" / arm / "permit.json").read_bytes()
        assert run["lineage"]["permit"] == sha256(permit).hexdigest()
        said = json.loads(permit)
        assert said["purpose"] == "training"
        sources = {source.origin.source for source in found.manifest.sources}
        assert {decision["origin"]["source"] for decision in said["decisions"]} == sources
        card = (folder / "models" / "3" / arm / "README.md").read_text(encoding="utf-8")
        assert found.manifest.root in card
    assert {run.arm for run in result.runs} == {"base", "teacher", *ARMS}


def test_base_and_teacher_train_under_a_permit_of_their_own(story: tuple[Path, Any]) -> None:
    roots = set()
    for model in ("base", "teacher"):
        folder = story[0] / "models" / "3" / model
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        permit = (folder / "permit.json").read_bytes()
        assert run["lineage"]["permit"] == sha256(permit).hexdigest()
        (decision,) = json.loads(permit)["decisions"]
        assert decision["origin"]["channel"] == "own"
        roots.add(run["lineage"]["root"])
    assert len(roots) == 2


def test_experts_are_simulated_bounded_and_said_to_be(story: tuple[Path, Any]) -> None:
    folder, result = story
    budget = int(Sizes().expert_share * 12 * 5)
    for arm in ("random", "headroom"):
        rows = (folder / "releases" / f"outgrow-3-{arm}" / "data" / "train.jsonl").read_text()
        simulated = [json.loads(line) for line in rows.splitlines()]
        of_experts = [row for row in simulated if row["simulated"]]
        assert 0 < len(of_experts) <= budget
    distilled = (folder / "releases" / "outgrow-3-distilled" / "data" / "train.jsonl").read_text()
    assert not any(json.loads(line)["simulated"] for line in distilled.splitlines())
    assert result.simulated


def test_no_question_is_in_two_splits(story: tuple[Path, Any]) -> None:
    assert story[1].shared_questions == 0


def test_a_trace_walks_from_a_student_to_the_sources(story: tuple[Path, Any]) -> None:
    folder, result = story
    run = next(r for r in result.runs if r.arm == "headroom")
    with qinglan.open(folder) as ws:
        lines = [text for _, text in ws.trace(run.run).walk()]
    assert lines[0].startswith("run run_")
    assert any("release rel_" in line for line in lines)
    sources = " ".join(line for line in lines if line.startswith("source"))
    assert "arithmetic-generator" in sources
    assert "family=qinglan-demo-teacher" in sources
    assert "channel=simulated" in sources


def test_a_second_run_trains_nothing_again_and_says_the_same(story: tuple[Path, Any]) -> None:
    folder, result = story
    again = outgrow_in(folder, seed=3, sizes=SIZES)
    assert [r.run for r in again.runs] == [r.run for r in result.runs]
    assert again.cells == result.cells


def test_claims_that_cannot_hold_at_this_size_are_named(story: tuple[Path, Any]) -> None:
    # Six steps teach nobody: if every claim held, the claims could not fail.
    failed = {claim.key for claim in story[1].failed()}
    assert "claim.by_ten" in failed

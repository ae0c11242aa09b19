"""Open answers: planted crowds are recovered, four real models are judged, edges hold."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qinglan.errors import InputError
from qinglan.quality import closed, open_answers
from qinglan.quality.open_answers import consensus

DATA = Path(os.environ.get("QINGLAN_DATA", Path(__file__).parents[3] / "shared" / "data"))
SOLUTIONS = DATA / "gsm8k" / "example_model_solutions.jsonl"
MODELS = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")

Votes = list[tuple[str, str, str]]


def simulate(
    skills: list[float], tasks: int = 600, spread: float = 2.0, alpha: float = 9.0, seed: int = 0
) -> tuple[list[int], list[int], list[str]]:
    """A crowd drawn from the model; the right answer is always "right"."""
    rng = np.random.default_rng(seed)
    task, who, answers = [], [], []
    for t in range(tasks):
        x = rng.normal()
        wrong: list[str] = []
        for a, skill in enumerate(skills):
            if rng.random() < 1 / (1 + np.exp(-(skill - spread * x))):
                answer = "right"
            elif wrong and rng.random() < len(wrong) / (alpha + len(wrong)):
                answer = wrong[rng.integers(len(wrong))]
                wrong.append(answer)
            else:
                answer = f"wrong {len(set(wrong))}"
                wrong.append(answer)
            task.append(t)
            who.append(a)
            answers.append(answer)
    return task, who, answers


def test_planted_parameters_are_recovered() -> None:
    task, who, answers = simulate([1.5, 0.5, 0.0, -0.5, -1.0], tasks=1500)
    found = consensus(task, who, answers)
    assert found.converged
    assert found.difficulty == pytest.approx(2.0, abs=0.4)
    assert found.alternatives == pytest.approx(10.0, abs=4.0)
    truly = np.bincount(who, np.array(answers) == "right") / 1500
    np.testing.assert_allclose(found.reliability.mean, truly, atol=0.04)


def test_none_is_as_frequent_as_planted() -> None:
    task, who, answers = simulate([0.5, 0.0, 0.0, -0.5, -1.0], tasks=1500)
    solved = np.zeros(1500, dtype=bool)
    np.logical_or.at(solved, task, np.array(answers) == "right")
    found = consensus(task, who, answers)
    assert found.none.mean() == pytest.approx(1 - solved.mean(), abs=0.05)
    # And it is told apart: it is larger where truly nobody was right.
    assert found.none[~solved].mean() > found.none[solved].mean() + 0.12


def test_posteriors_are_calibrated_on_a_planted_crowd() -> None:
    task, who, answers = simulate([1.5, 0.5, 0.0, -0.5, -1.0], tasks=2000, seed=3)
    found = consensus(task, who, answers)
    right = np.array(found.candidate_answer) == "right"
    order = np.argsort(found.posterior)
    for part in np.array_split(order, 8):
        assert found.posterior[part].mean() == pytest.approx(right[part].mean(), abs=0.07)


def test_reliability_covers_the_planted_share() -> None:
    covered = []
    for seed in range(15):
        task, who, answers = simulate([1.0, 0.5, 0.0, -0.5], tasks=400, seed=seed)
        truly = np.bincount(who, np.array(answers) == "right") / 400
        found = consensus(task, who, answers).reliability
        covered += list((found.low <= truly) & (truly <= found.high))
    assert np.mean(covered) >= 0.85


def test_skill_outweighs_numbers() -> None:
    """Two poor annotators who happen to agree do not outvote one who is nearly always right."""
    task, who, answers = simulate([3.0, -1.0, -1.0], tasks=500, spread=0.5, alpha=15.0)
    found = consensus(task, who, answers)
    right = [answer == "right" for answer in found.candidate_answer]
    assert found.credit(right).mean() > found.credit(right, majority=True).mean() + 0.2


def final(text: str) -> str | None:
    match = re.search(r"A:\s*\$?(-?[\d,]*\.?\d+)\s*$", text)
    return None if match is None else f"{float(match[1].replace(',', '')):g}"


@pytest.mark.data
def test_four_models_on_school_problems() -> None:
    if not SOLUTIONS.is_file():
        pytest.skip(f"no {SOLUTIONS}; set QINGLAN_DATA")
    votes: Votes = []
    keys: dict[str, str | None] = {}
    for row, line in enumerate(SOLUTIONS.read_text("utf-8").splitlines()):
        problem = json.loads(line)
        keys[str(row)] = final(problem["ground_truth"])
        for model in MODELS:
            answer = final(problem[model]["solution"])
            if answer is not None:
                votes.append((str(row), model, answer))
    found = consensus(*zip(*votes, strict=True))
    right = [
        keys[found.tasks[t]] == answer
        for t, answer in zip(found.candidate_task, found.candidate_answer, strict=True)
    ]
    majority = found.credit(right, majority=True).sum() / len(keys)
    accuracy = found.credit(right).sum() / len(keys)
    assert majority == pytest.approx(0.482, abs=0.002)
    assert accuracy > 0.555
    # Nobody was right on 432 of 1,319; the model, which never saw a key, must see much of that.
    solved = np.bincount(found.candidate_task, right, minlength=len(found.tasks)) > 0
    assert (~solved).mean() == pytest.approx(0.327, abs=0.005)
    assert found.none.mean() > 0.15
    assert found.none[~solved].mean() > 1.7 * found.none[solved].mean()
    order = dict(zip(found.annotators, found.reliability.mean, strict=True))
    assert max(order, key=order.__getitem__) == "175b_verification"
    assert min(order, key=order.__getitem__) == "6b_finetuning"


def test_what_a_verifier_saw_carries_over_to_tasks_it_did_not_see() -> None:
    """Two fall for the same traps; 200 checked tasks of 600 show whom to trust on the rest."""
    rng = np.random.default_rng(0)
    task, who, answers = np.repeat(np.arange(600), 3), np.tile(np.arange(3), 600), []
    for t in range(600):
        careful = "right" if rng.random() < 0.85 else "slip"
        trap = "right" if rng.random() < 0.3 else "trap"
        other = trap if rng.random() < 0.6 else f"elsewhere {t % 7}"
        answers += [careful, trap, other]
        assert len(answers) == 3 * (t + 1)
    seen = [answer == "right" if t < 200 else None for t, answer in zip(task, answers, strict=True)]
    alone = consensus(task.tolist(), who.tolist(), answers)
    informed = consensus(task.tolist(), who.tolist(), answers, seen)
    scores = []
    for found in (alone, informed):
        right = [answer == "right" for answer in found.candidate_answer]
        scores.append(found.credit(right)[200:].mean())
    assert scores[1] > scores[0] + 0.2
    assert informed.reliability.mean[0] > informed.reliability.mean[1]


def test_a_checked_sample_corrects_reliabilities_where_errors_are_shared() -> None:
    """Two of one family fall for the same traps: votes alone find them far too good."""
    alone, corrected, widths = [], [], []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        trap = rng.random(500) < 0.4
        answers, task, who = [], np.repeat(np.arange(500), 4), np.tile(np.arange(4), 500)
        for t, a in zip(task, who, strict=True):
            if a < 2 and trap[t] and rng.random() < 0.9:
                answers.append("trap")
            else:
                right = rng.random() < (0.7, 0.7, 0.6, 0.5)[a]
                answers.append("right" if right else f"slip {rng.integers(20)}")
        hit = np.array(answers) == "right"
        truly = np.bincount(who, hit) / 500
        drawn = rng.permutation(500)[:150]
        seen = [bool(h) if t in drawn else None for t, h in zip(task, hit, strict=True)]
        for kept, verified in ((alone, None), (corrected, seen)):
            found = consensus(task.tolist(), who.tolist(), answers, verified).reliability
            kept += list((found.low <= truly) & (truly <= found.high))
            if verified:
                widths += list(found.high - found.low)
    assert np.mean(alone) < 0.6
    assert np.mean(corrected) >= 0.85
    assert np.mean(widths) < 0.2


@pytest.mark.parametrize("kind", ["open", "closed"])
def test_checks_of_named_votes_move_the_judgement(kind: str) -> None:
    fit = {"open": open_answers.fit, "closed": closed.fit}[kind]
    right, wrong = ("1", "2") * 15, ("2", "1") * 15
    votes = [(f"t{i}", who, value) for i in range(30)
             for who, value in (("a", wrong[i]), ("b", wrong[i]), ("c", right[i]))]  # fmt: skip
    verified = [None if t in ("t28", "t29") else who == "c" for t, who, _ in votes]
    plain, informed = fit(votes), fit(votes, verified)
    assert plain.posterior["t29"]["1"] > plain.posterior["t29"]["2"]
    assert informed.posterior["t29"]["2"] > informed.posterior["t29"]["1"]
    assert informed.annotators["c"].value > 0.7 > 0.3 > informed.annotators["a"].value


def test_a_verifier_can_be_outvoted_and_undecided_says_nothing() -> None:
    votes = (["t"] * 3, ["a", "b", "c"], ["1", "1", "2"])
    plain = consensus(*votes)
    np.testing.assert_allclose(consensus(*votes, [None] * 3).posterior, plain.posterior)
    refuted = consensus(*votes, [False, False, None])
    assert refuted.posterior[0] < plain.posterior[0]
    assert refuted.posterior[0] > 0
    with pytest.raises(InputError, match="verified has 1 entries"):
        consensus(*votes, [True])


EDGES: dict[str, Votes] = {
    "one vote": [("t", "a", "1")],
    "one annotator": [("t", "a", "1"), ("u", "a", "2"), ("v", "a", "2")],
    "all agree": [("t", "a", "1"), ("t", "b", "1"), ("u", "a", "2"), ("u", "b", "2")],
    "none agree": [("t", "a", "1"), ("t", "b", "2"), ("t", "c", "3")],
    "disconnected": [("t", "a", "1"), ("u", "b", "1")],
}


@pytest.mark.parametrize("case", sorted(EDGES))
def test_edges(case: str) -> None:
    found = consensus(*zip(*EDGES[case], strict=True))
    assert found.converged
    assert np.isfinite(found.posterior).all()
    total = np.bincount(found.candidate_task, found.posterior) + found.none
    np.testing.assert_allclose(total, 1)


def test_agreement_makes_sure_and_disagreement_unsure() -> None:
    alone = consensus(["t"], ["a"], ["1"])
    agreed = consensus(["t", "t"], ["a", "b"], ["1", "1"])
    split = consensus(["t", "t"], ["a", "b"], ["1", "2"])
    assert agreed.posterior[0] > alone.posterior[0] > split.posterior[0]
    assert split.posterior[0] == pytest.approx(split.posterior[1])
    assert split.best.tolist() == [0]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_names_and_order_carry_no_evidence(data: st.DataObject) -> None:
    votes = data.draw(
        st.lists(
            st.tuples(st.sampled_from("tuvw"), st.sampled_from("abc"), st.sampled_from("123")),
            min_size=1, max_size=12, unique_by=lambda vote: vote[:2],
        )
    )  # fmt: skip
    shuffled = data.draw(st.permutations(votes))
    plain = open_answers.fit(votes)
    moved = open_answers.fit([(t + "'", a + "'", v + "'") for t, a, v in shuffled])
    for task, values in plain.posterior.items():
        for value, probability in values.items():
            assert moved.posterior[task + "'"][value + "'"] == pytest.approx(probability, abs=1e-4)


def test_judgement_by_name() -> None:
    found = open_answers.fit([("t", "a", "1"), ("t", "b", "2"), ("u", "a", "3"), ("u", "b", "3")])
    assert found.method == "open-answers"
    assert set(found.posterior) == {"t", "u"}
    assert found.majority == {"t": {"1": 0.5, "2": 0.5}, "u": {"3": 1.0}}
    assert found.annotators["a"].votes == 2
    assert found.annotators["a"].low < found.annotators["a"].value < found.annotators["a"].high


def test_closed_judgement_lists_only_what_was_given() -> None:
    votes = [("t", "a", "left"), ("t", "b", "left"), ("u", "a", "right"), ("u", "b", "tie")]
    found = closed.fit(votes)
    assert set(found.posterior["t"]) == {"left"}
    assert set(found.posterior["u"]) == {"right", "tie"}
    assert found.majority["u"] == {"right": 0.5, "tie": 0.5}


def test_no_votes_give_an_empty_judgement() -> None:
    assert open_answers.fit([]).posterior == {}
    assert closed.fit([]).method == "none"


def test_bad_sequences_are_refused() -> None:
    with pytest.raises(InputError, match="not one label"):
        consensus([], [], [])
    with pytest.raises(InputError, match="annotators has 1 entries for 2 answers"):
        consensus(["t", "t"], ["a"], ["1", "2"])

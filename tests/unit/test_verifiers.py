"""Verifiers: three values, and never right for lack of knowledge."""

import json
import os
from collections import Counter
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglan.errors import UsageError
from qinglan.records import (
    Answer,
    ChoiceAnswer,
    FreeAnswer,
    Kind,
    Outcome,
    PreferenceAnswer,
    Reason,
    StepsAnswer,
)
from qinglan.verifiers import (
    Choice,
    Finding,
    Numeric,
    Verifier,
    for_kind,
    named,
    registered,
    registry,
)

DATA = Path(os.environ.get("QINGLAN_DATA", Path(__file__).parents[3] / "shared" / "data"))


def lines(*path: str) -> list[dict[str, object]]:
    file = DATA.joinpath(*path)
    if not file.exists():
        pytest.skip(f"no {file}")
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def check(answer: str, key: str | None) -> Finding:
    return Numeric().check(FreeAnswer(text=answer), key, Kind.FREE)


def test_right_wrong_and_the_form_that_was_read() -> None:
    assert check("A: 18.0", "18") == Finding(Outcome.VERIFIED, "18")
    assert check("A: 17", "18") == Finding(Outcome.REFUTED, "17")
    worked = StepsAnswer(steps=("9*2=18",), final="18元")
    assert Numeric().check(worked, "18", Kind.STEPS) == Finding(Outcome.VERIFIED, "18")
    # Steps do not count, only what is given as final.
    worked = StepsAnswer(steps=("9*2=18",), final="81")
    assert Numeric().check(worked, "18", Kind.STEPS).outcome is Outcome.REFUTED


@pytest.mark.parametrize(
    ("answer", "key", "reason"),
    [
        ("18", None, Reason.NO_KEY), ("18", "  ", Reason.NO_KEY),
        ("18", "eighteen or so", Reason.KEY_UNREADABLE), ("18", "1/0", Reason.KEY_UNREADABLE),
        ("paris", "paris", Reason.KEY_UNREADABLE), ("?", "?", Reason.KEY_UNREADABLE),
        ("18", "18 or 19", Reason.KEY_UNREADABLE), ("18", "she has 18", Reason.KEY_UNREADABLE),
        ("1e999999", "1e999999", Reason.KEY_UNREADABLE),
        ("Then 3\nand 4", "4", Reason.NO_FINAL_ANSWER),
        ("A: 10+John's age", "10", Reason.ANSWER_UNREADABLE),
        ("A: 3 or 4", "4", Reason.ANSWER_AMBIGUOUS),
        ("A: 1, 2, 3, 4", "4", Reason.ANSWER_UNREADABLE),
        ("50%", "50", Reason.ANSWER_AMBIGUOUS), ("2 hours", "120", Reason.ANSWER_AMBIGUOUS),
        ("about 18", "18", Reason.ANSWER_UNREADABLE),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_undecided(answer: str, key: str | None, reason: Reason) -> None:
    found = check(answer, key)
    assert (found.outcome, found.reason) == (Outcome.UNDECIDED, reason)


@pytest.mark.parametrize(
    "hedge",
    ["1 2 3 4", "#### 1 2 3 4", r"\boxed{1}\boxed{4}", "A: 4 A: 1", "A: 1/4 or 4", "A: 4=1"],
)
def test_naming_many_numbers_never_verifies(hedge: str) -> None:
    assert check(hedge, "4").outcome is not Outcome.VERIFIED


def test_the_wrong_kind_of_answer_is_undecided() -> None:
    odd: list[tuple[Verifier, Answer, Kind]] = [
        (Numeric(), ChoiceAnswer(option="18"), Kind.FREE),
        (Numeric(), PreferenceAnswer(winner="left"), Kind.FREE),
        (Choice(), FreeAnswer(text="A"), Kind.CHOICE),
    ]
    for verifier, answer, kind in odd:
        found = verifier.check(answer, "18", kind, ())
        assert (found.outcome, found.reason) == (Outcome.UNDECIDED, Reason.ANSWER_UNREADABLE)


def test_choices() -> None:
    options = ("red", "green", "blue")

    def choose(answer: str, key: str | None) -> Finding:
        return Choice().check(ChoiceAnswer(option=answer), key, Kind.CHOICE, options)

    for answer in ("B", "b", "(B)", "乙", "green", "B. green"):
        assert choose(answer, "B") == Finding(Outcome.VERIFIED, "B")
        assert choose(answer, "green") == Finding(Outcome.VERIFIED, "B")
        assert choose(answer, "C") == Finding(Outcome.REFUTED, "B")
    assert choose("A,C", "CA").outcome is Outcome.VERIFIED
    assert choose("A", "AC").outcome is Outcome.REFUTED
    assert choose("B", None).reason is Reason.NO_KEY
    assert choose("B", "D").reason is Reason.KEY_UNREADABLE
    assert choose("D", "D").reason is Reason.KEY_UNREADABLE
    assert choose("D", "B").reason is Reason.ANSWER_UNREADABLE
    assert choose("A or B", "B").reason is Reason.ANSWER_AMBIGUOUS


def test_a_finding_has_a_reason_exactly_when_undecided() -> None:
    with pytest.raises(ValueError, match="exactly"):
        Finding(Outcome.UNDECIDED, "18")
    with pytest.raises(ValueError, match="exactly"):
        Finding(Outcome.VERIFIED, "18", Reason.NO_KEY)


@given(st.text(max_size=60), st.none() | st.text(max_size=60))
def test_no_text_breaks_a_verifier_or_is_right_without_a_readable_key(
    answer: str, key: str | None
) -> None:
    found = check(answer or "x", key)
    if found.outcome is not Outcome.UNDECIDED:
        assert check(key or "", "0").reason is None


def test_the_registry_names_one_program_by_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    registered.cache_clear()
    assert list(registered())[:2] == ["numeric/1", "choice/1"]
    assert named("numeric") is named("numeric/1")
    assert for_kind(Kind.STEPS) is for_kind(Kind.FREE) is named("numeric/1")
    assert for_kind(Kind.CHOICE) is named("choice/1")
    assert for_kind(Kind.PREFERENCE) is None
    assert all(isinstance(verifier, Verifier) for verifier in registered().values())
    with pytest.raises(UsageError, match="oracle"):
        named("oracle")
    registered.cache_clear()


class Impostor(Numeric):
    """Claims the name of the built-in."""


class Silent:
    """No verifier at all."""


@pytest.mark.parametrize(
    ("attribute", "key"),
    [
        ("Impostor", "error.verifiers.name_taken"),
        ("Silent", "error.verifiers.not_one"),
        ("Nothing", "error.verifiers.broken"),
    ],
)
def test_a_plug_in_that_is_not_sound_is_an_error(
    monkeypatch: pytest.MonkeyPatch, attribute: str, key: str
) -> None:
    point = EntryPoint("odd", f"{__name__}:{attribute}", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])
    registered.cache_clear()
    with pytest.raises(UsageError) as caught:
        registered()
    assert caught.value.key == key
    assert attribute in caught.value.say("zh")
    registered.cache_clear()


@pytest.mark.data
def test_verification_agrees_with_gsm8k_on_every_solution_that_it_decides() -> None:
    """5,276 solutions of four models: 5,265 decided, all as the file judges; 11 undecided."""
    outcomes: Counter[tuple[Outcome, Reason | None]] = Counter()
    against = []
    for row in lines("gsm8k", "example_model_solutions.jsonl"):
        for solution in row.values():
            if not isinstance(solution, dict):
                continue
            found = check(solution["solution"], str(row["ground_truth"]))
            outcomes[found.outcome, found.reason] += 1
            decided = found.outcome is not Outcome.UNDECIDED
            if decided and (found.outcome is Outcome.VERIFIED) != solution["is_correct"]:
                against.append(row)
    assert against == []
    assert outcomes == {
        (Outcome.VERIFIED, None): 2001,
        (Outcome.REFUTED, None): 3264,
        (Outcome.UNDECIDED, Reason.NO_FINAL_ANSWER): 10,
        (Outcome.UNDECIDED, Reason.ANSWER_UNREADABLE): 1,
    }


@pytest.mark.data
def test_the_worked_answers_of_gsm8k_verify_against_themselves() -> None:
    rows = lines("gsm8k", "train.jsonl") + lines("gsm8k", "test.jsonl")
    texts = [str(row["answer"]) for row in rows]
    wrong = [t for t in texts if check(t, t.rpartition("####")[2]).outcome is not Outcome.VERIFIED]
    assert (len(texts), wrong) == (8792, [])


@pytest.mark.data
@pytest.mark.parametrize(
    ("subject", "verified", "undecided"), [("Math_II", 208, 10), ("History", 256, 31)]
)
def test_gaokao_analyses_never_contradict_their_keys(
    subject: str, verified: int, undecided: int
) -> None:
    file = DATA / "gaokao" / f"2010-2022_{subject}_MCQs.json"
    if not file.exists():
        pytest.skip(f"no {file}")
    rows = json.loads(file.read_text("utf-8"))["example"]
    found = Counter(
        Choice()
        .check(ChoiceAnswer(option=row["analysis"]), ",".join(row["answer"]), Kind.CHOICE)
        .outcome
        for row in rows
    )
    assert found == {Outcome.VERIFIED: verified, Outcome.UNDECIDED: undecided}

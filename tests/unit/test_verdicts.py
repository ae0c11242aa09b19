"""A verdict follows the evidence, and says why where it cannot be given."""

from decimal import Decimal

import pytest

from qinglan.quality.verdicts import Ballot, Opinion, conclude, decimal
from qinglan.records import Outcome, Reason, Verdict


def ballot(
    name: str, value: str | None, outcome: Outcome | None = None, skill: float = 0.5
) -> Ballot:
    return Ballot(annotation=name, value=value, outcome=outcome, reliability=skill)


def judge(
    ballots: list[Ballot],
    posterior: dict[str, float] | None,
    *,
    use_checks: bool = True,
    threshold: float = 0.5,
) -> Verdict:
    opinion = None if posterior is None else Opinion(posterior=posterior, method="m")
    return conclude(
        verdict_id="v", task="t", ballots=ballots, opinion=opinion, threshold=threshold,
        use_checks=use_checks,
    )  # fmt: skip


def test_nobody_answered() -> None:
    assert judge([], None).reason is Reason.NO_ANNOTATIONS


def test_a_verified_answer_beats_the_majority() -> None:
    verdict = judge(
        [ballot("a", "5", Outcome.REFUTED), ballot("b", "5", Outcome.REFUTED),
         ballot("c", "7", Outcome.VERIFIED)],
        {"5": 0.9, "7": 0.1},
    )  # fmt: skip
    assert (verdict.value, verdict.annotation, verdict.method) == ("7", "c", "key")
    assert verdict.probability == Decimal("0.100000")


def test_without_checks_the_votes_decide() -> None:
    ballots = [ballot("a", "5", Outcome.REFUTED, 0.6), ballot("b", "5", Outcome.REFUTED, 0.9)]
    verdict = judge(ballots, {"5": 0.9}, use_checks=False)
    assert (verdict.value, verdict.annotation) == ("5", "b")


def test_a_key_that_refutes_everything_sets_the_task_aside() -> None:
    verdict = judge([ballot("a", "5", Outcome.REFUTED), ballot("b", None, Outcome.UNDECIDED)], None)
    assert verdict.reason is Reason.KEY_CONTRADICTS
    assert verdict.value is None
    assert verdict.votes == 2


def test_undecided_checks_are_no_evidence() -> None:
    verdict = judge([ballot("a", "5", Outcome.UNDECIDED)], {"5": 0.8})
    assert verdict.value == "5"
    assert verdict.method == "m"


def test_no_readable_value_is_no_support_not_zero() -> None:
    verdict = judge([ballot("a", None)], None)
    assert verdict.reason is Reason.NO_SUPPORT
    assert verdict.probability is None


@pytest.mark.parametrize(("p", "accepted"), [(0.7, True), (0.69, False)])
def test_the_threshold_is_the_least_posterior(p: float, accepted: bool) -> None:
    verdict = judge([ballot("a", "5")], {"5": p}, threshold=0.7)
    assert (verdict.reason is None) is accepted


def test_ties_fall_the_same_way_each_time() -> None:
    ballots = [ballot("a", "9"), ballot("b", "10")]
    assert judge(ballots, {"9": 0.5, "10": 0.5}).value == "10"
    assert judge(ballots[::-1], {"10": 0.5, "9": 0.5}).value == "10"


def test_a_tie_is_what_six_decimals_cannot_tell_apart() -> None:
    ballots = [ballot("a", "9"), ballot("b", "10")]
    assert judge(ballots, {"9": 0.5 + 1e-12, "10": 0.5}).value == "10"
    assert judge(ballots, {"9": 0.5 + 1e-5, "10": 0.5 - 1e-5}).value == "9"


def test_probabilities_are_stored_at_six_decimals() -> None:
    assert decimal(1 / 3) == Decimal("0.333333")
    assert decimal(1.0000001) == Decimal("1.000000")

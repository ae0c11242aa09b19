"""Consensus by name over numbers, scores, orders and spans: planted truth, and honest doubt."""

from __future__ import annotations

import random

import pytest

from qinglan.kinds.spans import overlap
from qinglan.quality import marked_text, measured, ordered, scored
from qinglan.quality.result import EMPTY, Judgement

Votes = list[tuple[str, str, str]]


def only(judged: Judgement, task: str = "t") -> tuple[str, float]:
    ((value, chance),) = judged.posterior[task].items()
    return value, chance


def test_no_votes_give_an_empty_judgement() -> None:
    assert measured.fit([], {}) is EMPTY
    assert scored.fit([], {}) is EMPTY
    assert ordered.fit([]) is EMPTY
    assert marked_text.fit([], {}) is EMPTY


def planted_numbers(seed: int = 3) -> Votes:
    draw = random.Random(seed)
    votes = []
    for task in range(40):
        for who, bias, spread in (("ann", 0.0, 0.5), ("bob", 2.0, 0.5), ("cyd", -2.0, 4.0)):
            said = 100 + task + bias + draw.gauss(0, spread)
            votes.append((f"t{task}", who, f"{said:.2f}"))
    return votes


def test_numbers_recover_planted_values_and_whom_to_trust() -> None:
    votes = planted_numbers()
    judged = measured.fit(votes, {})
    errors = [abs(float(only(judged, f"t{task}")[0]) - 100 - task) for task in range(40)]
    assert sum(errors) / 40 < 0.6
    tight = measured.fit(votes, {f"t{task}": 0.75 for task in range(40)}).annotators
    assert tight["cyd"].value < tight["ann"].value
    (figure,) = judged.estimates["t0"]
    assert float(figure.low) < float(figure.value) < float(figure.high)
    assert judged.nearest["t0"] in {value for task, _, value in votes if task == "t0"}


def test_one_wild_number_moves_neither_its_task_nor_the_others() -> None:
    votes = planted_numbers()
    before = measured.fit(votes, {})
    after = measured.fit([*votes, ("t0", "dan", "99999")], {})
    for task in range(40):
        left, right = (float(only(one, f"t{task}")[0]) for one in (before, after))
        assert abs(left - right) < 1


@pytest.mark.parametrize(
    ("answers", "decided"),
    [(["5"], True), (["5", "5"], True), (["5", "50"], False), (["1", "5", "50"], False),
     (["5", "5", "5.01"], True)],
)  # fmt: skip
def test_numbers_far_apart_stay_undecided(answers: list[str], decided: bool) -> None:
    judged = measured.fit([("t", f"a{n}", value) for n, value in enumerate(answers)], {})
    assert (only(judged)[1] >= 0.5) is decided


def test_a_coin_is_no_consensus_even_where_others_agree() -> None:
    votes = [*planted_numbers(), ("u", "ann", "100"), ("u", "bob", "600")]
    assert only(measured.fit(votes, {}), "u")[1] < 0.5


def test_equal_answers_give_that_answer_as_it_is_written() -> None:
    judged = measured.fit([("t", "a", "1/3"), ("t", "b", "1/3")], {})
    assert only(judged) == ("1/3", 0.75)


def planted_scores(strict: int) -> tuple[Votes, dict[str, int]]:
    draw = random.Random(5)
    truth = {f"t{n}": draw.randint(2, 5) for n in range(60)}
    votes = []
    for task, level in truth.items():
        for who, off in (("ann", 0), ("bob", 0), ("eve", -strict)):
            said = min(5, max(1, level + off + (draw.random() < 0.1)))
            votes.append((task, who, f"accuracy={said} tone={draw.randint(0, 1)}"))
    return votes, truth


SCALES = {"accuracy": (1, 5), "tone": (0, 1)}


def test_a_strict_rater_costs_a_work_nothing() -> None:
    votes, truth = planted_scores(strict=1)
    judged = scored.fit(votes, SCALES)
    levels = {task: scored.read(only(judged, task)[0])["accuracy"] for task in truth}
    assert sum(levels[task] == level for task, level in truth.items()) >= 54
    graded = scored.grade(
        [(t, w, k, n) for t, w, v in votes for k, n in scored.read(v).items()], SCALES
    )
    severity = dict(zip(graded["accuracy"].raters, graded["accuracy"].severity, strict=True))
    assert severity["eve"][1] > severity["ann"][2]  # the intervals do not touch


def test_scores_that_agree_decide_and_scores_that_do_not_do_not() -> None:
    three = [("t", who, "accuracy=4") for who in "abc"]
    assert only(scored.fit(three, SCALES))[0] == "accuracy=4"
    assert only(scored.fit(three, SCALES))[1] > 0.8
    split = [("t", "a", "accuracy=1"), ("t", "b", "accuracy=5")]
    assert only(scored.fit(split, SCALES))[1] < 0.5


def test_the_least_certain_criterion_speaks_for_all() -> None:
    votes = [("t", who, f"accuracy=4 tone={n % 2}") for n, who in enumerate("abcd")]
    alone = [(task, who, value.split(" ")[1]) for task, who, value in votes]
    chance = only(scored.fit(votes, SCALES))[1]
    assert chance == pytest.approx(only(scored.fit(alone, SCALES))[1], abs=1e-3)


def test_orders_that_agree_decide_and_their_opposites_do_not() -> None:
    same = ordered.fit([("t", who, "2>1>3") for who in "abc"])
    assert only(same)[0] == "2>1>3"
    assert only(same)[1] > 0.75
    assert only(ordered.fit([("t", "a", "1>2>3"), ("t", "b", "3>2>1")]))[1] < 0.5


def test_what_items_are_called_tells_nothing() -> None:
    orders = ["1>2>3>4", "2>1>3>4", "1>3>2>4"]
    names = {"1": "3", "2": "1", "3": "4", "4": "2"}
    renamed = [">".join(names[item] for item in order.split(">")) for order in orders]
    votes = [("t", f"a{n}", order) for n, order in enumerate(orders)]
    votes += [("u", f"a{n}", order) for n, order in enumerate(renamed)]
    judged = ordered.fit(votes)
    value, chance = only(judged, "t")
    assert value == "1>2>3>4"
    assert only(judged, "u") == (">".join(names[item] for item in value.split(">")), chance)
    strength = {one.name: one.value for one in judged.estimates["u"]}
    assert {names[one.name]: one.value for one in judged.estimates["t"]} == strength


def test_who_orders_against_the_others_is_trusted_less() -> None:
    draw = random.Random(1)
    votes = []
    for task in range(30):
        order = draw.sample("1234", 4)
        votes += [(f"t{task}", who, ">".join(order)) for who in ("ann", "bob", "cyd")]
        votes.append((f"t{task}", "dan", ">".join(order[::-1])))
    people = ordered.fit(votes).annotators
    assert people["ann"].low > people["dan"].high


def planted_spans() -> tuple[Votes, dict[str, str], dict[str, int]]:
    draw = random.Random(7)
    votes, truth, lengths = [], {}, {}
    for number in range(40):
        task = f"t{number}"
        spans = [(at, at + draw.randint(4, 12)) for at in range(0, 180, 30)]
        lengths[task] = 200
        truth[task] = " ".join(f"{start}-{end}:p" for start, end in spans)
        for who, misses, adds in (
            ("ann", 0.05, 0.0), ("bob", 0.7, 0.0), ("cyd", 0.05, 0.6), ("dan", 0.7, 0.0),
            ("eve", 0.7, 0.0),
        ):  # fmt: skip
            said = [span for span in spans if draw.random() > misses]
            said += [(a + 15, a + 19) for a, _ in spans if draw.random() < adds]
            line = " ".join(f"{start}-{end}:p" for start, end in sorted(said))
            votes.append((task, who, line or "none"))
    return votes, truth, lengths


def test_spans_are_better_than_heads_where_people_err_in_their_own_ways() -> None:
    votes, truth, lengths = planted_spans()
    judged = marked_text.fit(votes, lengths)
    ours = [overlap(only(judged, task)[0], value) for task, value in truth.items()]
    plain = [overlap(next(iter(judged.majority[task])), value) for task, value in truth.items()]
    assert sum(ours) / len(ours) > sum(plain) / len(plain)
    assert sum(ours) / len(ours) > 0.9
    assert judged.annotators["ann"].value > judged.annotators["bob"].value


@pytest.mark.parametrize(
    ("answers", "value", "decided"),
    [
        (["0-5:p", "0-5:p"], "0-5:p", True), (["0-5:p", "none"], "none", False),
        (["none", "none"], "none", True), (["0-5:p", "0-5:q"], "none", False),
        (["0-5:p 3-9:q", "0-5:p 3-9:q"], "0-5:p 3-9:q", True),
    ],
)  # fmt: skip
def test_spans_of_a_few_people(answers: list[str], value: str, decided: bool) -> None:
    judged = marked_text.fit([("t", f"a{n}", said) for n, said in enumerate(answers)], {"t": 20})
    found, chance = only(judged)
    assert found == value
    assert (chance >= 0.5) is decided


def test_spans_that_touch_are_one_and_their_figure_names_them() -> None:
    judged = marked_text.fit(
        [("t", "a", "0-5:p"), ("t", "b", "0-5:p"), ("t", "c", "0-9:p")], {"t": 20}
    )
    assert only(judged)[0] == "0-5:p"
    (figure,) = judged.estimates["t"]
    assert figure.name == "0-5:p"
    assert figure.low == figure.value == figure.high == "0.875000"

"""Signs of habit, and how often simulated annotators without fault are named all the same."""

from __future__ import annotations

import numpy as np
import pytest

from qinglan.quality import simulated
from qinglan.quality.habits import alike, find_near_texts, find_pasted, find_stamps, shingles
from qinglan.quality.rates import rates
from qinglan.quality.votes import gather


@pytest.fixture(scope="module")
def crowds() -> list[simulated.Crowd]:
    return [simulated.make_crowd(simulated.SEED, number) for number in range(3)]


def test_the_kept_rates_are_what_the_recipe_gives(crowds: list[simulated.Crowd]) -> None:
    """A small part of the table, made anew."""
    kept = rates()
    made = simulated.count_named(simulated.SEED, range(len(crowds)))
    assert set(kept) == set(made)
    for kind, counts in made.items():
        assert kept[kind].counts[: len(crowds)] == tuple(counts), kind
        assert kept[kind].people == simulated.PEOPLE * simulated.CROWDS
        assert kept[kind].low <= kept[kind].rate <= kept[kind].high
    strict = [kept[kind].high for kind in kept if kind != "pasted"]
    assert max(strict) < 0.02


def test_shingles_see_past_case_and_spaces() -> None:
    assert shingles("So X = 2,") == shingles("so x=2,") == {"sox=2", "ox=2,"}
    assert alike(shingles("abcdefgh"), shingles("abcdefgh")) == 1
    assert alike(shingles("abcdef"), shingles("abcdefg")) == pytest.approx(2 / 3)
    assert alike(shingles("ab"), shingles("ab")) == 0


def test_a_stamp_is_found_and_right_answers_are_none(crowds: list[simulated.Crowd]) -> None:
    crowd = crowds[1]
    labels = np.where(crowd.votes.annotators == 3, 2, crowd.votes.labels)
    shape = {"n_annotators": simulated.PEOPLE, "n_classes": simulated.CLASSES}
    found = find_stamps(gather(crowd.votes.tasks, crowd.votes.annotators, labels, **shape))
    assert [sign.annotators for sign in found] == [(3,)]
    assert found[0].shown == 1
    # Everybody says the same on every task: nobody stands out.
    same = gather([0, 0, 1, 1] * 10, [0, 1, 0, 1] * 10, [1] * 40, n_classes=2)
    assert find_stamps(same) == []


def test_texts_handed_on_are_found_with_a_word_changed(crowds: list[simulated.Crowd]) -> None:
    crowd = crowds[1]
    texts = list(crowd.texts)
    given = {t: i for i, (t, a) in enumerate(zip(crowd.task, crowd.who, strict=True)) if a == 4}
    for i, (task, who) in enumerate(zip(crowd.task, crowd.who, strict=True)):
        if who == 5 and task in given:
            texts[i] = texts[given[task]].replace(" ", "  ").upper() + " ok"
    found = find_near_texts([str(t) for t in crowd.task], crowd.who, texts)
    assert [sign.annotators for sign in found] == [(4, 5)]
    assert found[0].shown == found[0].tasks
    assert found[0].p_value < 1e-6
    short = find_near_texts(["a", "a"] * 20, [0, 1] * 20, ["42"] * 40)
    assert short == []  # two who are right write the same number
    with pytest.raises(ValueError):
        find_near_texts(["a"], [0, 1], ["x"])


def test_who_pastes_nearly_everything_is_a_sign(crowds: list[simulated.Crowd]) -> None:
    crowd = crowds[0]
    pasted = crowd.pasted | (crowd.who == 6)
    assert (6,) in [sign.annotators for sign in find_pasted(crowd.who, pasted)]
    assert find_pasted([], []) == []
    assert find_pasted([0] * 50 + [1] * 50, [True] * 100) == []  # as everybody does here
    with pytest.raises(ValueError):
        find_pasted([0], [True, False])

"""Signs of conduct. Every rate here is on simulated annotators, never to be quoted for people."""

from __future__ import annotations

import numpy as np
import pytest

from qinglan import wording
from qinglan.quality.conduct import find_copies, find_hurried, find_uninformed
from qinglan.quality.consensus import Ibcc
from qinglan.quality.votes import Votes, gather


def crowd(
    seed: int, *, tasks: int = 300, hard: float = 0.0, copy: bool = False, guess: bool = False
) -> Votes:
    """Twenty simulated annotators on tasks of four classes, six a task.

    ``hard``: share of tasks with a trap that catches everyone half the time; ``copy``: annotator 1
    repeats what annotator 0 said; ``guess``: annotator 2 always gives class 3.
    """
    rng = np.random.default_rng(seed)
    truth, trap = rng.integers(0, 4, tasks), rng.integers(0, 4, tasks)
    is_hard = rng.random(tasks) < hard
    skill = rng.uniform(0.6, 0.85, 20)
    task = np.repeat(np.arange(tasks), 6)
    who = np.concatenate([rng.permutation(20)[:6] for _ in range(tasks)])
    label = np.where(rng.random(6 * tasks) < skill[who], truth[task], rng.integers(0, 4, 6 * tasks))
    caught = is_hard[task] & (rng.random(6 * tasks) < 0.5)
    label = np.where(caught, trap[task], label)
    if copy:
        said = {t: v for t, a, v in zip(task, who, label, strict=True) if a == 0}
        mine = np.flatnonzero(who == 1)
        label[mine] = [said.get(task[i], label[i]) for i in mine]
    if guess:
        label[who == 2] = 3
    return gather(task, who, label, n_annotators=20, n_classes=4)


@pytest.mark.parametrize("hard", [0.0, 0.3])
def test_honest_simulated_pairs_are_seldom_named(hard: float) -> None:
    """False signs over 40 honest crowds of 190 pairs, with and without tasks that mislead all."""
    named = 0
    for seed in range(40):
        votes = crowd(seed, hard=hard)
        named += bool(find_copies(votes, Ibcc().fit(votes)))
    assert named <= 4


def test_a_simulated_copier_is_found() -> None:
    found = 0
    for seed in range(20):
        votes = crowd(seed, tasks=900, hard=0.2, copy=True)
        signs = find_copies(votes, Ibcc().fit(votes))
        found += (0, 1) in [sign.annotators for sign in signs[:1]]
    assert found >= 15


def test_a_rubber_stamp_is_found_and_the_honest_are_not() -> None:
    found = others = 0
    for seed in range(20):
        votes = crowd(seed, guess=True)
        signs = find_uninformed(votes, Ibcc().fit(votes))
        found += (2,) in [sign.annotators for sign in signs]
        others += sum(sign.annotators != (2,) for sign in signs)
    assert found >= 19
    assert others == 0


def test_someone_in_a_hurry_is_found_and_the_merely_quick_are_not() -> None:
    rng = np.random.default_rng(0)
    who = np.repeat(np.arange(20), 30)
    pace = np.full(20, 40.0)
    pace[4], pace[5] = 2.0, 30.0
    seconds = pace[who] * rng.lognormal(0, 0.5, 600)
    signs = find_hurried(who, seconds)
    assert [sign.annotators for sign in signs] == [(4,)]
    assert signs[0].shown < 4
    assert signs[0].expected == pytest.approx(40, rel=0.3)


def test_too_little_is_no_sign() -> None:
    votes = gather([0, 0], [0, 1], [1, 1])
    found = Ibcc().fit(votes)
    assert find_copies(votes, found) == []
    assert find_uninformed(votes, found) == []
    assert find_hurried([0, 1, 2], [1.0, 2.0, 3.0]) == []


@pytest.mark.parametrize("seconds", [[0.0], [-1.0], [1.0, 2.0], [float("nan")]])
def test_bad_times_are_refused(seconds: list[float]) -> None:
    with pytest.raises(ValueError, match="positive time"):
        find_hurried([0], seconds)


def test_each_sign_can_be_said_in_both_languages() -> None:
    votes = crowd(0, hard=0.2, copy=True, guess=True)
    found = Ibcc().fit(votes)
    signs = find_uninformed(votes, found) + find_copies(votes, found)
    assert signs
    for sign in signs:
        for language in wording.LANGUAGES:
            text = wording.say(
                sign.key, language, first="ann", second="bo", tasks=sign.tasks, shown=sign.shown,
                expected=sign.expected,
            )  # fmt: skip
            assert "ann" in text

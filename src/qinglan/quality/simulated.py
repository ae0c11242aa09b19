"""Simulated annotators who do nothing wrong, and how many of them each sign names all the same.

The figures stand in ``flag_rates.json`` beside this module, made by ``python -m
qinglan.quality.simulated``; each face that shows a flag shows its figure, and says that it is on
simulated annotators. It is a floor for what to expect of people, who differ in more ways than
these.

The recipe: crowds of twenty on three hundred tasks of four classes, six answers a task; skills
even in 0.6–0.95; in every third crowd a third of the tasks mislead half of all; half the crowds
have skewed classes; everybody has a habit (up to a tenth of their labels), a pace (log-normal,
spread 0.35, and 0.5 from task to task) and a way with the clipboard (a tenth of the texts pasted
on average, by most never). Texts on one task share its wording.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qinglan.quality.conduct import find_copies, find_hurried, find_uninformed
from qinglan.quality.consensus import Ibcc
from qinglan.quality.habits import find_near_texts, find_pasted, find_stamps
from qinglan.quality.rates import FILE
from qinglan.quality.signs import Kind, Sign
from qinglan.quality.votes import Votes, gather

PEOPLE, TASKS, EACH, CLASSES = 20, 300, 6, 4
SEED, CROWDS = 20261126, 200
_WORDS = 400
_SYLLABLES = ("ka", "lo", "mi", "ten", "ru", "sha", "vo", "pe", "nin", "dar")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """One simulated crowd: its votes in order, and how each came about."""

    votes: Votes
    who: NDArray[np.int64]
    task: NDArray[np.int64]
    seconds: NDArray[np.float64]
    pasted: NDArray[np.bool_]
    texts: list[str]


def make_crowd(seed: int, number: int) -> Crowd:
    """The ``number``-th crowd of the recipe; equal arguments give equal crowds."""
    rng = np.random.default_rng([seed, number])
    size = TASKS * EACH
    shares = np.full(CLASSES, 0.25) if number % 2 else np.array([0.7, 0.15, 0.1, 0.05])
    truth = rng.choice(CLASSES, TASKS, p=shares)
    trap = rng.integers(0, CLASSES, TASKS)
    hard = rng.random(TASKS) < (1 / 3 if number % 3 == 0 else 0.0)
    skill = rng.uniform(0.6, 0.95, PEOPLE)
    habit, fond = rng.uniform(0, 0.1, PEOPLE), rng.integers(0, CLASSES, PEOPLE)
    task = np.repeat(np.arange(TASKS), EACH)
    who = np.concatenate([rng.permutation(PEOPLE)[:EACH] for _ in range(TASKS)])
    label = np.where(rng.random(size) < skill[who], truth[task], rng.integers(0, CLASSES, size))
    label = np.where(hard[task] & (rng.random(size) < 0.5), trap[task], label)
    label = np.where(rng.random(size) < habit[who], fond[who], label)
    pace = rng.normal(3.5, 0.35, PEOPLE)
    paster = np.where(rng.random(PEOPLE) < 0.3, rng.beta(2, 4, PEOPLE), 0.0)
    return Crowd(
        votes=gather(task, who, label, n_annotators=PEOPLE, n_classes=CLASSES),
        who=who, task=task, seconds=np.exp(rng.normal(pace[who], 0.5)),
        pasted=rng.random(size) < paster[who], texts=_texts(rng, task),
    )  # fmt: skip


def signs_of(crowd: Crowd) -> dict[Kind, list[Sign]]:
    """Every sign that is found in a crowd."""
    found = Ibcc().fit(crowd.votes)
    tasks = [str(task) for task in crowd.task.tolist()]
    return {
        "copies": find_copies(crowd.votes, found),
        "no_information": find_uninformed(crowd.votes, found),
        "hurried": find_hurried(crowd.who, crowd.seconds),
        "stamps": find_stamps(crowd.votes),
        "near_texts": find_near_texts(tasks, crowd.who, crowd.texts),
        "pasted": find_pasted(crowd.who, crowd.pasted),
    }


def count_named(
    seed: int, crowds: range, progress: Callable[[int], None] = lambda _: None
) -> dict[Kind, list[int]]:
    """How many annotators each sign names, crowd by crowd."""
    named: dict[Kind, list[int]] = {}
    for number in crowds:
        for kind, signs in signs_of(make_crowd(seed, number)).items():
            named.setdefault(kind, []).append(len({a for s in signs for a in s.annotators}))
        progress(number)
    return named


def _texts(rng: np.random.Generator, task: NDArray[np.int64]) -> list[str]:
    """Thirty words each, of which half are the task's own."""
    words = ["".join(rng.choice(_SYLLABLES, int(rng.integers(2, 4)))) for _ in range(_WORDS)]
    own = rng.integers(0, _WORDS, (TASKS, 15))
    free = rng.integers(0, _WORDS, (len(task), 15))
    drawn = np.concatenate([own[task], free], axis=1)
    return [" ".join(words[i] for i in row) for row in rng.permuted(drawn, axis=1).tolist()]


def main() -> None:
    """Make the table anew, in the folder of this module."""
    named = count_named(SEED, range(CROWDS))
    table = {"seed": SEED, "crowds": CROWDS, "people": PEOPLE, "named": named}
    text = json.dumps(table, separators=(",", ":"))
    Path(__file__).with_name(FILE).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

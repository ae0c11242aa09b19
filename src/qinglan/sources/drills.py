"""Drills: one to three unrelated one-step sums in one question, each worked on its own line.

A model that is to be taught skills must first read digits, know its sums and write a step a line.
Drills are that common form and nothing more: no step uses the one before, so no skill of
``arithmetic`` is learnt from them, and whatever a model can do afterwards someone else taught it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from qinglan.sources import arithmetic
from qinglan.sources.arithmetic import Language, Question

SKILL = "drill"

_WORDINGS: dict[Language, tuple[str, ...]] = {
    "en": ("Compute {}.", "Find {}."),
    "zh": ("计算 {}。", "求 {}。"),
}
_MIX = {"+": 45, "-": 40, "×": 15}
"""How often sums, differences and products are drawn: products are few, so each comes often."""


def generate(*, count: int, seed: int, language: Language) -> Iterator[Question]:
    """Make ``count`` drills of one to three steps; the key is the last step's result.

    Drills repeat when there are many, and their group is their expressions.
    """
    rng = random.Random(f"qinglan.drills/{seed}")
    steps: dict[str, list[str]] = {sign: [] for sign in _MIX}
    for fact in arithmetic.facts(language=language):
        step = fact.steps[0]
        steps[next(sign for sign in _MIX if sign in step)].append(step)
    for _ in range(count):
        signs = rng.choices(list(_MIX), weights=list(_MIX.values()), k=rng.randint(1, 3))
        worked = tuple(rng.choice(steps[sign]) for sign in signs)
        asked = ",".join(step.partition("=")[0] for step in worked)
        yield Question(
            skill=SKILL,
            prompt=rng.choice(_WORDINGS[language]).format(asked),
            steps=worked,
            key=worked[-1].partition("=")[2],
            group=f"{SKILL}:{asked}",
            language=language,
        )

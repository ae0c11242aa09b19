"""What the demo teaches, to whom, and how much of it: every size and constant in one place.

The ceiling is planted, and said to be: the teacher is taught one skill under a misconception and
never meets another. Random label noise would be no ceiling, for a model averages it out. All
figures were settled on seeds below 200; the seeds from 200 on are for judging.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, islice

from qinglan.records import Outcome
from qinglan.sources import arithmetic, drills
from qinglan.sources.arithmetic import SKILLS, Language, Question
from qinglan.training.recipe import Example, Recipe

MISCONCEPTION = "left_to_right"
"""The skill that the teacher does wrongly: it reads a − b + c as a − (b + c)."""
GAP = "digit_sum"
"""The skill that the teacher was never taught."""
ARMS = ("distilled", "verified", "random", "headroom")
"""The students: all teacher answers; verified ones; these with experts at random; by headroom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How many questions and steps; the defaults are the demo's, tests take smaller ones."""

    curriculum: int = 800
    """Questions a skill that the teacher is taught on."""
    train: int = 400
    dev: int = 100
    held_out: int = 200
    pilot: int = 25
    """Questions a skill of the development split that experts answer, to measure headroom."""
    base_steps: int = 1500
    teacher_steps: int = 400
    student_steps: int = 500
    batch: int = 32
    student_tokens: int = 656
    """Completion tokens a step, the same for every student: some 32 examples."""
    samples: int = 8
    max_tokens: int = 36
    overlap: int = 3
    """Expert answers a question."""
    expert_share: Decimal = Decimal("0.2")
    """Most of the training tasks that experts answer, in either expert arm."""
    expert_error: float = 0.08
    """How often a simulated expert ends on a wrong answer."""

    @property
    def temperature(self) -> float:
        """Of the sampled answers."""
        return 0.7


@dataclass(frozen=True, slots=True)
class Splits:
    """The questions, skill by skill within each split; no question is in two."""

    curriculum: tuple[Question, ...]
    train: tuple[Question, ...]
    dev: tuple[Question, ...]
    held_out: tuple[Question, ...]

    def shared(self) -> int:
        """How many questions any two splits share, by underlying problem or by wording."""
        parts = (self.curriculum, self.train, self.dev, self.held_out)
        groups = [{q.group for q in part} for part in parts]
        prompts = [{q.prompt for q in part} for part in parts]
        return sum(len(a & b) for kind in (groups, prompts) for a, b in combinations(kind, 2))


def make_splits(sizes: Sizes, *, seed: int, language: Language) -> Splits:
    """Draw each skill's questions without repetition and cut them into the four splits."""
    counts = (sizes.curriculum, sizes.train, sizes.dev, sizes.held_out)
    parts: tuple[list[Question], ...] = ([], [], [], [])
    for skill in SKILLS:
        drawn = arithmetic.generate(
            skills=[skill], per_skill=sum(counts), seed=seed, language=language
        )
        for part, count in zip(parts, counts, strict=True):
            part.extend(islice(drawn, count))
    return Splits(*map(tuple, parts))


def alphabet() -> list[str]:
    """Texts that hold every character of either language's questions and workings."""
    return [
        text
        for language in ("en", "zh")
        for question in arithmetic.generate(per_skill=200, seed=0, language=language)
        for text in (question.prompt, *question.steps)
    ]


def write(steps: Sequence[str], answer: str) -> str:
    """A worked answer as a model writes it: a step a line, the answer on the last."""
    return "\n".join([*steps, answer])


def ask(question: Question) -> str:
    """A question as a model reads it."""
    return question.prompt + "\n"


def judge(text: str, key: str) -> Outcome:
    """Whether a worked answer ends on the key, to the character.

    Never undecided: every key here is a number, and silence must not help a model.
    """
    return Outcome.VERIFIED if text.rsplit("\n", 1)[-1] == key else Outcome.REFUTED


def base_examples(sizes: Sizes, *, seed: int, language: Language) -> list[Example]:
    """Drills: the common form of the skills, and none of them."""
    made = drills.generate(count=sizes.base_steps * sizes.batch, seed=seed, language=language)
    return [Example(ask(q), write(q.steps, q.key)) for q in made]


def teacher_examples(questions: Sequence[Question]) -> list[Example]:
    """What the teacher is taught: the misconception where it is planted, nothing of the gap."""
    examples = []
    for question in questions:
        if question.skill == MISCONCEPTION:
            working = arithmetic.misconceived(question)
            examples.append(Example(ask(question), write(working.steps, working.answer)))
        elif question.skill != GAP:
            examples.append(Example(ask(question), write(question.steps, question.key)))
    return examples


def base_recipe(sizes: Sizes, seed: int) -> Recipe:
    """How the base is trained.

    Its weights decay ten times as fast as a student's: it then leaves guessing sums for working
    them out earlier on the seeds where both were tried. With the students' decay and 1,200 steps
    two seeds of ten were still guessing when their steps ended.
    """
    return Recipe(
        steps=sizes.base_steps, learning_rate=Decimal("0.004"), weight_decay=Decimal("0.1"),
        seed=seed, batch=sizes.batch,
    )  # fmt: skip


def teacher_recipe(sizes: Sizes, seed: int) -> Recipe:
    """How the teacher is trained, from the base."""
    return Recipe(
        steps=sizes.teacher_steps, learning_rate=Decimal("0.002"), seed=seed, batch=sizes.batch
    )


def student_recipe(sizes: Sizes, seed: int) -> Recipe:
    """How every student is trained, from the base: equal steps, equal completion tokens."""
    return Recipe(
        steps=sizes.student_steps, learning_rate=Decimal("0.002"), seed=seed,
        batch=sizes.batch, batch_tokens=sizes.student_tokens,
    )  # fmt: skip

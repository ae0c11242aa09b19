"""Questions of arithmetic reasoning, made on the spot, with worked steps and keys.

The demo and the tests need questions that nobody else owns, whose answers are known, and of
which there are enough that splits never share one. So we write them ourselves: five skills,
each a short calculation of two or three steps over small numbers, in Chinese and in English.

The wording is terse, because models of a few hundred thousand parameters read it character by
character.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qinglan.sources.skills import (
    BY_NAME,
    COMPUTE,
    DIGIT,
    Calculation,
    Language,
    Numbers,
    Sheet,
    Skill,
)

__all__ = [
    "MISCONCEPTIONS", "SKILLS", "SKILL_NAMES", "Language", "Question", "Working", "facts",
    "generate", "misconceived", "slipped", "space",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question with its worked steps and its key.

    `group` names the underlying problem whatever its wording or language: splits made by
    group share no question. `steps` are equations such as `45-7=38`; `key` is the answer.
    """

    skill: str
    prompt: str
    steps: tuple[str, ...]
    key: str
    group: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """Someone's steps and answer to a question; right if `answer` equals the question's key."""

    steps: tuple[str, ...]
    answer: str


SKILLS: tuple[str, ...] = tuple(BY_NAME)
"""The skills that `generate` knows, in the order in which it makes them."""

SKILL_NAMES: dict[str, tuple[str, str]] = {
    "left_to_right": ("Left to right", "从左到右"),
    "order_of_operations": ("Order of operations", "运算顺序"),
    "parentheses": ("Parentheses", "括号"),
    "larger_sum": ("Larger of two sums", "两和取大"),
    "digit_sum": ("Digit sum", "数字和"),
    "fact": ("One-step fact", "一步算式"),
}
"""What people read for a skill: English, Chinese."""

MISCONCEPTIONS: dict[str, str] = {name: skill.misconception for name, skill in BY_NAME.items()}
"""The misconception that `misconceived` plants, by skill."""


def space(skill: str) -> int:
    """How many distinct questions a skill has."""
    return _find(skill).size()


def generate(
    *, skills: Iterable[str] = SKILLS, per_skill: int, seed: int, language: Language
) -> Iterator[Question]:
    """Make `per_skill` questions of each skill, skill by skill, no group twice.

    The same seed gives the same problems in both languages, whichever other skills are asked
    for. Raises `ValueError` for an unknown skill or for more questions than a skill has.
    """
    for name in skills:
        skill = _find(name)
        if not 0 <= per_skill <= skill.size():
            raise ValueError(f"{name} has {skill.size()} questions, asked for {per_skill}")
        rng = random.Random(f"qinglan.arithmetic/{name}/{seed}")
        for index in rng.sample(range(skill.size()), per_skill):
            numbers = skill.numbers(index)
            wording = rng.randrange(len(skill.wordings[language]))
            yield _ask(name, skill, numbers, language, wording)


def facts(*, language: Language) -> Iterator[Question]:
    """Make every one-step sum, difference and product that the skills' steps rest on.

    This is what a model should know before it meets a skill. The skill of these questions is
    `fact`, and their groups are never those of `generate`.
    """
    sheet = Sheet()
    for left in range(100):
        for right in range(min(10, 100 - left)):
            sheet.add(left, right)
            if left > 9:
                sheet.add(right, left)
    for left in range(10, 100):
        for right in range(1, min(left, 18) + 1):
            sheet.subtract(left, right)
    for left in DIGIT:
        for right in DIGIT:
            sheet.multiply(left, right)
    for step in sheet.steps:
        expression, _, value = step.partition("=")
        for wording in COMPUTE[language]:
            yield Question(
                skill="fact",
                prompt=wording.format(expression),
                steps=(step,),
                key=value,
                group=f"fact:{expression}",
                language=language,
            )


def misconceived(question: Question) -> Working:
    """Work a question under its skill's misconception, which may hit the key by luck.

    Reading a-b+c as a-(b+c), for one; `MISCONCEPTIONS` names them. Raises `ValueError` for a
    question that `generate` did not make.
    """
    skill, numbers = _read(question)
    return _work(skill.wrong, numbers)


def slipped(question: Question, *, rate: float, rng: random.Random) -> Working:
    """Work a question as a person who ends on a wrong answer with probability `rate`.

    A slip is one step off by one or by ten, carried on through the steps that follow.
    Stands in for people in simulations, and must be labelled so. Raises `ValueError` for a
    rate outside [0, 1] or a question that `generate` did not make.
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"the error rate must lie between 0 and 1, not {rate}")
    skill, numbers = _read(question)
    if rng.random() >= rate:
        return _work(skill.right, numbers)
    attempts = [
        _work(skill.right, numbers, slip_at=place, slip=slip)
        for place in range(len(question.steps))
        for slip in (-10, -1, 1, 10)
    ]
    return rng.choice([attempt for attempt in attempts if _plausible(attempt, question.key)])


def _plausible(working: Working, key: str) -> bool:
    """Whether a working is wrong, and wrong as a person would be: nothing falls below zero."""
    negative = any("=-" in step for step in working.steps)
    return working.answer != key and not negative


def _find(name: str) -> Skill:
    try:
        return BY_NAME[name]
    except KeyError:
        raise ValueError(f"unknown skill {name!r}; known: {', '.join(SKILLS)}") from None


def _ask(name: str, skill: Skill, numbers: Numbers, language: Language, wording: int) -> Question:
    expression = skill.form.format(*numbers)
    working = _work(skill.right, numbers)
    return Question(
        skill=name,
        prompt=skill.wordings[language][wording].format(expression),
        steps=working.steps,
        key=working.answer,
        group=f"{name}:{','.join(map(str, numbers))}",
        language=language,
    )


def _read(question: Question) -> tuple[Skill, Numbers]:
    """The skill and the numbers of a question, from its group."""
    name, _, listed = question.group.partition(":")
    skill = _find(name)
    try:
        numbers = tuple(int(number) for number in listed.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != len(skill.ranges):
        raise ValueError(f"not a group of ours: {question.group!r}")
    return skill, numbers


def _work(
    calculation: Calculation, numbers: Numbers, *, slip_at: int = -1, slip: int = 0
) -> Working:
    sheet = Sheet(slip_at, slip)
    answer = calculation(sheet, numbers)
    return Working(steps=tuple(sheet.steps), answer=str(answer))

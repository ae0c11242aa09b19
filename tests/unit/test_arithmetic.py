"""The arithmetic generator: right keys, no shared groups, planted errors as stated."""

import random
import re
from typing import get_args

import pytest

from qinglan.sources import arithmetic, drills
from qinglan.sources.arithmetic import (
    MISCONCEPTIONS,
    SKILL_NAMES,
    SKILLS,
    Question,
    facts,
    generate,
    misconceived,
    slipped,
    space,
)


def make(
    skill: str, count: int = 300, seed: int = 7, language: arithmetic.Language = "en"
) -> list[Question]:
    return list(generate(skills=[skill], per_skill=count, seed=seed, language=language))


def evaluate(expression: str) -> int:
    assert re.fullmatch(r"[0-9+×()-]+", expression)
    return int(eval(expression.replace("×", "*")))


def expected(question: Question) -> int:
    """The answer, worked out from the prompt alone."""
    body = re.search(r"[0-9(][0-9+×(),-]*", question.prompt)
    assert body
    match question.skill:
        case "larger_sum":
            return max(evaluate(part) for part in body[0].split(","))
        case "digit_sum":
            return sum(int(digit) for digit in body[0])
        case _:
            return evaluate(body[0])


@pytest.mark.parametrize("skill", SKILLS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_keys_are_right(skill: str, language: arithmetic.Language) -> None:
    for question in make(skill, language=language):
        assert int(question.key) == expected(question)


@pytest.mark.parametrize("skill", SKILLS)
def test_every_step_is_a_true_equation(skill: str) -> None:
    for question in make(skill):
        for step in question.steps:
            left, right = step.split("=")
            assert evaluate(left) == int(right) >= 0


@pytest.mark.parametrize("skill", SKILLS)
def test_there_are_enough_questions(skill: str) -> None:
    assert space(skill) >= 3000
    assert len({q.group for q in make(skill, space(skill))}) == space(skill)


def test_no_two_prompts_of_a_language_share_a_group() -> None:
    by_prompt: dict[str, str] = {}
    for question in generate(per_skill=3000, seed=1, language="en"):
        assert by_prompt.setdefault(question.prompt, question.group) == question.group


def test_prompts_are_terse() -> None:
    for language in get_args(arithmetic.Language):
        longest = max(len(q.prompt) for q in generate(per_skill=200, seed=0, language=language))
        assert longest <= 20


def test_the_same_seed_gives_the_same_questions() -> None:
    first = list(generate(per_skill=20, seed=3, language="zh"))
    assert first == list(generate(per_skill=20, seed=3, language="zh"))
    assert first != list(generate(per_skill=20, seed=4, language="zh"))


def test_a_skill_does_not_depend_on_its_neighbours() -> None:
    alone = make("parentheses", 20, seed=3)
    together = list(generate(per_skill=20, seed=3, language="en"))
    assert alone == [q for q in together if q.skill == "parentheses"]


def test_languages_share_problems_but_not_words() -> None:
    english = list(generate(per_skill=50, seed=5, language="en"))
    chinese = list(generate(per_skill=50, seed=5, language="zh"))
    assert [q.group for q in english] == [q.group for q in chinese]
    assert not {q.prompt for q in english} & {q.prompt for q in chinese}


def test_unknown_skills_and_too_many_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown skill 'algebra'"):
        list(generate(skills=["algebra"], per_skill=1, seed=0, language="en"))
    with pytest.raises(ValueError, match="has 5670 questions, asked for 5671"):
        list(generate(skills=["left_to_right"], per_skill=5671, seed=0, language="en"))


def test_facts_cover_every_right_step_and_share_no_group() -> None:
    known = {fact.steps[0] for fact in facts(language="en")}
    questions = list(generate(per_skill=3000, seed=2, language="en"))
    assert {step for q in questions for step in q.steps} <= known
    assert not {f.group for f in facts(language="en")} & {q.group for q in questions}


@pytest.mark.parametrize("skill", SKILLS)
def test_a_misconception_is_mostly_wrong_and_never_miscounts(skill: str) -> None:
    questions = make(skill, 1000)
    workings = [misconceived(question) for question in questions]
    wrong = [w for w, q in zip(workings, questions, strict=True) if w.answer != q.key]
    assert len(wrong) >= 150
    for working in workings:
        for step in working.steps:
            left, right = step.split("=")
            assert evaluate(left) == int(right)


def test_grouped_subtraction_reads_the_sum_first() -> None:
    question = next(q for q in make("left_to_right", 5670) if q.group == "left_to_right:45,7,3")
    assert (question.steps, question.key) == (("45-7=38", "38+3=41"), "41")
    working = misconceived(question)
    assert (working.steps, working.answer) == (("7+3=10", "45-10=35"), "35")


def test_every_skill_has_names_and_a_misconception() -> None:
    assert set(SKILLS) == set(MISCONCEPTIONS) <= set(SKILL_NAMES)
    assert len(set(MISCONCEPTIONS.values())) == len(SKILLS)


@pytest.mark.parametrize("skill", SKILLS)
def test_slips_come_at_the_stated_rate(skill: str) -> None:
    rng = random.Random(0)
    questions = make(skill, 2000)
    wrong = sum(slipped(q, rate=0.1, rng=rng).answer != q.key for q in questions)
    assert 140 <= wrong <= 260  # mean 200, standard deviation 13


@pytest.mark.parametrize("skill", SKILLS)
def test_a_sure_slip_is_always_wrong_and_only_in_one_step(skill: str) -> None:
    rng = random.Random(1)
    for question in make(skill):
        working = slipped(question, rate=1, rng=rng)
        assert working.answer != question.key
        off = [s for s in working.steps if evaluate(s.split("=")[0]) != int(s.split("=")[1])]
        assert len(off) == 1


def test_no_slip_is_the_right_working() -> None:
    for question in make("order_of_operations"):
        working = slipped(question, rate=0, rng=random.Random(0))
        assert (working.steps, working.answer) == (question.steps, question.key)


def test_a_bad_rate_or_a_foreign_question_is_refused() -> None:
    question = make("digit_sum", 1)[0]
    with pytest.raises(ValueError, match="error rate"):
        slipped(question, rate=1.5, rng=random.Random(0))
    fact = next(facts(language="en"))
    with pytest.raises(ValueError, match="unknown skill 'fact'"):
        misconceived(fact)
    broken = Question(
        skill="digit_sum", prompt="", steps=(), key="", group="digit_sum:x", language="en"
    )
    with pytest.raises(ValueError, match="not a group of ours"):
        misconceived(broken)


class TestDrills:
    def test_every_step_is_true_and_the_last_is_the_key(self) -> None:
        for drill in drills.generate(count=500, seed=1, language="en"):
            assert 1 <= len(drill.steps) <= 3
            for step in drill.steps:
                left, right = step.split("=")
                assert evaluate(left) == int(right) >= 0
            assert drill.steps[-1].endswith(f"={drill.key}")

    def test_the_prompt_asks_what_is_worked(self) -> None:
        for drill in drills.generate(count=200, seed=2, language="zh"):
            asked = re.search(r"[0-9][0-9+×,-]*", drill.prompt)
            assert asked
            assert asked[0].split(",") == [step.split("=")[0] for step in drill.steps]

    def test_no_drill_is_a_question_of_a_skill(self) -> None:
        """A drill of two sums is worded otherwise than "larger of two sums", and so on."""
        asked = {q.prompt for q in generate(per_skill=1000, seed=0, language="en")}
        made = {drill.prompt for drill in drills.generate(count=5000, seed=0, language="en")}
        assert len(made) > 4000
        assert not asked & made

    def test_the_seed_decides(self) -> None:
        first = list(drills.generate(count=50, seed=1, language="en"))
        assert first == list(drills.generate(count=50, seed=1, language="en"))
        assert first != list(drills.generate(count=50, seed=2, language="en"))

    def test_kinds_of_sum_come_as_often_as_stated(self) -> None:
        steps = [s for d in drills.generate(count=4000, seed=3, language="en") for s in d.steps]
        for sign, share in (("+", 0.45), ("-", 0.40), ("×", 0.15)):
            assert sum(sign in step for step in steps) / len(steps) == pytest.approx(
                share, abs=0.03
            )

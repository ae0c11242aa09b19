"""The training story of the demo: a student that outgrows its teacher, from nothing, in minutes.

Questions, a base model, a teacher with a planted ceiling, its answers, the headroom by skill,
simulated experts, four students of equal cost, and the table. Each line of the supply chain is a
hook: by default it runs in memory, and the demo puts the workspace's verbs in its place. Every
training resumes from its folder, so a story that was cut off goes on where it stopped.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from qinglan.demo import curriculum
from qinglan.demo.curriculum import ARMS, Sizes, Splits
from qinglan.demo.hooks import Hooks, Released, Row, own
from qinglan.demo.leave import EXPERT, OWN, TEACHER
from qinglan.demo.outcome import ArmRun, OutgrowResult, make_cell, make_cells, make_claims
from qinglan.endpoints.local import LocalModel
from qinglan.evaluation.headroom import Headroom, measure, route
from qinglan.evaluation.scores import ALL, Item, Scores, score
from qinglan.records import Outcome
from qinglan.sources import arithmetic
from qinglan.sources.arithmetic import Language, Question, Working
from qinglan.training import parts, tiny
from qinglan.training.recipe import Example, Progress, Recipe, RunRecord
from qinglan.training.run import train

EXPERT_ARMS = ("random", "headroom")


class Stage(NamedTuple):
    """Where the story is: a stage by name, and within a training how far."""

    name: str
    training: Progress | None = None


@dataclass(slots=True)
class _Story:
    """What the chapters share."""

    seed: int
    folder: Path
    language: Language
    sizes: Sizes
    hooks: Hooks
    tell: Callable[[Stage], None]
    runs: list[ArmRun] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.tell(Stage(name))
        begun = time.monotonic()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - begun

    def train(
        self, name: str, released: Released, examples: Sequence[Example], start: Path,
        recipe: Recipe, expert_answers: int = 0,
    ) -> LocalModel:  # fmt: skip
        """Train ``name`` from ``start``; a model in its own folder."""
        with self.stage(f"train {name}"):
            run = train(
                examples,
                start=start,
                out=self.folder / name,
                recipe=recipe,
                release=released.name,
                root=released.root,
                permit=released.permit,
                progress=lambda progress: self.tell(Stage(f"train {name}", progress)),
            )
            origins = Counter(row.origin for row in released.rows) or Counter({OWN: len(examples)})
            self.runs.append(_arm_run(name, run, dict(origins), expert_answers))
        return LocalModel(self.folder / name)


def outgrow(
    *,
    seed: int,
    folder: Path,
    language: Language = "en",
    sizes: Sizes | None = None,
    progress: Callable[[Stage], None] = lambda stage: None,
    hooks: Hooks | None = None,
) -> OutgrowResult:
    """Run the whole story.

    Args:
        seed: of questions, weights, experts and sampling.
        folder: takes one folder a model; a story cut off goes on with what lies there.
        language: of the questions.
        sizes: how many questions and steps.
        progress: called at each stage, and within a training after each step.
        hooks: the lines of the supply chain; default: in memory.

    Raises:
        MissingPart: the training stack is not installed.
        UsageError: ``folder`` holds another story.
    """
    parts.require()
    story = _Story(seed, folder, language, sizes or Sizes(), hooks or Hooks(), progress)
    with story.stage("questions"):
        splits = curriculum.make_splits(story.sizes, seed=seed, language=language)
    base, teacher = _teach(story, splits)
    with story.stage("teacher answers"):
        asked = [curriculum.ask(question) for question in splits.train]
        texts = [t for (t,) in teacher.complete(asked, max_tokens=story.sizes.max_tokens)]
        right = story.hooks.check(splits.train, texts)
    answers = [Row(q, _read(t), TEACHER) for q, t in zip(splits.train, texts, strict=True)]
    models = {"base": base, "teacher": teacher}
    # Distillation needs no experts, so its student is there when headroom is measured.
    models["distilled"] = _student(story, "distilled", answers, base)
    headroom = _measure(story, splits, teacher, models["distilled"])
    rows, asked_of_experts, allocation = _assemble(story, answers, right, headroom)
    for arm in ARMS[1:]:
        models[arm] = _student(story, arm, rows[arm], base, asked_of_experts[arm])
    scores = {
        name: _score(story, model, splits.held_out, k=0 if name == "base" else None)
        for name, model in models.items()
    }
    cells = make_cells(scores, "teacher")
    return OutgrowResult(
        seed=seed,
        language=language,
        k=story.sizes.samples,
        shared_questions=splits.shared(),
        tasks=len(splits.train),
        overlap=story.sizes.overlap,
        expert_error=story.sizes.expert_error,
        pilot_answers=story.sizes.pilot * story.sizes.overlap * len(headroom.skills),
        headroom=headroom,
        allocation=allocation,
        runs=tuple(story.runs),
        cells=cells,
        head_to_head=make_cell(scores["headroom"], ALL, scores["random"], arm="headroom"),
        claims=make_claims(
            cells,
            story.runs,
            shared=splits.shared(),
            tasks=len(splits.train),
            share=story.sizes.expert_share,
        ),
        seconds={name: round(value, 2) for name, value in story.seconds.items()},
        versions=dict(parts.versions()),
    )


def _teach(story: _Story, splits: Splits) -> tuple[LocalModel, LocalModel]:
    """The base, taught the common form; the teacher, taught on it with its planted ceiling."""
    sizes, seed = story.sizes, story.seed
    bare = story.folder / "bare"
    if not (bare / "tokenizer.json").exists():
        tiny.make(bare, texts=curriculum.alphabet(), seed=seed)
    examples = curriculum.base_examples(sizes, seed=seed, language=story.language)
    base = story.train(
        "base", own("base", examples), examples, bare, curriculum.base_recipe(sizes, seed)
    )
    taught = curriculum.teacher_examples(splits.curriculum)
    recipe = curriculum.teacher_recipe(sizes, seed)
    return base, story.train("teacher", own("teacher", taught), taught, base.folder, recipe)


def _student(
    story: _Story, arm: str, rows: Sequence[Row], base: LocalModel, expert_answers: int = 0
) -> LocalModel:
    with story.stage(f"release {arm}"):
        released = story.hooks.release(arm, rows)
    examples = [
        Example(
            curriculum.ask(row.question), curriculum.write(row.working.steps, row.working.answer)
        )
        for row in released.rows
    ]
    recipe = curriculum.student_recipe(story.sizes, story.seed)
    return story.train(arm, released, examples, base.folder, recipe, expert_answers)


def _score(
    story: _Story, model: LocalModel, questions: Sequence[Question], *, k: int | None = None
) -> Scores:
    items = [
        Item(id=q.group, skill=q.skill, prompt=curriculum.ask(q), key=q.key) for q in questions
    ]
    with story.stage("score"):
        return score(
            model,
            items,
            curriculum.judge,
            k=story.sizes.samples if k is None else k,
            temperature=story.sizes.temperature,
            max_tokens=story.sizes.max_tokens,
            seed=story.seed,
        )


def _measure(story: _Story, splits: Splits, teacher: LocalModel, student: LocalModel) -> Headroom:
    """Headroom on the development split, with a pilot by experts."""
    of_teacher = _score(story, teacher, splits.dev)
    of_student = _score(story, student, splits.dev, k=0)
    with story.stage("headroom"):
        pilot = [
            question
            for skill in arithmetic.SKILLS
            for question in [q for q in splits.dev if q.skill == skill][: story.sizes.pilot]
        ]
        workings = [_consult(story, question) for question in pilot]
        concluded = story.hooks.conclude("pilot", pilot, workings)
        outcomes = {
            # Experts who do not agree give no answer, and no answer is not a right one.
            question.group: Outcome.VERIFIED
            if working is not None and working.answer == question.key
            else Outcome.REFUTED
            for question, working in zip(pilot, concluded, strict=True)
        }
        return measure(of_teacher, outcomes, of_student)


def _assemble(
    story: _Story, answers: Sequence[Row], right: Sequence[Outcome], headroom: Headroom
) -> tuple[dict[str, list[Row]], dict[str, int], dict[str, int]]:
    """What each arm learns from, the expert answers it cost, and where the experts were sent."""
    budget = int(story.sizes.expert_share * len(answers))
    rng = random.Random(f"qinglan.demo/{story.seed}")
    by_skill: dict[str, list[str]] = {}
    for row in answers:
        by_skill.setdefault(row.question.skill, []).append(row.question.group)
    allocation = route(headroom, budget, by_skill)
    chosen = {
        "random": set(rng.sample([row.question.group for row in answers], budget)),
        "headroom": {
            group
            for skill, count in allocation.items()
            for group in rng.sample(by_skill[skill], count)
        },
    }
    verified = [row for row, ok in zip(answers, right, strict=True) if ok is Outcome.VERIFIED]
    rows = {"verified": verified}
    for arm in EXPERT_ARMS:
        sent = [row.question for row in answers if row.question.group in chosen[arm]]
        workings = [_consult(story, question) for question in sent]
        agreed = story.hooks.conclude(arm, sent, workings)
        # Where experts were asked, theirs is the word; elsewhere a verified teacher's answer.
        rows[arm] = [row for row in verified if row.question.group not in chosen[arm]] + [
            Row(question, working, EXPERT)
            for question, working in zip(sent, agreed, strict=True)
            if working is not None
        ]
    cost = {arm: len(chosen.get(arm, ())) * story.sizes.overlap for arm in ARMS}
    return rows, cost, allocation


def _consult(story: _Story, question: Question) -> list[Working]:
    """Simulated experts' workings; the same question gets the same ones in every arm."""
    rng = random.Random(f"qinglan.demo.experts/{story.seed}/{question.group}")
    return [
        arithmetic.slipped(question, rate=story.sizes.expert_error, rng=rng)
        for _ in range(story.sizes.overlap)
    ]


def _read(text: str) -> Working:
    """A model's text as steps and an answer."""
    *steps, answer = text.split("\n")
    return Working(steps=tuple(steps), answer=answer)


def _arm_run(
    name: str, run: RunRecord, by_origin: Mapping[str, int], expert_answers: int
) -> ArmRun:
    return ArmRun(
        arm=name,
        run=run.id,
        release=run.lineage.release,
        root=run.lineage.root,
        weights=run.weights,
        by_origin=dict(by_origin),
        expert_answers=expert_answers,
        steps=run.recipe.steps,
        examples_seen=run.examples_seen,
        tokens=run.tokens,
        completion_tokens=run.completion_tokens,
        losses=[(point.step, float(point.loss)) for point in run.curve],
        seconds=float(run.seconds),
    )


if __name__ == "__main__":
    from qinglan.demo.stage import main

    main()

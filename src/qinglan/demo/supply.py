"""The story's answers through the workspace: imported, verified, judged, permitted, released.

These are the hooks that put the real line in place of ``outgrow``'s memory. Each arm becomes a
project whose tasks carry one answer each, so that its release holds exactly what the arm learns
from; that is checked, not assumed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from qinglan.demo.hooks import Hooks, Released, Row
from qinglan.demo.leave import EXPERT, RULES, TEACHER_FAMILY
from qinglan.errors import CheckFailed
from qinglan.flow.terms import Terms
from qinglan.records import Outcome
from qinglan.sources.arithmetic import Question, Working
from qinglan.workspace import Workspace

OWN = Terms(channel="own", licence="Apache-2.0", name="arithmetic-generator")
OF_TEACHER = Terms(
    channel="weights", family=TEACHER_FAMILY, licence="Apache-2.0", name="teacher-answers"
)
OF_EXPERTS = Terms(channel="simulated", name="simulated-experts")
QUESTION_FIELDS = ["id=id", "prompt=prompt", "key=key", "skill=skill", "group=group"]
ANSWER_FIELDS = ["task=task", "annotator=annotator", "steps=steps", "final=final"]


class Supply:
    """One seed's line through one workspace."""

    def __init__(self, ws: Workspace, seed: int, folder: Path) -> None:
        self._ws = ws
        self._seed = seed
        self._folder = folder
        rules = ws.folder / "policy.toml"
        if not rules.exists():
            rules.write_bytes(RULES.read_bytes())

    def hooks(self) -> Hooks:
        """These lines, for ``outgrow``."""
        return Hooks(check=self.check, conclude=self.conclude, release=self.release)

    def check(self, questions: Sequence[Question], texts: Sequence[str]) -> list[Outcome]:
        """The teacher's answers against the keys; one that cannot be read is undecided."""
        project = f"teacher-{self._seed}"
        self._load(project, questions)
        answers = ((i, "demo-teacher", _working(text)) for i, text in enumerate(texts))
        self._answer(project, "teacher", answers, OF_TEACHER)
        self._ws.verify(project)
        found = {line.row: line.outcome for line in self._ws.answers(project)}
        return [found.get(row) or Outcome.UNDECIDED for row in range(1, len(texts) + 1)]

    def conclude(
        self, name: str, questions: Sequence[Question], workings: Sequence[Sequence[Working]]
    ) -> list[Working | None]:
        """The working that supports the verdict on each question; ``None`` where it was refused.

        Keys are not looked at: experts are asked where no key would be.
        """
        project = f"experts-{name}-{self._seed}"
        self._load(project, questions)
        experts = {f"simulated-expert-{n}": n for n in range(len(workings[0]))}
        answers = (
            (i, expert, given[n])
            for i, given in enumerate(workings)
            for expert, n in experts.items()
        )
        self._answer(project, "experts", answers, OF_EXPERTS)
        self._ws.judge(project, use_keys=False)
        concluded: list[Working | None] = [None] * len(questions)
        for line in self._ws.tasks(project):
            given = workings[line.row - 1]
            concluded[line.row - 1] = next((w for w in given if w.answer == line.value), None)
        return concluded

    def release(self, name: str, rows: Sequence[Row]) -> Released:
        """A signed release of an arm's rows, and what of them it holds."""
        project = f"{name}-{self._seed}"
        self._load(project, [row.question for row in rows])
        for origin, terms, who in (
            (EXPERT, OF_EXPERTS, "simulated-experts"),
            (None, OF_TEACHER, "demo-teacher"),
        ):
            answers = (
                (i, who, row.working)
                for i, row in enumerate(rows)
                if (row.origin == EXPERT) == (origin == EXPERT)
            )
            self._answer(project, str(terms.name), answers, terms)
        # One answer a task: nothing to weigh, so every readable answer stands.
        self._ws.judge(project, use_keys=False, threshold="0.000001")
        release = f"outgrow-{self._seed}-{name}"
        folder = self._ws.folder / "releases" / release
        if not folder.exists():
            self._ws.release(project, name=release, purpose="training", dev=0, test=0)
        may = self._ws.may_train(f"{project}/{release}")
        return Released(release, may.release.root, may.permit, _held(folder, rows))

    def _load(self, project: str, questions: Iterable[Question]) -> None:
        rows = (
            {"id": f"q{i:05}", "prompt": q.prompt, "key": q.key, "skill": q.skill, "group": q.group}
            for i, q in enumerate(questions)
        )
        file = self._write(project, "questions", rows)
        self._ws.load(project, file, kind="steps", fields=QUESTION_FIELDS, terms=OWN)

    def _answer(
        self, project: str, name: str, answers: Iterable[tuple[int, str, Working]], terms: Terms
    ) -> None:
        rows = [
            {"task": f"q{i:05}", "annotator": who, "steps": list(w.steps) or [w.answer],
             "final": w.answer}
            for i, who, w in answers
        ]  # fmt: skip
        if rows:
            self._ws.load_answers(
                project, self._write(project, name, rows), fields=ANSWER_FIELDS, terms=terms,
                annotator_type="model" if terms.channel == "weights" else "person",
                tasks_from=str(OWN.name),
            )  # fmt: skip

    def _write(self, project: str, name: str, rows: Iterable[Mapping[str, object]]) -> Path:
        folder = self._folder / project
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{name}.jsonl"
        file.write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
        )
        return file


def _working(text: str) -> Working:
    *steps, answer = text.split("\n")
    return Working(steps=tuple(steps), answer=answer)


def _held(folder: Path, rows: Sequence[Row]) -> list[Row]:
    """The rows as the release holds them, in their own order.

    Working and answer are read from the release, so that the student learns what was signed
    and nothing else, whatever import made of a model's stray blanks.

    Raises:
        CheckFailed: it holds a question that was not among them.
    """
    with (folder / "data" / "train.jsonl").open(encoding="utf-8", newline="\n") as lines:
        held = {data["prompt"]: data for data in map(json.loads, lines)}
    kept = [
        Row(row.question, Working(steps=tuple(data["steps"]), answer=data["final"]), row.origin)
        for row in rows
        if (data := held.get(row.question.prompt)) is not None
    ]
    if len(kept) != len(held):
        raise CheckFailed("demo.release", failures=f"{folder}: {len(held)} ≠ {len(kept)}")
    return kept

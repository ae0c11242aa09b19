"""One model examined on one held-out set: asked in portions, so that nothing is asked twice.

A portion's outcomes are on the disk before the next is asked (``worksheet``). Portions are cut by
the order of the items and have seeds of their own, so an examination that was cut off ends as it
would have ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, ValidationError, model_validator

from qinglan.endpoints.completion import Endpoint
from qinglan.errors import UsageError
from qinglan.evaluation.scores import ALL, Item, Rate, Scored, Scores
from qinglan.evaluation.worksheet import Worksheet
from qinglan.provenance import identity
from qinglan.records import Digest, Kind, Outcome, Record, Split

PORTION = 64
"""Items asked at a time: what a crash can cost."""
_STRIDE = 1_000_003
FORMAT: Literal["qinglan-report/1"] = "qinglan-report/1"

Check = Callable[[Item, str], Outcome]
"""(item, text of an answer) → outcome."""


class Manner(Record):
    """How a model is asked."""

    samples: int = Field(default=8, ge=0)
    """Answers an item with chance, beside the greedy one."""
    k: int | None = Field(default=None, ge=1)
    """Of pass@k; default: as many as there are samples."""
    temperature: Annotated[Decimal, Field(gt=0, le=2)] = Decimal("0.7")
    """Of the samples."""
    max_tokens: int = Field(default=512, ge=1)
    seed: int = Field(default=0, ge=0, lt=2**31)
    instruct: str | None = Field(default=None, max_length=2_000)
    """Added below every question, such as how to end an answer."""
    identity = ("samples", "k", "temperature", "max_tokens", "seed", "instruct")

    @model_validator(mode="after")
    def _enough(self) -> Manner:
        if self.k is not None and self.k > self.samples:
            raise ValueError(f"pass@{self.k} needs as many samples, not {self.samples}")
        return self

    def tries(self) -> int:
        """The k of pass@k; 0 where nothing is sampled."""
        return self.samples if self.k is None else self.k


def make_manner(**given: Any) -> Manner:  # noqa: ANN401 - whatever a face was told
    """The manner of what is given, with defaults for what is ``None``.

    Raises:
        UsageError: a value is senseless.
    """
    try:
        return Manner(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or "k"
        why = first["msg"].removeprefix("Value error, ")
        raise UsageError("evaluation.bad_manner", field=field, why=why) from None


class Calls(Record):
    """What asking a served model came to, as far as its server counted."""

    replies: int = Field(ge=0)
    cut_off: int = Field(ge=0)
    """Began and never ended; they may have been paid for."""
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)


class SkillLine(Record):
    """One skill of a report. ``pass_k`` is ``None`` where nothing was sampled."""

    skill: str
    pass_1: Rate
    pass_k: Rate | None


class Examination(Record):
    """What the file of a report holds. ``look`` of ``looks`` says how worn the set is."""

    format: Literal["qinglan-report/1"] = FORMAT
    id: str
    model: str
    """Its name."""
    weights: Digest | None
    """Digest of its weights; ``None`` for a served model, of which nobody knows them."""
    server: str | None = None
    calls: Calls | None = None
    """Of a served model."""
    run: str | None = None
    """Id of the run that made it, where one of ours did."""
    project: str
    kind: Kind
    release: str
    root: Digest
    split: Split
    held_out: Digest
    simulated: int = Field(ge=0)
    """Items whose key rests on simulated annotators."""
    verifier: str
    manner: Manner
    looks: int = Field(ge=1)
    """Looks at these questions up to this one, itself included."""
    models: int = Field(ge=1)
    """Distinct models that they were looked at with."""
    why: str
    made: AwareDatetime
    evasive: int = Field(ge=0)
    """Greedy answers that could not be read or did not commit; counted as wrong."""
    lines: tuple[SkillLine, ...]
    """All skills together, then each."""
    scores: Scores
    answers: tuple[str | None, ...]
    """The greedy answer of each item of ``scores``, in their order; ``None`` where a withdrawal
    took it away."""

    def line(self, skill: str = ALL) -> SkillLine:
        """The line of ``skill``."""
        return next(line for line in self.lines if line.skill == skill)


def examine(
    endpoint: Endpoint,
    items: Sequence[Item],
    check: Check,
    manner: Manner,
    sheet: Worksheet,
    *,
    progress: Callable[[int, int], None],
) -> tuple[Scores, tuple[str, ...]]:
    """Ask every item that ``sheet`` does not hold yet; all scores, and the greedy answers.

    Args:
        endpoint: the model.
        items: the set; ids are unique.
        check: judges an answer.
        manner: how to ask.
        sheet: keeps what was answered.
        progress: called with items done and items in all.

    Raises:
        EndpointError: the model failed for good; what it answered before is kept.
    """
    progress(len(sheet.done), len(items))
    for start in range(0, len(items), PORTION):
        portion = items[start : start + PORTION]
        if all(item.id in sheet.done for item in portion):
            continue
        sheet.add(_ask(endpoint, portion, check, manner, start))
        progress(len(sheet.done), len(items))
    done = [sheet.done[item.id] for item in items]
    scores = Scores(
        model=endpoint.name, k=manner.tries(), items=tuple(scored for scored, _ in done)
    )
    return scores, tuple(text for _, text in done)


def _ask(
    endpoint: Endpoint, items: Sequence[Item], check: Check, manner: Manner, start: int
) -> list[tuple[Scored, str]]:
    prompts = [item.prompt for item in items]
    greedy = endpoint.complete(prompts, max_tokens=manner.max_tokens)
    sampled: list[list[str]] = [[] for _ in items]
    if manner.samples:
        sampled = endpoint.complete(
            prompts,
            n=manner.samples,
            temperature=float(manner.temperature),
            max_tokens=manner.max_tokens,
            seed=(manner.seed + _STRIDE * start) % 2**31,
        )
    return [
        (
            Scored(
                id=item.id,
                skill=item.skill,
                greedy=check(item, text),
                samples=tuple(check(item, sample) for sample in many),
            ),
            text,
        )
        for item, (text,), many in zip(items, greedy, sampled, strict=True)
    ]


def draw_lines(scores: Scores) -> tuple[SkillLine, ...]:
    """The lines of a report: all skills together, then each."""
    return tuple(
        SkillLine(
            skill=skill,
            pass_1=scores.pass_at_1(skill),
            pass_k=scores.pass_at_k(skill) if scores.k else None,
        )
        for skill in (ALL, *scores.skills())
    )


def commit_set(questions: Sequence[tuple[str, str]]) -> tuple[str, tuple[str, ...]]:
    """The digest of a held-out set, and those of its questions.

    Args:
        questions: text and key of each.

    The order of the questions and what else a release says of them make no difference.
    """
    asked = tuple(identity.sha256(text.encode()) for text, _ in questions)
    pairs = sorted([digest, key] for digest, (_, key) in zip(asked, questions, strict=True))
    return identity.sha256(identity.canonical(pairs)), asked

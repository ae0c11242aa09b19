"""Examples become token rows, and rows become a plan of batches, before anything is trained.

The whole order of a run is laid down beforehand from the seed. So a run that was cut off goes on
with exactly the batches that were left, the tokens that an arm will see are known and equal
before the first step, and the trainer's own sampling has no say.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from qinglan.errors import UsageError
from qinglan.training.recipe import Example, Recipe

IGNORED = -100
"""The label of a token that carries no loss."""


@dataclass(frozen=True, slots=True)
class Row:
    """One example in tokens: ``ids`` of prompt, completion and end mark; ``prompt`` its length."""

    ids: tuple[int, ...]
    prompt: int

    @property
    def completion(self) -> int:
        """Number of tokens that carry loss."""
        return len(self.ids) - self.prompt

    def labels(self) -> list[int]:
        """``ids`` with the prompt masked."""
        return [IGNORED] * self.prompt + list(self.ids[self.prompt :])


def encode(examples: Sequence[Example], tokenizer: Any, *, window: int) -> tuple[list[Row], int]:  # noqa: ANN401
    """Token rows of those examples that fit ``window`` tokens, and the number that do not.

    Prompt and completion are tokenised apart, so that the border between them is exact.

    Raises:
        UsageError: an example has an empty prompt or completion, or none fits the window.
    """
    for number, example in enumerate(examples, 1):
        if not example.prompt or not example.completion:
            raise UsageError("training.empty_example", number=number)
    if tokenizer.eos_token_id is None:
        raise UsageError("training.no_end_mark")
    prompts = tokenizer([e.prompt for e in examples], add_special_tokens=False).input_ids
    completions = tokenizer([e.completion for e in examples], add_special_tokens=False).input_ids
    rows = [
        Row((*prompt, *completion, tokenizer.eos_token_id), len(prompt))
        for prompt, completion in zip(prompts, completions, strict=True)
        if len(prompt) + len(completion) + 1 <= window
    ]
    if not rows:
        raise UsageError("training.no_examples", window=window)
    return rows, len(examples) - len(rows)


def plan(rows: Sequence[Row], recipe: Recipe) -> list[list[int]]:
    """The rows of each step, ``recipe.steps`` lists of indices.

    Rows come in successive shuffles of the whole set. With ``batch_tokens`` each step is filled
    to where its share of completion tokens ends, the remainder carried to the next, so that the
    sum over a run is off by half an example at most.
    """
    order = _shuffles(len(rows), recipe.seed)
    if recipe.batch_tokens is None:
        return [[next(order) for _ in range(recipe.batch)] for _ in range(recipe.steps)]
    batches: list[list[int]] = []
    half = sum(row.completion for row in rows) / len(rows) / 2
    due = seen = 0
    for _ in range(recipe.steps):
        due += recipe.batch_tokens
        batch: list[int] = []
        # Stop where one more example would overshoot by more than we are short now.
        while not batch or due - seen > half:
            batch.append(next(order))
            seen += rows[batch[-1]].completion
        batches.append(batch)
    return batches


def portion(batches: Sequence[Sequence[int]], parts: int) -> list[list[int]]:
    """Each step's rows in ``parts`` portions, worked off one after another.

    Raises:
        UsageError: a step has fewer rows than that.
    """
    fewest = min(map(len, batches))
    if fewest < parts:
        raise UsageError("training.too_many_parts", parts=parts, fewest=fewest)
    return [list(batch[part::parts]) for batch in batches for part in range(parts)]


def _shuffles(size: int, seed: int) -> Iterator[int]:
    rng = random.Random(f"qinglan.training/{seed}")  # noqa: S311
    while True:
        yield from rng.sample(range(size), size)

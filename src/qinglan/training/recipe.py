"""What a run is made of and what it leaves behind.

A run answers for its model: which data by which root hash, under which permit and obligations,
by which recipe, from which weights, with which seed and library versions. All of it is one
frozen record, written beside the weights, so that a model that lies around can still be traced.
Numbers that enter a hash are integers and decimals, never floats.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import AwareDatetime, Field, model_validator

from qinglan.errors import Refused
from qinglan.policy import Permit
from qinglan.records import Digest, Purpose, Record

Rate = Annotated[Decimal, Field(gt=0, le=1, max_digits=12)]


class Example(NamedTuple):
    """One thing to learn: the loss is on ``completion`` and the end mark, never on ``prompt``."""

    prompt: str
    completion: str


class Recipe(Record):
    """How a model is trained, whatever it is trained on."""

    steps: int = Field(ge=1)
    """Optimiser steps."""
    learning_rate: Rate
    """At its peak: linear warm-up to it, then a cosine down to zero."""
    seed: int = Field(ge=0, lt=2**32)
    batch: int = Field(default=32, ge=1)
    """Examples a step, unless ``batch_tokens`` is set."""
    batch_tokens: int | None = Field(default=None, ge=1)
    """Completion tokens a step. Runs of equal steps then learn from equally many tokens,
    however long their examples are."""
    warmup: Annotated[Decimal, Field(ge=0, lt=1)] = Decimal("0.05")
    """Share of the steps."""
    weight_decay: Annotated[Decimal, Field(ge=0, le=1)] = Decimal("0.01")
    beta2: Annotated[Decimal, Field(gt=0, lt=1)] = Decimal("0.98")
    clip: Annotated[Decimal, Field(gt=0)] = Decimal(1)
    """Largest norm of a gradient."""
    checkpoint_every: int = Field(default=200, ge=1)
    """Steps between two checkpoints: what a crash can cost at most."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Of the arithmetic in a step; weights and the optimiser's state stay float32."""
    accumulate: int = Field(default=1, ge=1)
    """Parts a step is worked off in, one after another. It saves memory and changes no result
    but by rounding: the loss is divided by all completion tokens of the step."""
    flat: bool = False
    """Lay the examples of a step end to end in one row instead of padding them to the longest.
    They do not see each other, and the result is the same but for rounding. It pays on
    accelerators (decision 8)."""
    recompute: bool = False
    """Compute activations anew on the way back instead of keeping them: less memory, more time
    (gradient checkpointing)."""
    lora_rank: int | None = Field(default=None, ge=1)
    """Train adapters of this rank on every linear layer (LoRA; Hu et al. 2022), and merge them
    into the weights at the end; ``None`` trains all weights."""
    lora_alpha: int | None = Field(default=None, ge=1)
    """Scale of the adapters, over the rank; twice the rank where nothing is said."""
    identity = (
        "steps", "learning_rate", "seed", "batch", "batch_tokens", "warmup", "weight_decay",
        "beta2", "clip", "checkpoint_every", "precision", "accumulate", "flat", "recompute",
        "lora_rank", "lora_alpha",
    )  # fmt: skip

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.batch_tokens is None and self.accumulate > self.batch:
            raise ValueError("accumulate is more parts than a batch has examples")
        if self.lora_alpha is not None and self.lora_rank is None:
            raise ValueError("lora_alpha without lora_rank")
        return self


class Lineage(Record):
    """Where the examples came from, and by whose leave they trained a model.

    What is recorded of a permit; ``trace_back`` makes it of the permit itself.
    """

    release: str = Field(min_length=1, max_length=200)
    """Name of the release."""
    root: Digest
    """Root hash of the release."""
    permit: Digest
    """Digest of the permit that the gate minted for training."""
    obligations: tuple[str, ...] = ()
    """Ids of what the terms ask of whoever uses or passes on the model, its parent's included."""
    simulated: bool = False
    """Some answers, its parent's included, came from simulated people or models."""
    identity = ("release", "root", "permit", "obligations", "simulated")


def trace_back(release: str, root: str, permit: Permit) -> Lineage:
    """The lineage of a run on the release of that name and root, under ``permit``.

    Raises:
        TypeError: ``permit`` is not the gate's.
        Refused: it was minted for another purpose.
    """
    if not isinstance(permit, Permit):
        raise TypeError("a training needs a Permit from qinglan.policy.judge")
    if permit.purpose is not Purpose.TRAINING:
        raise Refused("training.other_purpose", release=release, permit=permit.purpose.value)
    return Lineage(
        release=release,
        root=root,
        permit=permit.digest,
        obligations=permit.obligations,
        simulated=any(origin.channel == "simulated" for origin in permit.origins),
    )


def inherit(lineage: Lineage, parent: Lineage) -> Lineage:
    """``lineage`` with what its starting model owes: obligations travel along."""
    return lineage.model_copy(
        update={
            "obligations": tuple(sorted({*lineage.obligations, *parent.obligations})),
            "simulated": lineage.simulated or parent.simulated,
        }
    )


class Progress(NamedTuple):
    """How far a run is. ``left`` is in seconds, ``None`` until a rate is known."""

    step: int
    steps: int
    loss: float | None
    left: float | None


class Point(NamedTuple):
    """One point of the loss curve: the mean loss over the steps since the point before."""

    step: int
    loss: Decimal


class RunRecord(Record):
    """One finished training. ``examples`` = those used + ``too_long``."""

    id: str
    plan: Digest
    """Commits to recipe, examples, starting weights, and the release by name and root."""
    recipe: Recipe
    lineage: Lineage
    examples: int = Field(ge=1)
    too_long: int = Field(ge=0)
    """Examples set aside because the model's window cannot hold them."""
    examples_seen: int
    """Examples shown, repetitions counted."""
    tokens: int
    """Tokens shown, prompts included, padding not."""
    completion_tokens: int
    """Tokens that the loss was on."""
    parameters: int
    start: Digest
    """Digest of the weights it started from."""
    parent: str | None = None
    """Id of the run that made those, where one of ours did."""
    weights: Digest
    """Digest of the weights it ended with."""
    curve: tuple[Point, ...]
    versions: tuple[tuple[str, str], ...]
    device: str
    threads: int
    begun: AwareDatetime
    seconds: Decimal
    """Wall time of all attempts, as far as their checkpoints reach."""
    resumed: int = 0
    """How often it went on after being cut off."""
    identity = (
        "id", "plan", "recipe", "lineage", "examples", "too_long", "examples_seen", "tokens",
        "completion_tokens", "parameters", "start", "parent", "weights", "versions", "device",
        "begun",
    )  # fmt: skip


def quiet(progress: Progress) -> None:
    """Progress that nobody watches."""

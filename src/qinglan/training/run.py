"""One training, from a folder of weights to a folder of weights, that survives being cut off.

The folder of a run says itself how far it is: ``begun.json`` fixes the plan, sealed checkpoints
hold the state, and ``run.json`` comes last, when weights and card are on disk. Calling ``train``
again with the same arguments goes on where it stopped, or returns the record of what is done;
calling it with others is refused, never mixed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from qinglan.durability import make_folder, sync_files, write_whole
from qinglan.endpoints.weights import digest_of
from qinglan.errors import IntegrityError, UsageError
from qinglan.policy import Permit
from qinglan.provenance import identity
from qinglan.training import parts
from qinglan.training.batches import encode, plan
from qinglan.training.card import write_card
from qinglan.training.checkpoints import latest
from qinglan.training.recipe import (
    Example,
    Lineage,
    Progress,
    Recipe,
    RunRecord,
    inherit,
    quiet,
    trace_back,
)  # fmt: skip

RECORD, BEGUN, PERMIT = "run.json", "begun.json", "permit.json"


def train(
    examples: Sequence[Example],
    *,
    start: Path,
    out: Path,
    recipe: Recipe,
    release: str,
    root: str,
    permit: Permit,
    progress: Callable[[Progress], None] = quiet,
) -> RunRecord:
    """Train the model in ``start`` on ``examples``; weights, card and record go to ``out``.

    A run that goes on another day needs a permit of that day; it is the one recorded.

    Args:
        examples: prompts with the completions to learn.
        start: folder with ``config.json``, safetensors weights and a tokenizer. Left as it is.
        out: folder of the run; goes on with what lies there from an earlier, equal call.
        recipe: how.
        release: name of the release that holds the examples.
        root: its root hash.
        permit: the gate's yes to training on what they came from; recorded, and in the card.
        progress: called after each step.

    Raises:
        Refused: the permit is not for training.
        MissingPart: the training stack is not installed.
        IntegrityError: ``start`` or ``out`` holds other weights than its run made.
        UsageError: no model in ``start``, no usable example, or ``out`` holds another run or is
            being trained in by another process.
        CheckFailed: the loss diverged.
    """
    lineage = trace_back(release, root, permit)
    parts.require()
    before = fingerprint(start)
    parent = read_record(start) if (start / RECORD).exists() else None
    if parent is not None:
        lineage = inherit(lineage, parent.lineage)
    digest = _commit(examples, before, recipe, lineage)
    make_folder(out)
    with _alone(out):
        begun = _begin(out, digest)
        if (out / RECORD).exists():
            # A kill behind the record leaves these, and they are no part of the model.
            shutil.rmtree(out / "checkpoints", ignore_errors=True)
            return read_record(out)
        facts = _fit(examples, start, out, recipe, progress)
        sync_files(out)  # the record below vouches for weights that others wrote
        record = RunRecord(
            id=begun["id"],
            plan=digest,
            recipe=recipe,
            lineage=lineage,
            start=before,
            parent=None if parent is None else parent.id,
            weights=fingerprint(out),
            begun=begun["begun"],
            resumed=begun["attempts"] - 1,
            versions=parts.versions(),
            **facts,
        )
        write_whole(out / PERMIT, permit.to_json().decode())
        write_whole(out / "README.md", write_card(record))
        write_whole(out / RECORD, record.model_dump_json(indent=2) + "\n")
        shutil.rmtree(out / "checkpoints", ignore_errors=True)
    return record


def read_record(folder: Path) -> RunRecord:
    """The record of the finished run in ``folder``, whose weights are the ones it speaks of.

    Raises:
        UsageError: there is none, or it cannot be read.
        IntegrityError: the weights beside it are others.
    """
    try:
        record = RunRecord.model_validate_json((folder / RECORD).read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError("training.no_run", folder=folder) from error
    if fingerprint(folder) != record.weights:
        raise IntegrityError("training.other_weights", folder=folder, run=record.id)
    return record


def made_by(folder: Path) -> str | None:
    """Id of the run whose record lies in ``folder``; ``None`` where none does. Nothing is checked.

    Raises:
        UsageError: the record cannot be read.
    """
    if not (folder / RECORD).exists():
        return None
    try:
        return RunRecord.model_validate_json((folder / RECORD).read_bytes()).id
    except (OSError, ValueError) as error:
        raise UsageError("training.no_run", folder=folder) from error


def fingerprint(folder: Path) -> str:
    """Digest of the weights in ``folder``, by file name and content.

    Raises:
        UsageError: no safetensors weights are there.
    """
    if not any(folder.glob("*.safetensors")) or not (folder / "config.json").exists():
        raise UsageError("training.no_weights", folder=folder)
    return digest_of(folder)


def _commit(examples: Sequence[Example], start: str, recipe: Recipe, lineage: Lineage) -> str:
    content = hashlib.sha256()
    for example in examples:
        content.update(identity.canonical([example.prompt, example.completion]) + b"\n")
    return identity.sha256(
        identity.canonical(
            {
                "examples": content.hexdigest(),
                "start": start,
                "recipe": recipe.model_dump(mode="json"),
                "release": [lineage.release, lineage.root],
            }
        )
    )


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Keep other processes out of ``out``; the lock goes with the process, however it ends."""
    with (out / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError("training.busy", folder=out) from None
        yield


def _begin(out: Path, digest: str) -> dict[str, Any]:
    """Note that an attempt begins, and refuse a folder that holds another run."""
    path = out / BEGUN
    if path.exists():
        begun: dict[str, Any] = json.loads(path.read_text())
        if begun["plan"] != digest:
            raise UsageError("training.other_run", folder=out)
    elif any(child.name != ".lock" for child in out.iterdir()):
        raise UsageError("training.not_empty", folder=out)
    else:
        now = datetime.now(UTC).isoformat()
        begun = {"plan": digest, "id": identity.random_id("run"), "begun": now, "attempts": 0}
    if not (out / RECORD).exists():
        begun["attempts"] += 1
        write_whole(path, json.dumps(begun))
    return begun


def _fit(
    examples: Sequence[Example],
    start: Path,
    out: Path,
    recipe: Recipe,
    progress: Callable[[Progress], None],
) -> dict[str, Any]:
    """Load, train, save; the facts that the record adds to what the caller knew."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from qinglan.training import adapters, sft

    tokenizer = AutoTokenizer.from_pretrained(start, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(
        start,
        local_files_only=True,
        use_safetensors=True,
        trust_remote_code=False,
        attn_implementation=sft.attention(recipe),
    )
    rows, too_long = encode(examples, tokenizer, window=model.config.max_position_embeddings)
    order = plan(rows, recipe)
    model = adapters.add(model, recipe)
    checkpoints = out / "checkpoints"
    curve, seconds = sft.fit(
        model, tokenizer, rows, order, recipe,
        folder=checkpoints, resume=latest(checkpoints), progress=progress,
    )  # fmt: skip
    model = adapters.merge(model, recipe)
    model.save_pretrained(out, safe_serialization=True)
    tokenizer.save_pretrained(out)
    seen = [rows[index] for batch in order for index in batch]
    return {
        "examples": len(examples),
        "too_long": too_long,
        "examples_seen": len(seen),
        "tokens": sum(len(row.ids) for row in seen),
        "completion_tokens": sum(row.completion for row in seen),
        "parameters": sum(weight.numel() for weight in model.parameters()),
        "curve": curve,
        "seconds": Decimal(f"{seconds:.3f}"),
        "device": model.device.type,
        "threads": torch.get_num_threads(),
    }

"""The trials of ``generate`` and ``train``, whose runs are never alike write by write.

Replies come in any order, and a run has an id and a time of its own. So these are held against what
each promises: a paid reply that is on the disk is not asked for again and becomes the answer it
would have become; a sealed checkpoint is not trained again, and the weights are the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from crash_trials import Copy, End, Exact, Forks, Reference, Verb, examine_releases, opened, rows
from sqlalchemy import text

from chat_server import ChatServer
from qinglan.endpoints.journal import Journal
from qinglan.flow.models import check_model
from qinglan.training import tiny

LOADS = ("torch", "transformers", "trl", "datasets", "qinglan.training.sft")
"""What a training loads on the way; the forking process does so once."""

APART = ("history", "links", "activities")
"""Tables whose rows tell of single runs."""


def generate_verb(server: ChatServer) -> Verb:
    """A served teacher that answers every task, four calls at a time."""
    return Verb(
        "generate",
        ("generate", "p", "--model", "tiny", "--endpoint", server.url, "--channel", "weights",
         "--licence", "Apache-2.0", "--family", "qwen3-8b", "--parallel", "4", "--json"),
    )  # fmt: skip


def train_verb(folder: Path) -> Verb:
    """A training of twelve steps with a checkpoint after each fourth."""
    base = folder / "base"
    if not base.exists():
        tiny.make(base, texts=["0123456789+. abcdefghijklmnopqrstuvwxyzCT求值"], seed=1, width=16,
                  layers=1, heads=2)  # fmt: skip
        (folder / "recipe.toml").write_text(
            'steps = 12\nlearning_rate = "0.004"\nbatch = 4\ncheckpoint_every = 4\nseed = 1\n'
        )
    return Verb(
        "train",
        ("train", "r", "--base", "../base", "--recipe", "../recipe.toml", "--json"),
    )  # fmt: skip


class Generating(Exact):
    """What must hold of ``generate``: of every call, who knows of it and how often it was made."""

    def __init__(self, server: ChatServer) -> None:
        self._server = server

    def run(self, forks: Forks, verb: Verb, copy: Copy, **how: Any) -> dict[str, Any]:
        """Run the verb once; what is on the disk already is not asked for."""
        before = _replies(copy)
        asked = len(self._server.asked)
        done = forks.run(verb, copy, **how)
        made = len(self._server.asked) - asked
        with opened(copy) as conn:
            tasks = conn.execute(text("SELECT count(*) FROM tasks")).scalar_one()
        missing = tasks - len(before)
        assert made == missing if done["code"] == 0 else made <= missing, (made, missing)
        after = _replies(copy)
        assert before.items() <= after.items(), "a reply that was kept is gone, or another"
        return done

    def end(self, copy: Copy) -> End:
        """Answers, and what was set aside: everything but who asked when."""
        with opened(copy) as conn:
            found: End = {name: has for name, has in rows(conn).items() if name not in APART}
            outputs = conn.execute(text("SELECT output FROM links")).scalars()
            return {**found, "made": sorted(outputs), "asked": sorted(_replies(copy))}

    def examine(self, copy: Copy, true: Reference, kept: int) -> None:
        """Every answer that is there was made of a reply that is on the disk."""
        known = set(_replies(copy).values())
        with opened(copy) as conn:
            made = conn.execute(text("SELECT inputs FROM links WHERE output LIKE 'ann_%'"))
            for inputs in made.scalars():
                assert set(json.loads(inputs)) <= known
        examine_releases(copy)


class Training(Exact):
    """What must hold of ``train``: the same weights, and no checkpoint made twice."""

    def run(self, forks: Forks, verb: Verb, copy: Copy, **how: Any) -> dict[str, Any]:
        """Run the verb once; the forking process has what it loads."""
        done = forks.run(verb, copy, loads=LOADS, **how)
        file = copy.folder / "seals.txt"
        seals = file.read_text().split() if file.exists() else []
        assert len(set(seals)) == len(seals), seals
        return done

    def end(self, copy: Copy) -> End:
        """Tables without the run's own id, the weights, and the record without id and times."""
        folder = copy.folder / "models" / "r"
        record = json.loads((folder / "run.json").read_text())
        run = record["id"]
        with opened(copy) as conn:
            found = json.loads(json.dumps(rows(conn), default=str).replace(run, "the run"))
        found["history"] = sorted(map(_without_permit, found["history"]))
        said = check_model(folder, key=copy.folder / "keys" / "signing.pub").statement
        assert said.run == run
        for own in ("id", "begun", "seconds", "resumed"):
            del record[own]
        del record["lineage"]["permit"]  # it names the moment of asking
        weights = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
        left = sorted(path.name for path in folder.iterdir())
        return {**found, "weights": weights, "record": record, "left": left}

    def examine(self, copy: Copy, true: Reference, kept: int) -> None:
        """A record vouches for weights that are there; no half release, nor half statement."""
        folder = copy.folder / "models" / "r"
        record = folder / "run.json"
        if record.exists():
            weights = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
            assert weights == true.end["weights"]
        with opened(copy) as conn:
            runs = "SELECT count(*) FROM links WHERE output LIKE 'run_%'"
            assert conn.execute(text(runs)).scalar_one() <= record.exists()
        examine_releases(copy)


def _without_permit(row: list[str]) -> list[str]:
    """An entry of the history without the digest of a permit, which names its moment."""
    project, event = row
    facts = json.loads(event)
    facts.pop("permit", None)
    return [project, json.dumps(facts, sort_keys=True)]


def _replies(copy: Copy) -> dict[str, str]:
    """Request → id of the reply, of those that are whole on the disk."""
    found: dict[str, str] = {}
    for path in (copy.folder / "journal").glob("*.jsonl"):
        seen = shutil.copy(path, copy.folder.parent / "seen.jsonl")  # looking mends nothing
        with Journal.open(Path(seen)) as journal:
            for _, reply in journal.replies():
                assert reply.request not in found, "a call was answered and kept twice"
                found[reply.request] = reply.id
    return found

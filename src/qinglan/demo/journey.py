"""From questions to a signed release, as anybody would do it with files of their own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from qinglan.demo.cast import ANNOTATORS, write_questions
from qinglan.errors import CheckFailed
from qinglan.flow.terms import Terms
from qinglan.workspace import Workspace, check_release, init

PROJECT = "arithmetic"
PER_SKILL = 200

Say = Callable[[str, dict[str, object]], None]
"""Told each thing that was done: the key of its phrase, and its facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """One simulated annotator: the skill it was given, and what was found without keys."""

    annotator: str
    planted: float
    estimated: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What the run computed. Annotators are simulated throughout."""

    seed: int
    tasks: int
    answers: int
    set_aside: int
    outcomes: dict[str, int]
    majority: float
    consensus: float
    skills: tuple[Skill, ...]
    rows: int
    root: str
    release: str
    report: str
    traced: str
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """As ``qinglan demo --json`` prints it."""
        return asdict(self)


def travel(folder: Path, *, seed: int, say: Say) -> Journey:
    """Walk the journey in a workspace in ``folder``; raises ``CheckFailed`` where it breaks.

    A second walk in the same folder with the same seed finds its imports done and goes on.
    """
    started = time.monotonic()
    questions, answers = write_questions(folder / f"input-{seed}", per_skill=PER_SKILL, seed=seed)
    project = f"{PROJECT}-{seed}"
    with init(folder) as ws:
        say("workspace", {"folder": ws.folder})
        tasks = ws.load(
            project, questions, kind="steps",
            fields=["id=id", "prompt=prompt", "key=key", "skill=skill", "group=group"],
            terms=Terms(channel="own", licence="Apache-2.0", name="arithmetic-generator"),
        )  # fmt: skip
        if tasks.again:
            say("again", {})
        else:
            say("tasks", {"new": tasks.new, "aside": tasks.set_aside})
        given = ws.load_answers(
            project, answers,
            fields=["task=task", "annotator=annotator", "steps=steps", "final=final"],
            terms=Terms(channel="simulated", name="simulated-annotators"),
            annotator_type="person", tasks_from="arithmetic-generator",
        )  # fmt: skip
        say("answers", {"new": given.new, "annotators": len(ANNOTATORS)})
        ws.verify(project)
        # First without keys: what the votes alone find can then be held against the keys.
        ws.judge(project, use_keys=False)
        lines = list(ws.tasks(project))
        # A task without a readable key is unknown, not wrong.
        majority = fmean(line.majority for line in lines if line.majority is not None)
        consensus = fmean(line.consensus for line in lines if line.consensus is not None)
        outcomes = _outcomes(ws, project)
        say("verified", dict(outcomes))
        say("consensus", {"majority": f"{majority:.1%}", "consensus": f"{consensus:.1%}"})
        judged = ws.judge(project)
        say("judged", {"accepted": judged.accepted, "aside": sum(judged.set_aside.values())})
        name, release_folder = _fresh_name(ws.folder / "releases", f"arithmetic-{seed}")
        release, where = ws.release(project, name=name, purpose="training")
        say("release", {"rows": release.rows, "root": release.root[:16]})
        found = check_release(where, key=ws.folder / "keys" / "signing.pub")
        if not found.ok:
            raise CheckFailed("demo.release", failures="; ".join(f.say() for f in found.failures))
        say("checked", {"folder": release_folder})
        report = ws.report(project)
        say("report", {"file": report})
        traced = _first_verdict(where)
        line = next(s for s in ws.status() if s.project == project)
        skills = _skills(ws, project)
    return Journey(
        seed=seed, tasks=line.tasks, answers=line.annotations,
        set_aside=sum(n for _, _, n in line.set_aside), outcomes=outcomes,
        majority=majority, consensus=consensus, skills=skills, rows=release.rows,
        root=release.root, release=str(where), report=str(report), traced=traced,
        seconds=time.monotonic() - started,
    )  # fmt: skip


def _outcomes(ws: Workspace, project: str) -> dict[str, int]:
    line = next(s for s in ws.status() if s.project == project)
    return dict(line.checks)


def _skills(ws: Workspace, project: str) -> tuple[Skill, ...]:
    found = {q.annotator: q for q in ws.annotators(project)}
    return tuple(
        Skill(
            annotator=who.name,
            planted=1 - who.error,
            estimated=found[who.name].value,
            low=found[who.name].low,
            high=found[who.name].high,
        )
        for who in ANNOTATORS
    )


def _fresh_name(folder: Path, stem: str) -> tuple[str, Path]:
    """A release is never overwritten, so each run of the demo takes the next number."""
    number = 1
    while (folder / f"{stem}.{number}").exists():
        number += 1
    return f"{stem}.{number}", folder / f"{stem}.{number}"


def _first_verdict(release: Path) -> str:
    import json

    with (release / "provenance.jsonl").open(encoding="utf-8") as lines:
        return str(json.loads(next(lines))["verdict"]["id"])

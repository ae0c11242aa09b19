"""``trace``: walk a record back to its sources, through the ids that records carry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from qinglan.errors import InputError, UsageError
from qinglan.flow.context import Context, allow
from qinglan.flow.inbox import FOLDER
from qinglan.flow.stale import is_stale
from qinglan.records import Actor, Origin
from qinglan.releases import show
from qinglan.storage import (
    annotations as answers,
)
from qinglan.storage import (
    annotators,
    checks,
    links,
    pictures,
    projects,
    releases,
    reports,
    samples,
    tasks,
    traces,
    verdicts,
    withdrawals,
)


@dataclass(frozen=True, slots=True)
class Node:
    """One record on the way back, and what it was made of."""

    type: str
    id: str
    facts: dict[str, Any] = field(default_factory=dict)
    made_of: tuple[Node, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The tree as nested objects."""
        return {
            "type": self.type, "id": self.id, **self.facts,
            "made_of": [node.to_json() for node in self.made_of],
        }  # fmt: skip

    def walk(self, depth: int = 0) -> Iterator[tuple[int, str]]:
        """(depth, line) for each node, parents first."""
        facts = "  ".join(f"{k}={v}" for k, v in self.facts.items() if v is not None)
        yield depth, f"{self.type} {self.id}  {facts}".rstrip()
        for node in self.made_of:
            yield from node.walk(depth + 1)


def trace(context: Context, actor: Actor, record: str) -> Node:
    """The tree below ``record``: verdict → annotation → annotator, and task → samples → source.

    Keys are shown by their existence only: a trace can be handed to an annotator's lead or an
    auditor, and gold must not travel with it.

    Raises:
        UsageError: no such record.
    """
    allow("trace", actor)
    folder = context.folder / "releases"
    steps: dict[str, Callable[[Connection, str], Node | None]] = {
        "rpt": partial(_report, folder),
        "run": partial(_run, folder),
        "rel": partial(_release, folder),
        "vdt": _verdict,
        "ann": _annotation,
        "tsk": _task,
        "smp": _sample,
    }
    step = steps.get(record.partition("_")[0])
    with context.storage.read() as conn:
        node = step(conn, record) if step is not None else None
        if node is None:
            node = _withdrawn(conn, record)
    if node is None:
        raise UsageError("flow.no_record", id=record)
    return node


def _withdrawn(conn: Connection, record: str) -> Node | None:
    """What stands in the place of a record that was withdrawn."""
    found = withdrawals.of_record(conn, record)
    if found is None:
        return None
    was, made = found
    return Node(
        "withdrawn", record,
        {"was": was, "withdrawal": made.id, "what": made.what, "time": made.time.isoformat()},
    )  # fmt: skip


def _release(folder: Path, conn: Connection, record: str) -> Node | None:
    found = (r for p in projects.all(conn) for r in releases.all(conn, p.id) if r.id == record)
    release = next(found, None)
    if release is None:
        return None
    link = links.of_output(conn, record)
    stale = {"holds_withdrawn": True} if record in traces.stale(conn) else {}
    return Node(
        "release", record,
        {"name": release.name, "purpose": release.purpose.value, "root": release.root,
         "rows": release.rows, "verdicts": sum(len(edge.inputs) for edge in link), **stale},
        tuple(_sources(folder / release.name)),
    )  # fmt: skip


def _report(folder: Path, conn: Connection, record: str) -> Node | None:
    report = reports.get(conn, record)
    if report is None:
        return None
    made_of = (
        _run(folder, conn, made) if made.startswith("run_") else _release(folder, conn, made)
        for edge in links.of_output(conn, record)
        for made in edge.inputs
    )
    return Node(
        "report", record,
        {"model": report.model, "split": report.split.value, "held_out": report.held_out,
         "sha256": report.sha256},
        tuple(node for node in made_of if node is not None),
    )  # fmt: skip


def _run(folder: Path, conn: Connection, record: str) -> Node | None:
    edges = links.of_output(conn, record)
    if not edges:
        return None
    made_of = (
        _run(folder, conn, made) if made.startswith("run_") else _release(folder, conn, made)
        for edge in edges
        for made in edge.inputs
    )
    stale = {"trained_on_withdrawn": True} if is_stale(conn, record) else {}
    return Node("run", record, stale, tuple(node for node in made_of if node is not None))


def _sources(folder: Path) -> Iterator[Node]:
    """The sources that a release's manifest counts; one that says so where the folder is gone."""
    try:
        counted = show(folder).manifest.sources
    except InputError as error:
        yield Node("source", "—", {"missing": error.say()})
        return
    for source in counted:
        yield Node("source", source.origin.source, {"rows": source.rows, **_origin(source.origin)})


def _verdict(conn: Connection, record: str) -> Node | None:
    verdict = verdicts.get(conn, record)
    if verdict is None:
        return None
    parts = [_task(conn, verdict.task)]
    parts += [_annotation(conn, a.id, deep=False) for a in answers.of_task(conn, verdict.task)]
    return Node(
        "verdict", record,
        {"value": verdict.value, "probability": verdict.probability, "method": verdict.method,
         "votes": verdict.votes, "reason": verdict.reason, "carries": verdict.annotation},
        tuple(node for node in parts if node is not None),
    )  # fmt: skip


def _annotation(conn: Connection, record: str, *, deep: bool = True) -> Node | None:
    annotation = answers.get(conn, record)
    if annotation is None:
        return None
    who = annotators.find(conn, [annotation.annotator]).get(annotation.annotator)
    made_of: list[Node] = []
    if who is not None:
        made_of.append(
            Node("annotator", who.id,
                 {"name": who.name, "type": who.type, "simulated": who.simulated or None,
                  **_origin(who.origin)})
        )  # fmt: skip
    made_of += [
        Node("check", check.verifier,
             {"outcome": check.outcome.value, "answer": check.answer, "reason": check.reason})
        for check in checks.of(conn, [record]).get(record, [])
    ]  # fmt: skip
    made_of += [
        Node("reply", reply, {"journal": f"{FOLDER}/{annotation.annotator}.jsonl"})
        for edge in links.of_output(conn, record)
        for reply in edge.inputs
    ]
    task = _task(conn, annotation.task) if deep else None
    if task is not None:
        made_of.append(task)
    return Node("annotation", record, _pictures(conn, record), tuple(made_of))


def _task(conn: Connection, record: str) -> Node | None:
    task = tasks.get(conn, record)
    if task is None:
        return None
    made_of = [_sample(conn, sample) for sample in task.samples]
    return Node(
        "task", record,
        {"skill": task.skill, "guideline": task.guideline, **_pictures(conn, record)},
        tuple(node for node in made_of if node is not None),
    )  # fmt: skip


def _sample(conn: Connection, record: str) -> Node | None:
    sample = samples.find(conn, [record]).get(record)
    if sample is None:
        return None
    return Node("sample", record, {"row": sample.row, **_origin(sample.origin)})


def _pictures(conn: Connection, record: str) -> dict[str, Any]:
    """The pictures that a record shows, by id."""
    shown = pictures.used_by(conn, [record]).get(record)
    return {"pictures": shown} if shown else {}


def _origin(origin: Origin) -> dict[str, Any]:
    return {
        "source": origin.source, "channel": origin.channel, "licence": origin.licence,
        "family": origin.family, "part": origin.part, "sha256": origin.sha256,
    }  # fmt: skip

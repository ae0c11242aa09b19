"""``report``: the page that shows what came in, what left and why, and how good the rest is."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from sqlalchemy import Connection

from qinglan.durability import write_whole
from qinglan.errors import UsageError
from qinglan.flow import measures
from qinglan.flow.context import Context, allow
from qinglan.flow.labels import AnnotatorQuality, Labels, read_labels
from qinglan.flow.results import TaskLine, task_lines
from qinglan.flow.written import noting
from qinglan.intervals import bootstrap_mean, wilson
from qinglan.pages.labels import Estimate, phrase
from qinglan.pages.report import (
    AnnotatorRow,
    CalibrationBin,
    CalibrationFacts,
    Checks,
    Example,
    Headroom,
    OriginRow,
    Rejects,
    ReleaseFacts,
    ReleaseReport,
    Stage,
    render,
)
from qinglan.quality.agreement import Agreement
from qinglan.quality.calibration import calibrate
from qinglan.records import Actor, Origin, Outcome, Project, Release, SetAside
from qinglan.storage import counts, releases, set_aside, verdicts
from qinglan.storage.counts import Line
from qinglan.wording import preferred

EXAMPLES = 5
CALIBRATION = 50
"""Tasks of known key from which calibration is shown: fewer say nothing."""


def annotator_quality(context: Context, actor: Actor, project: str) -> tuple[AnnotatorQuality, ...]:
    """Every annotator's reliability, estimated without keys, by name."""
    allow("report", actor)
    return read_labels(context, context.project(project)).quality


def write_report(context: Context, actor: Actor, project: str, target: Path) -> Path:
    """Write the report of a project to ``target``, whole or not at all."""
    allow("report", actor)
    shown = context.project(project)
    target = target.resolve()
    with noting(context, shown, target):
        page = render(_report(context, shown), language=context.settings.language or preferred())
        try:
            write_whole(target, page)
        except OSError as error:
            raise UsageError("flow.cannot_write_report", file=target, why=error.strerror) from error
    return target


def _report(context: Context, project: Project) -> ReleaseReport:
    labels = read_labels(context, project)
    tasks = list(task_lines(context, project, labels))
    with context.storage.read() as conn:
        line = counts.line(conn, project.id)
        made = counts.answers_by_verb(conn, project.id)
        last = max(releases.all(conn, project.id), key=lambda r: r.built, default=None)
        origins = _origins(conn, project)
        aside = chain(set_aside.stream(conn, project.id), verdicts.rejected(conn, project.id))
        rejects = tuple(_rejects(aside))
    agreed = measures.agreement(context, project, labels)
    simulated = tuple(q.annotator for q in labels.quality if q.simulated)
    return ReleaseReport(
        title=phrase("flow.report.heading", project=project.name),
        project=project.name,
        purpose=None if last is None else last.purpose,
        built=datetime.now(UTC).replace(microsecond=0) if last is None else last.built,
        simulated=bool(simulated),
        simulated_annotators=simulated,
        stages=tuple(_stages(line, made)),
        rejects=rejects,
        agreement=tuple(_agreement(agreed)),
        agreement_method=phrase(
            f"flow.report.alpha.{'nominal' if agreed is None else agreed.level}"
        ),
        tiers=tuple(_tiers(labels)),
        severities=tuple(measures.severities(context, project, labels)),
        biases=tuple(measures.biases(project, labels)),
        spans=measures.spans(context, project, labels),
        annotators=tuple(
            AnnotatorRow(
                estimate=Estimate(
                    label=q.annotator,
                    value=q.value,
                    low=q.low,
                    high=q.high,
                    n=q.answers,
                    note=q.tier or "",
                ),
                answers=q.answers,
                type=q.type,
                simulated=q.simulated,
            )
            for q in labels.quality
        ),
        accuracy=tuple(_accuracy(tasks)),
        calibration=_calibration(tasks),
        confusion=measures.confusion(project, labels),
        cost=measures.cost(context, project, labels),
        intervals=phrase("flow.report.intervals"),
        checks=tuple(_checks(labels)),
        origins=origins,
        posteriors=tuple(None if t.probability is None else float(t.probability) for t in tasks),
        release=None if last is None else _facts(context, last),
        headroom=tuple(_headroom(tasks)),
        commands=_commands(project, last),
    )


def _stages(line: Line, made: Mapping[str, int]) -> Iterator[Stage]:
    aside: Counter[str] = Counter()
    for (stage, _), n in line.set_aside.items():
        aside[stage] += n
    imported, generated = line.tasks + made.get("import", 0), made.get("generate", 0)
    yield Stage(
        stage="import", unit=phrase("flow.report.unit.rows"), entered=imported + aside["import"],
        left=imported, set_aside=aside["import"],
    )  # fmt: skip
    if generated or aside["generate"]:
        yield Stage(
            stage="generate", unit=phrase("flow.report.unit.replies"),
            entered=generated + aside["generate"], left=generated, set_aside=aside["generate"],
        )  # fmt: skip
    judged = sum(line.verdicts_set_aside.values())
    if line.accepted or judged:
        yield Stage(
            stage="judge", unit=phrase("flow.report.unit.tasks"), entered=line.tasks,
            left=line.accepted, set_aside=judged,
        )  # fmt: skip


def _rejects(rows: Iterator[SetAside]) -> Iterator[Rejects]:
    total: Counter[tuple[str, str]] = Counter()
    shown: dict[tuple[str, str], list[Example]] = {}
    for row in rows:
        place = (row.stage, row.reason.value)
        total[place] += 1
        examples = shown.setdefault(place, [])
        if len(examples) < EXAMPLES:
            examples.append(
                Example(
                    file=row.file,
                    line=row.line,
                    field=row.field,
                    record=row.record,
                    detail=row.detail,
                )
            )
    for (stage, reason), n in sorted(total.items()):
        yield Rejects.model_validate(
            {"stage": stage, "reason": reason, "n": n, "examples": tuple(shown[stage, reason])}
        )


def _tiers(labels: Labels) -> Iterator[Estimate]:
    for tier in labels.tiers:
        name = phrase("flow.report.no_tier") if tier.tier is None else tier.tier
        yield Estimate(
            label=name, value=tier.value, low=tier.low, high=tier.high, n=tier.labels,
            note=phrase("flow.report.tier_size", annotators=tier.annotators),
        )  # fmt: skip


def _agreement(found: Agreement | None) -> Iterator[Estimate]:
    if found is not None and found.alpha is not None:
        yield Estimate(
            label=phrase("flow.report.all_annotators"), value=found.alpha, low=found.low,
            high=found.high, n=found.tasks,
        )  # fmt: skip


def _accuracy(tasks: list[TaskLine]) -> Iterator[Estimate]:
    """Majority and the verdicts against the keys, over the tasks that have a readable key."""
    keyed = [t for t in tasks if t.majority is not None]
    if not keyed:
        return
    majority = bootstrap_mean([t.majority or 0.0 for t in keyed], seed=0)
    yield Estimate(
        label=phrase("flow.report.majority"), value=majority.estimate, low=majority.low,
        high=majority.high, n=len(keyed),
    )  # fmt: skip
    best = bootstrap_mean([t.consensus or 0.0 for t in keyed], seed=0)
    yield Estimate(
        label=phrase("flow.report.consensus"), value=best.estimate, low=best.low,
        high=best.high, n=len(keyed),
    )  # fmt: skip
    accepted = [t for t in keyed if t.right is not None]
    if accepted:
        right = sum(t.right is Outcome.VERIFIED for t in accepted)
        interval = wilson(right, len(accepted))
        yield Estimate(
            label=phrase("flow.report.verdicts"), value=right / len(accepted), low=interval.low,
            high=interval.high, n=len(accepted),
        )  # fmt: skip


def _calibration(tasks: list[TaskLine]) -> CalibrationFacts | None:
    """Posteriors made without keys, held against the keys."""
    known = [(t.stated, t.consensus) for t in tasks
             if t.stated is not None and t.consensus is not None]  # fmt: skip
    if len(known) < CALIBRATION:
        return None
    found = calibrate([min(stated, 1.0) for stated, _ in known], [right for _, right in known],
                      bins=min(10, len(known) // 20))  # fmt: skip
    return CalibrationFacts(
        error=found.error, by_chance=found.expected_by_chance, n=found.cases,
        bins=tuple(
            CalibrationBin(
                stated=b.stated, observed=b.observed.estimate, low=b.observed.low,
                high=b.observed.high, n=b.cases,
            )
            for b in found.bins
        ),
    )  # fmt: skip


def _checks(labels: Labels) -> Iterator[Checks]:
    outcomes: dict[str, Counter[str]] = {}
    reasons: dict[str, Counter[str]] = {}
    for given in labels.votes.values():
        for vote in given:
            if vote.outcome is not None:
                outcomes.setdefault(vote.annotator, Counter())[vote.outcome.value] += 1
            if vote.reason is not None:
                reasons.setdefault(vote.annotator, Counter())[vote.reason.value] += 1
    for who in sorted(labels.annotators.values(), key=lambda a: a.name):
        if who.id in outcomes:
            yield Checks.model_validate(
                {
                    "annotator": who.name,
                    **{o.value: outcomes[who.id][o.value] for o in Outcome},
                    "reasons": tuple(sorted(reasons.get(who.id, Counter()).items())),
                }
            )


def _origins(conn: Connection, project: Project) -> tuple[OriginRow, ...]:
    """How many released rows rest on each source: their samples, and their answers."""
    total: Counter[Origin] = Counter()
    for row in releases.rows(conn, project.id):
        for origin in {*(s.origin for s in row.samples), row.annotator.origin}:
            total[origin.model_copy(update={"sha256": None})] += 1
    return tuple(
        OriginRow(source=o.source, channel=o.channel, licence=o.licence, n=n)
        for o, n in sorted(total.items(), key=lambda item: (-item[1], item[0].source))
    )


def _facts(context: Context, release: Release) -> ReleaseFacts:
    from qinglan.releases import show

    summary = show(context.folder / "releases" / release.name)
    return ReleaseFacts(
        name=release.name, root=release.root, signer=context.signer(),
        splits=summary.manifest.splits.rows,
    )  # fmt: skip


def _headroom(tasks: list[TaskLine]) -> Iterator[Headroom]:
    """Tasks that nobody solved, by skill: the first hint of where an expert is worth most."""
    asked: Counter[str | None] = Counter()
    unsolved: Counter[str | None] = Counter()
    for task in tasks:
        if task.any_right is not None:
            asked[task.skill] += 1
            unsolved[task.skill] += not task.any_right
    for skill in sorted(asked, key=lambda s: (-unsolved[s] / asked[s], s or "")):
        yield Headroom(skill=skill, unsolved=unsolved[skill], tasks=asked[skill])


def _commands(project: Project, last: Release | None) -> tuple[str, ...]:
    if last is None:
        return (f"qinglan release build {project.name} --name NAME --purpose evaluation",)
    folder = os.path.join("releases", last.name)  # noqa: PTH118 - shown, not opened
    return (
        f"qinglan release verify {folder} --key keys/signing.pub",
        f"qinglan release show {folder}",
        "qinglan status",
    )

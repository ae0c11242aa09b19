"""Consensus, agreement and standings of a file: what the file-level commands print and write.

No workspace is needed: a table of labels from any tool in, an answer out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qinglan.errors import UsageError
from qinglan.intervals import Interval, wilson
from qinglan.quality.agreement import LEVELS, Level, alpha
from qinglan.quality.agreement_parts import by_annotator, by_class
from qinglan.quality.auto import Auto
from qinglan.quality.calibration import Calibration, calibrate
from qinglan.quality.consensus import choose
from qinglan.quality.crowdlab import Crowdlab
from qinglan.quality.discrimination import CELLS, rank_annotators
from qinglan.quality.ebcc import Ebcc
from qinglan.quality.estimates import Consensus, credit
from qinglan.quality.evidence import gold as gold_evidence
from qinglan.quality.evidence import probabilities
from qinglan.quality.hierarchical import Hierarchical
from qinglan.quality.majority import Majority
from qinglan.quality.model_table import read_model
from qinglan.quality.pairwise import rank
from qinglan.quality.reports import (
    AgreementReport,
    ConsensusReport,
    RankReport,
    alarm_key,
    check_format,
)
from qinglan.quality.tables import (
    Duplicates,
    LabelTable,
    Place,
    numbers,
    read_labels,
    read_truth,
    read_votes,
)
from qinglan.quality.tiers import read_tiers
from qinglan.quality.votes import Floats, gather

__all__ = [
    "AgreementReport", "ConsensusReport", "RankReport", "agreement_file", "alarm_key",
    "consensus_file", "rank_file",
]  # fmt: skip


def consensus_file(
    labels: Place,
    *,
    method: str = "auto",
    truth: Place | None = None,
    seed: int = 0,
    out: Place | None = None,
    duplicates: Duplicates = "refuse",
    model: Place | None = None,
    tiers: Place | None = None,
    gold: Place | None = None,
) -> ConsensusReport:
    """Judge a file of labels; see ``tables.read_labels`` for its columns.

    Args:
        labels: the file.
        method: a name in ``consensus.METHODS``.
        truth: file of known answers, to score against; it does not move the judgement.
        seed: of the methods that draw.
        out: where to write one row a task, .csv or .parquet.
        duplicates: ``refuse`` or ``last``.
        model: file of a model's probabilities; see ``model_table.read_model``. ``crowdlab`` weighs
            the model against the annotators; every other method takes it at its word. The
            majority shown beside stays that of the labels alone.
        tiers: file of annotators' tiers, for ``auto`` and ``hierarchical``; see ``quality.tiers``.
        gold: file of known answers that ``auto`` may use: they are evidence, they may overrule its
            choice of method, and they calibrate its posteriors. Their tasks are not scored.

    Raises:
        InputError, RowError, LimitError, UsageError: see ``tables``, ``votes`` and ``consensus``.
    """
    if out is not None:
        check_format(out)
    how = choose(method)
    if isinstance(how, Auto | Ebcc):
        how = replace(how, seed=seed)
    if tiers is not None and not isinstance(how, Auto | Hierarchical):
        raise UsageError("quality.no_tiers", method=method)
    if gold is not None and not isinstance(how, Auto):
        raise UsageError("quality.no_gold", method=method)
    table = read_labels(labels, duplicates)
    tiered = None if tiers is None else read_tiers(tiers, table.annotators)
    if tiered is not None and isinstance(how, Auto | Hierarchical):
        how = replace(how, tiers=tuple(tiered.codes.tolist()))
    known = None if truth is None else read_truth(truth)
    evidence = None
    if model is not None:
        table, given = read_model(model, table)
        if isinstance(how, Crowdlab):
            how = replace(how, probabilities=given)
        else:
            evidence = probabilities(given)
    if gold is not None and isinstance(how, Auto):
        answers = read_truth(gold)
        known = None if known is None else {t: a for t, a in known.items() if t not in answers}
        pairs = _codes(table, answers)
        how = replace(how, gold=tuple(zip(*(side.tolist() for side in pairs), strict=True)))
        keys = gold_evidence(*pairs, len(table.tasks), len(table.classes))
        evidence = keys if evidence is None else evidence + keys
    votes = gather(
        table.task, table.annotator, table.label, n_tasks=len(table.tasks),
        n_annotators=len(table.annotators), n_classes=len(table.classes),
    )  # fmt: skip
    found = how.fit(votes, evidence)
    plain = Majority().fit(votes)
    report = ConsensusReport(
        table=table, consensus=found, accuracy=_score(table, found, known),
        majority_accuracy=_score(table, plain, known), truth_tasks=len(known or {}),
        truth_unlabelled=len(set(known or {}) - set(table.tasks)), tiers=tiered,
        calibration=_calibrate(table, found, known),
    )  # fmt: skip
    if out is not None:
        report.write(out)
    return report


def agreement_file(
    labels: Place,
    *,
    level: Level = "nominal",
    confidence: float = 0.95,
    seed: int = 0,
    duplicates: Duplicates = "refuse",
) -> AgreementReport:
    """Krippendorff's alpha of a file of labels; ordinal and interval labels must be numbers.

    Raises:
        InputError, RowError, UsageError: see ``tables``; a level that does not exist.
    """
    if level not in LEVELS:
        raise UsageError("quality.unknown_level", level=level, levels=", ".join(LEVELS))
    table = read_labels(labels, duplicates)
    given = table.label if level == "nominal" else numbers(table, labels)
    found = alpha(table.task, given, level=level, confidence=confidence, seed=seed)
    nominal, count = level == "nominal", len(table.classes)
    classes = by_class(table.task, table.label, count, seed) if nominal else []
    people = (
        by_annotator(table.task, table.annotator, table.label, len(table.annotators))
        if nominal else []
    )  # fmt: skip
    return AgreementReport(
        agreement=found, annotators=len(table.annotators), replaced=table.replaced,
        classes=tuple(zip(table.classes, classes, strict=False)),
        people=tuple(zip(table.annotators, people, strict=False)),
    )  # fmt: skip


def rank_file(votes: Place, *, level: float = 0.95) -> RankReport:
    """Rank the items of a file of votes; see ``tables.read_votes`` for its columns.

    Where it says who voted, annotators are weighed by how well they tell items apart; see
    ``discrimination``. Beyond its limit all votes count alike, and an alarm says so.

    Raises:
        InputError, RowError, LimitError: see ``tables`` and ``pairwise``.
    """
    table = read_votes(votes)
    people, given = table.annotators or [], (table.left, table.right, table.outcome)
    many = len(table.items) * len(people) > CELLS
    discernment = None
    if table.annotator is None or many:
        found = rank(*given, n_items=len(table.items), level=level)
    else:
        found, discernment = rank_annotators(
            *given, table.annotator, n_items=len(table.items), n_annotators=len(people), level=level
        )
    return RankReport(
        items=table.items, standings=found, votes=len(table.outcome),
        ties=int((table.outcome == 2).sum()), annotators=people, discernment=discernment,
        alarms=("alike",) if many else (),
    )  # fmt: skip


def _score(table: LabelTable, found: Consensus, known: dict[str, str] | None) -> Interval | None:
    """Accuracy on tasks of known answer, ties sharing credit, with Wilson's interval.

    A known answer that nobody gave anywhere is not among the classes; it scores 0.
    """
    if known is None:
        return None
    tasks, points = _points(table, found, known)
    return wilson(min(float(points.sum()), len(tasks)), len(tasks))


def _calibrate(
    table: LabelTable, found: Consensus, known: dict[str, str] | None
) -> Calibration | None:
    """What was stated against what was so, on the same tasks; ``None`` without any."""
    tasks, points = _points(table, found, known or {})
    if not len(tasks):
        return None
    return calibrate(found.probability[tasks], points, bins=max(1, min(10, len(tasks) // 20)))


def _points(
    table: LabelTable, found: Consensus, known: dict[str, str]
) -> tuple[NDArray[np.int64], Floats]:
    """Tasks of known answer, and the credit of each."""
    at = {name: i for i, name in enumerate(table.classes)}
    tasks = np.array([i for i, name in enumerate(table.tasks) if name in known], dtype=np.int64)
    truth = np.array([at.get(known[table.tasks[i]], -1) for i in tasks], dtype=np.int64)
    points = np.where(truth < 0, 0.0, credit(found.posteriors, tasks, np.maximum(truth, 0)))
    return tasks, points


def _codes(table: LabelTable, known: dict[str, str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tasks and classes of known answers; an answer that nobody gave anywhere has no class."""
    at = {name: i for i, name in enumerate(table.classes)}
    pairs = [(i, at[known[name]]) for i, name in enumerate(table.tasks) if known.get(name) in at]
    tasks, classes = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return tasks, classes

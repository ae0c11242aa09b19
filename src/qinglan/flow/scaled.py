"""The consensus of measuring, scoring, ordering and marking kinds, with what their tasks state.

Not a verb: ``labels`` comes through here for the kinds in ``KINDS``. What checks and rulings found
of single answers does not enter these models; it decides at the verdict.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import TypeAlias

from qinglan.flow.context import Context
from qinglan.kinds import criteria_in
from qinglan.kinds.number import read_measure
from qinglan.quality import closed, marked_text, measured, ordered, scored
from qinglan.quality.agreement import Level
from qinglan.quality.result import Judgement
from qinglan.records import Estimate, Kind, Project
from qinglan.storage import answered, tasks

Cast: TypeAlias = tuple[str, str, str]
"""Task, annotator, value."""
Fitting: TypeAlias = Callable[[Sequence[Cast], Sequence[bool | None] | None], Judgement]
"""Votes, and what checks found of each, to a consensus."""

KINDS = frozenset({Kind.NUMBER, Kind.RUBRIC, Kind.RANKING, Kind.COMPARISON, Kind.SPANS})


def fitting(context: Context, project: Project, method: str) -> Fitting:
    """The consensus of a project whose kind is in ``KINDS``."""
    if project.kind is Kind.RANKING:
        return _blind(ordered.fit)
    if project.kind is Kind.NUMBER:
        within = _within(context, project)
        return _blind(lambda cast: measured.fit(cast, within))
    if project.kind is Kind.SPANS:
        lengths = text_lengths(context, project)
        return _blind(lambda cast: marked_text.fit(cast, lengths))
    scales = scales_of(context, project)
    if project.kind is Kind.RUBRIC:
        return _blind(lambda cast: scored.fit(cast, scales))
    given = both_sides(context, project)

    def compare(cast: Sequence[Cast], verified: Sequence[bool | None] | None = None) -> Judgement:
        judged = closed.fit(cast, verified, method)
        return replace(judged, estimates=_figures(given, scales))

    return compare


def _blind(fit: Callable[[Sequence[Cast]], Judgement]) -> Fitting:
    """A consensus that looks at the votes alone."""

    def judged(cast: Sequence[Cast], _: Sequence[bool | None] | None = None) -> Judgement:
        return fit(cast)

    return judged


def graded(context: Context, project: Project, cast: Sequence[Cast]) -> dict[str, scored.Scored]:
    """By criterion, what scores say of works and raters; empty for kinds without criteria."""
    if project.kind is Kind.RUBRIC:
        given = [
            (task, who, key, level)
            for task, who, value in cast
            for key, level in scored.read(value).items()
        ]
    elif project.kind is Kind.COMPARISON:
        given = both_sides(context, project)
    else:
        return {}
    scales = scales_of(context, project)
    return scored.grade([one for one in given if one[2] in scales], scales)


@dataclass(frozen=True, slots=True)
class Units:
    """How answers of a kind are compared: the level of measurement, and each answer's parts."""

    level: Level
    parts: Callable[[Cast], list[tuple[str, float | str]]]
    """Of one vote: what is compared apart (such as a criterion), and what was said of it."""


def units(context: Context, project: Project, cast: Sequence[Cast]) -> Units:
    """What of ``cast`` is compared with what, so that near answers count as near."""
    if project.kind is Kind.NUMBER:
        return Units("interval", lambda vote: [(vote[0], float(Fraction(vote[2])))])
    if project.kind is Kind.RUBRIC:
        return Units("ordinal", _levels)
    if project.kind is Kind.RANKING:
        return Units("nominal", _pairs)
    if project.kind is Kind.SPANS:
        said: dict[tuple[str, str], list[tuple[str, float | str]]] = {}
        for task, every in marked_text.pieces(cast, text_lengths(context, project)).items():
            for piece in every:
                for who, inside in piece.said:
                    said.setdefault((task, who), []).append((piece.name, float(inside)))
        return Units("nominal", lambda vote: said.get((vote[0], vote[1]), []))
    return Units("nominal", lambda vote: [(vote[0], vote[2])])


def _levels(vote: Cast) -> list[tuple[str, float | str]]:
    levels = scored.read(vote[2])
    return [(f"{vote[0]} {key}", float(level)) for key, level in levels.items()]


def _pairs(vote: Cast) -> list[tuple[str, float | str]]:
    order = vote[2].split(">")
    return [(f"{vote[0]} {min(a, b)} {max(a, b)}", float(a < b)) for a, b in combinations(order, 2)]


def scales_of(context: Context, project: Project) -> dict[str, tuple[int, int]]:
    """The widest scale that any task of the project has of each criterion."""
    found: dict[str, tuple[int, int]] = {}
    with context.storage.read() as conn:
        for stated in dict.fromkeys(
            criteria_in(task.kind, task.options) for task in tasks.stream(conn, project.id)
        ):
            for one in stated:
                low, high = found.get(one.key, (one.low, one.high))
                found[one.key] = min(low, one.low), max(high, one.high)
    return found


def text_lengths(context: Context, project: Project) -> dict[str, int]:
    """Characters of the text of each task in which spans are marked."""
    with context.storage.read() as conn:
        return {task.id: len(task.options[0]) for task in tasks.stream(conn, project.id)}


def both_sides(context: Context, project: Project) -> list[scored.Given]:
    """The scores of comparisons; a work is a task and a side of it."""
    found: list[scored.Given] = []
    with context.storage.read() as conn:
        for task in answered.stream(conn, project.id):
            seen = set()
            for answer in task.answers:
                said = json.loads(answer.answer)
                if answer.value is None or answer.annotator in seen:
                    continue  # several samples of one model are one opinion
                seen.add(answer.annotator)
                for side in ("left", "right"):
                    work = f"{side} {task.id}"
                    found += [
                        (work, answer.annotator, one["criterion"], one["score"])
                        for one in said[side]
                    ]
    return found


def _figures(
    given: Sequence[scored.Given], scales: Mapping[str, tuple[int, int]]
) -> dict[str, tuple[Estimate, ...]]:
    """By task, each criterion's expected score of either side."""
    known = [one for one in given if one[2] in scales]
    found: dict[str, list[Estimate]] = {}
    for key, graded in scored.grade(known, scales).items():
        for place, work in enumerate(graded.works):
            side, _, task = work.partition(" ")
            figure = scored.figure(f"{side} {key}", graded.expected[place])
            found.setdefault(task, []).append(figure)
    return {task: tuple(sorted(ones, key=lambda one: one.name)) for task, ones in found.items()}


def _within(context: Context, project: Project) -> dict[str, float]:
    with context.storage.read() as conn:
        every = ((task.id, read_measure(task.options)) for task in tasks.stream(conn, project.id))
        return {id_: float(one.within) for id_, one in every if one is not None and one.within}

"""Consensus over named spans: which stretches of a text have which label.

All boundaries that anybody set cut a text into pieces, label by label; of each piece every
annotator has said that it has the label, or that it has not. That is a vote on two classes, which
the Bayesian model of ``ebcc`` judges over all texts at once, so that one who marks too much is
believed less when they mark, and one who misses much less when they do not. Where people differ on
too few pieces to be told apart, heads are counted. Pieces that are more likely in than out, joined
where they touch, are the verdict.

Its probability: all pieces about which people differ are right, and so is the least certain of
those about which they agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod

from qinglan.kinds import spans
from qinglan.quality import closed
from qinglan.quality.result import EMPTY, Judgement, six
from qinglan.records import Estimate

METHOD = "spans-ibcc"
HEADS = "spans-heads"
FEW = 30
"""Disputed pieces below which nothing is concluded of people."""
TIED = 0.499999
"""What a coin would get right is not enough for any verdict."""
IN, OUT = "in", "out"

Marked = tuple[str, int, int]
"""Label, start, end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of one task's text, for one label, and who says what of it."""

    task: str
    label: str
    start: int
    end: int
    said: tuple[tuple[str, bool], ...]

    @property
    def name(self) -> str:
        """What tells it from every other piece."""
        return f"{self.task}\0{self.label}\0{self.start}"

    @property
    def disputed(self) -> bool:
        """Whether people differ."""
        return len({inside for _, inside in self.said}) > 1


def pieces(
    votes: Sequence[tuple[str, str, str]], lengths: Mapping[str, int]
) -> dict[str, list[Piece]]:
    """By task, the pieces of its text for every label that somebody used on it, in order.

    Args:
        votes: (task, annotator, value); values are canonical spans.
        lengths: of the texts, by task.
    """
    by_task: dict[str, list[tuple[str, list[Marked]]]] = {}
    for task, who, value in votes:
        by_task.setdefault(task, []).append((who, spans.parse(value)))
    found: dict[str, list[Piece]] = {}
    for task, given in by_task.items():
        labels = sorted({label for _, marked in given for label, _, _ in marked})
        found[task] = [
            piece for label in labels for piece in _cut(task, label, given, lengths.get(task, 0))
        ]
    return found


def _cut(
    task: str, label: str, given: list[tuple[str, list[Marked]]], length: int
) -> Iterator[Piece]:
    marked = [(who, [(a, b) for name, a, b in spans if name == label]) for who, spans in given]
    edges = {0, length, *(at for _, places in marked for place in places for at in place)}
    for start, end in pairwise(sorted(edges)):
        said = [(who, any(a <= start and end <= b for a, b in places)) for who, places in marked]
        yield Piece(task=task, label=label, start=start, end=end, said=tuple(said))


def fit(votes: Sequence[tuple[str, str, str]], lengths: Mapping[str, int]) -> Judgement:
    """Judge named votes (task, annotator, value); none at all gives an empty judgement.

    Args:
        votes: values are canonical spans, ``0-5:person``, or ``none``.
        lengths: of the texts in characters, by task.
    """
    if not votes:
        return EMPTY
    cut = pieces(votes, lengths)
    ballots = [
        (piece.name, who, IN if inside else OUT)
        for every in cut.values()
        for piece in every
        for who, inside in piece.said
    ]
    few = sum(piece.disputed for every in cut.values() for piece in every) < FEW
    judged = closed.fit(ballots, method="majority" if few else "ibcc")
    posterior: dict[str, dict[str, float]] = {}
    nearest: dict[str, str] = {}
    majority: dict[str, dict[str, float]] = {}
    estimates: dict[str, tuple[Estimate, ...]] = {}
    answers: dict[str, list[str]] = {}
    for task, _, value in votes:
        answers.setdefault(task, []).append(value)
    for task, every in cut.items():
        chance = {
            piece.name: _heads(piece) if few else _inside(judged.posterior[piece.name])
            for piece in every
        }
        found = _join(every, chance)
        value = write([marked for marked, _ in found])
        posterior[task] = {value: _sure(every, chance, answers[task])}
        nearest[task] = min((-spans.overlap(given, value), given) for given in answers[task])[1]
        shares = {p.name: sum(i for _, i in p.said) / len(p.said) for p in every}
        majority[task] = {write([marked for marked, _ in _join(every, shares)]): 1.0}
        estimates[task] = tuple(_figure(marked, held) for marked, held in found)
    return Judgement(
        posterior=posterior, majority=majority, annotators=judged.annotators,
        method=HEADS if few else METHOD,
        nearest=nearest, estimates=estimates,
    )  # fmt: skip


def write(marked: Sequence[Marked]) -> str:
    """Spans as canonical text."""
    order = sorted((start, end, label) for label, start, end in marked)
    return " ".join(f"{start}-{end}:{label}" for start, end, label in order) or spans.NONE


def _inside(posterior: Mapping[str, float]) -> float:
    """The chance of ``IN``; a class that nobody gave a piece is missing from its posterior."""
    return posterior[IN] if IN in posterior else 1 - posterior[OUT]


def _heads(piece: Piece) -> float:
    """The share of those who say ``IN``, with half a vote for either side."""
    return (sum(inside for _, inside in piece.said) + 0.5) / (len(piece.said) + 1)


def _join(
    every: Sequence[Piece], chance: Mapping[str, float]
) -> list[tuple[Marked, list[tuple[int, float]]]]:
    """Spans of pieces that are in, with the length and chance of each piece."""
    found: list[tuple[Marked, list[tuple[int, float]]]] = []
    for piece in every:
        inside = chance[piece.name]
        if inside <= 0.5:
            continue
        part = (piece.end - piece.start, inside)
        if found and found[-1][0][0] == piece.label and found[-1][0][2] == piece.start:
            (label, start, _), parts = found[-1]
            found[-1] = ((label, start, piece.end), [*parts, part])
        else:
            found.append(((piece.label, piece.start, piece.end), [part]))
    return found


def _sure(every: Sequence[Piece], chance: Mapping[str, float], answers: Sequence[str]) -> float:
    if not every:  # nobody marked anything: as sure as heads can make it
        return (len(answers) + 1) / (len(answers) + 2)
    right = {piece.name: max(chance[piece.name], 1 - chance[piece.name]) for piece in every}
    disputed = prod(right[piece.name] for piece in every if piece.disputed)
    agreed = min((right[piece.name] for piece in every if not piece.disputed), default=1.0)
    tied = any(chance <= 0.5 + 1e-9 for chance in right.values())
    return min(disputed, agreed, TIED if tied else 1.0)


def _figure(marked: Marked, parts: list[tuple[int, float]]) -> Estimate:
    """The mean chance of a span's characters, with the least and the greatest."""
    length = sum(size for size, _ in parts)
    mean = sum(size * inside for size, inside in parts) / length
    low, high = (six(end(inside for _, inside in parts)) for end in (min, max))
    return Estimate(name=write([marked]), value=six(mean), low=low, high=high)

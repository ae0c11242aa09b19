"""The columns that rows of measuring, scoring, ordering and marking kinds have beside the others.

``scores`` hold the chosen answer's levels (``side`` says of which response, in a comparison),
``ranked`` the items' texts, the best first, ``spans`` the marked stretches with their words, and
``estimates`` what the verdict rests on, with intervals. Other kinds do not have these columns.
"""

from __future__ import annotations

from typing import Any

from qinglan.records import (
    Answer,
    ComparisonAnswer,
    Kind,
    NumberAnswer,
    RankingAnswer,
    RubricAnswer,
    Score,
    Span,
    SpansAnswer,
    Task,
    Verdict,
)

Judged = NumberAnswer | RubricAnswer | RankingAnswer | ComparisonAnswer | SpansAnswer

KINDS = frozenset({Kind.NUMBER, Kind.RUBRIC, Kind.RANKING, Kind.COMPARISON, Kind.SPANS})


def columns(task: Task, answer: Answer, verdict: Verdict) -> dict[str, Any]:
    """The columns of one row; none for other kinds."""
    if task.kind not in KINDS:
        return {}
    scores: list[dict[str, object]] = []
    ranked: list[str] = []
    spans: list[dict[str, object]] = []
    match answer:
        case RubricAnswer(scores=given):
            scores = [_score(one, None) for one in given]
        case ComparisonAnswer(left=left, right=right):
            scores = [_score(one, "left") for one in left] + [_score(one, "right") for one in right]
        case RankingAnswer(order=order):
            ranked = [task.options[number - 1] for number in order]
        case SpansAnswer(spans=marked):
            spans = [
                {"start": one.start, "end": one.end, "label": one.label,
                 "text": task.options[0][one.start : one.end]}
                for one in marked
            ]  # fmt: skip
    return {
        "scores": scores, "ranked": ranked, "spans": spans,
        "estimates": [one.model_dump() for one in verdict.estimates],
    }  # fmt: skip


def flat(answer: Judged) -> dict[str, str | None]:
    """``answer`` in one text, and the words that go with it."""
    because = None if isinstance(answer, (NumberAnswer, SpansAnswer)) else answer.because
    return {"answer": _text(answer), "because": because}


def restored(data: dict[str, Any]) -> Judged:
    """The answer that a data row holds.

    Raises:
        ValueError, KeyError, TypeError: it holds none.
    """
    because = {"because": data["because"]}
    match Kind(data["kind"]):
        case Kind.NUMBER:
            return NumberAnswer(value=data["answer"])
        case Kind.RUBRIC:
            return RubricAnswer(scores=_scores(data, None), **because)
        case Kind.RANKING:
            order = tuple(int(number) for number in data["answer"].split(">"))
            return RankingAnswer(order=order, **because)
        case Kind.COMPARISON:
            left, right = _scores(data, "left"), _scores(data, "right")
            return ComparisonAnswer(winner=data["answer"], left=left, right=right, **because)
        case Kind.SPANS:
            parts = [{n: one[n] for n in ("start", "end", "label")} for one in data["spans"]]
            return SpansAnswer(spans=tuple(Span(**one) for one in parts))
        case kind:
            raise ValueError(f"no answer of kind {kind}")


def _text(answer: Judged) -> str:
    match answer:
        case NumberAnswer(value=value):
            return value
        case RubricAnswer(scores=scores):
            return " ".join(f"{one.criterion}={one.score}" for one in scores)
        case RankingAnswer(order=order):
            return ">".join(map(str, order))
        case ComparisonAnswer(winner=winner):
            return winner
        case SpansAnswer(spans=spans):
            return " ".join(f"{one.start}-{one.end}:{one.label}" for one in spans) or "none"


def _score(score: Score, side: str | None) -> dict[str, object]:
    return {"criterion": score.criterion, "side": side, "score": score.score}


def _scores(data: dict[str, Any], side: str | None) -> tuple[Score, ...]:
    return tuple(
        Score(criterion=one["criterion"], score=one["score"])
        for one in data["scores"]
        if one["side"] == side
    )

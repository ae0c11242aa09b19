"""A judge's order against people's, of a file of votes: what ``rank --judge`` prints."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from qinglan.errors import InputError, UsageError
from qinglan.intervals import Interval
from qinglan.quality.judges import Comparison, compare
from qinglan.quality.pairwise import Standings
from qinglan.quality.reports import Json, alarm_key, three
from qinglan.quality.tables import VOTES, Place, read_votes


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class JudgeReport:
    """A judge beside all others; ``items`` are names by the file's codes."""

    name: str
    items: list[str]
    comparison: Comparison

    def to_json(self) -> dict[str, Json]:
        """The machine-readable form: items from the others' strongest to their weakest."""
        found = self.comparison
        own, known = np.argsort(found.judge.order), set(found.items.tolist())
        return {
            "judge": self.name,
            "kendall": _told(found.tau),
            "spearman": _told(found.rho),
            "agreement": _told(found.agreement),
            "agreement_among_others": _told(found.among),
            "pairs": found.pairs,
            "items": [
                {
                    "item": self.items[int(found.items[i])], "rank": place,
                    "judge_rank": int(own[i]) + 1,
                    "others": _score(found.others, i),
                    "judge": _score(found.judge, i),
                }
                for place, i in enumerate(found.others.order.tolist(), start=1)
            ],
            "left_out": [name for i, name in enumerate(self.items) if i not in known],
            "alarms": [] if found.connected else [alarm_key("unconnected")],
        }  # fmt: skip


def _score(found: Standings, i: int) -> dict[str, Json]:
    return three(side[i] for side in (found.scores, found.low, found.high))


def _told(found: Interval) -> dict[str, Json]:
    if found.estimate is None:
        return {"score": None, "low": found.low, "high": found.high}
    return three((found.estimate, found.low, found.high))


def judge_file(
    votes: Place, judge: str, *, level: float = 0.95, draws: int = 400, seed: int = 0
) -> JudgeReport:
    """Compare one annotator of a file of votes with all others; see ``judges.compare``.

    Raises:
        InputError, RowError, LimitError: see ``tables`` and ``judges``; no column of annotators.
        UsageError: the file has no vote of the judge, or none of anybody else.
    """
    table = read_votes(votes)
    if table.annotators is None or table.annotator is None:
        raise InputError(
            "quality.no_column", file=os.fspath(votes), column="annotator | worker",
            found=", ".join(VOTES),
        )  # fmt: skip
    others = [name for name in table.annotators if name != judge]
    if len(others) != len(table.annotators) - 1 or not others:
        raise UsageError("quality.no_judge", judge=judge, file=os.fspath(votes))
    own = table.annotator == table.annotators.index(judge)
    found = compare(
        table.left, table.right, table.outcome, own, level=level, draws=draws, seed=seed
    )
    return JudgeReport(name=judge, items=table.items, comparison=found)

"""How gold comes to an annotator: a calibration batch first, then the seldomer the more is known.

The rate after the calibration is

    floor + (start − floor) · P(share of right answers < aim)

with the posterior of ``trust`` and ``start`` the rule of the desk: it falls by itself as good
answers gather, rises as soon as they do not, and stays at the start for whoever may be below the
aim. A drift puts it back at the start. Nobody is removed: who is surely below the least mark is
paused, is told why, and may appeal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from qinglan.assignment.trust import LEVEL, Trust, find_drift, too_poor
from qinglan.work import Marks

CALIBRATING = 500
"""Gold tasks in a thousand during the calibration batch: as dense as can be hidden."""


class Stage(StrEnum):
    """How far somebody has come in real work."""

    CALIBRATION = "calibration"
    PROBATION = "probation"
    """It is not sure yet that they are above the least mark."""
    TRUSTED = "trusted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What their gold answers say now."""

    stage: Stage
    trust: Trust
    gold_per_mille: int
    too_poor: bool
    drift: int | None
    """The gold answer, from 0, at which a fall became plain."""


def review(outcomes: Sequence[bool | None], marks: Marks, start: int) -> Review:
    """Judge gold answers in their order; ``start`` is the desk's gold rate in thousandths."""
    trust = Trust.of(outcomes)
    drift = find_drift(outcomes)
    least, aim = marks.least / 1000, marks.aim / 1000
    stage = Stage.PROBATION
    if trust.decided < marks.calibration:
        stage = Stage.CALIBRATION
    elif trust.below(least) < (1 - LEVEL) / 2:
        stage = Stage.TRUSTED
    rate = max(start, CALIBRATING) if start and stage is Stage.CALIBRATION else start
    if stage is not Stage.CALIBRATION and drift is None:
        floor = min(marks.floor, start)
        rate = floor + round((start - floor) * trust.below(aim))
    return Review(
        stage=stage, trust=trust, gold_per_mille=rate, too_poor=too_poor(trust, least), drift=drift
    )

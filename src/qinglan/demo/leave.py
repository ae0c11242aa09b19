"""By whose leave the demo's models train: where each kind of its material comes from.

Everything is the project's own or simulated, and the gate is asked all the same, in memory as in
a workspace: no path of ours leads to a training past it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from qinglan import policy
from qinglan.policy import Permit
from qinglan.records import Origin, Purpose

EXPERT, TEACHER, OWN = "simulated expert", "teacher", "own"
TEACHER_FAMILY = "qinglan-demo-teacher"
RULES = Path(__file__).with_name("policy.toml")
"""The terms of the demo's teacher, as a workspace adds them to the registry."""
ORIGINS = {
    OWN: Origin(source="arithmetic-generator", channel="own", licence="Apache-2.0"),
    TEACHER: Origin(
        source="teacher-answers", channel="weights", family=TEACHER_FAMILY, licence="Apache-2.0"
    ),
    EXPERT: Origin(source="simulated-experts", channel="simulated"),
}  # fmt: skip


def ask_gate(givers: Iterable[str]) -> Permit:
    """Leave, as of today, to train on questions of our own with answers by ``givers``."""
    return policy.judge(
        {ORIGINS[giver] for giver in (OWN, *givers)},
        Purpose.TRAINING,
        today=datetime.now(UTC).date(),
        registry=policy.load(RULES),
    )

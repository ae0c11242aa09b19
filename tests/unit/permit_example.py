"""Permits for tests: the gate is asked, for material of our own."""

from datetime import date

from qinglan import policy
from qinglan.policy import Permit
from qinglan.records import Origin, Purpose

OWN = Origin(source="own", channel="own")
SIMULATED = Origin(source="simulated", channel="simulated")


def permit(
    *origins: Origin, purpose: Purpose = Purpose.TRAINING, today: date = date(2026, 11, 30)
) -> Permit:
    return policy.judge(origins or (OWN,), purpose, today=today, registry=policy.load())

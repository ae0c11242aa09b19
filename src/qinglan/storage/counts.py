"""How much stands where on the line: the numbers that must add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from qinglan.records import Outcome, Reason
from qinglan.storage import tallies


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Counts of one project. Verdicts are the current ones; annotations include revised ones."""

    samples: int
    """Distinct samples that the project's tasks use."""
    tasks: int
    keys: int
    annotators: int
    annotations: int
    superseded: int
    checks: Mapping[Outcome, int]
    """Every outcome is there, 0 where none."""
    accepted: int
    verdicts_set_aside: Mapping[Reason, int]
    releases: int
    set_aside: Mapping[tuple[str, Reason], int]


def line(connection: Connection, project: str) -> Line:
    """The counts of ``project`` (its id), from a few rows whatever its size."""
    found = tallies.read(connection, project)

    def below(name: str) -> dict[str, int]:
        """The counts whose name begins with ``name`` and a dot, by the rest."""
        start = f"{name}."
        return {key.removeprefix(start): n for key, n in found.items() if key.startswith(start)}

    verdicts, aside = below("verdicts"), {}
    for key, n in sorted(below("aside").items()):
        stage, _, reason = key.partition(".")
        if n:
            aside[stage, Reason(reason)] = n
    checks = below("checks")
    return Line(
        samples=found.get("samples", 0),
        tasks=found.get("tasks", 0),
        keys=found.get("keys", 0),
        annotators=found.get("annotators", 0),
        annotations=found.get("annotations", 0),
        superseded=found.get("superseded", 0),
        checks={outcome: checks.get(outcome.value, 0) for outcome in Outcome},
        accepted=verdicts.pop(tallies.ACCEPTED, 0),
        verdicts_set_aside={Reason(reason): n for reason, n in sorted(verdicts.items()) if n},
        releases=found.get("releases", 0),
        set_aside=aside,
    )


def answers_by_verb(connection: Connection, project: str) -> dict[str, int]:
    """How many annotations of ``project`` (its id) each verb made."""
    start = tallies.made_by("")
    found = tallies.read(connection, project).items()
    return {name.removeprefix(start): n for name, n in found if name.startswith(start) and n}

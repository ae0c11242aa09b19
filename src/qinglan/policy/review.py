"""Looking at an old permit again: have the terms lapsed since?

A release made under valid terms stays what it was, and still verifies. Whoever uses it today
wants to know whether the terms would be read the same way now.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import rfc8785
from pydantic import ValidationError

from qinglan import wording
from qinglan.errors import IntegrityError
from qinglan.policy.gate import explain
from qinglan.policy.permit import FORMAT, PermitBody
from qinglan.policy.registry import Registry
from qinglan.records import Origin

_MAX_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Lapse:
    """One origin whose terms no longer permit what they permitted."""

    origin: Origin
    since: Literal["expired", "withdrawn"]
    """``expired``: the reading it was judged by has ended. ``withdrawn``: today's rules refuse."""
    rules: tuple[str, ...]
    expires: date | None

    def say(self, language: wording.Language | None = None) -> str:
        """The lapse in one line."""
        return wording.say(
            f"policy.lapse.{self.since}",
            language,
            source="".join(c if c.isprintable() else " " for c in self.origin.source)[:120],
            rules=", ".join(self.rules) or "–",
            expires=self.expires or "–",
        )


def review(permit: bytes, *, today: date, registry: Registry) -> tuple[Lapse, ...]:
    """Which of a permit's origins would not be permitted on ``today``.

    Args:
        permit: the bytes of ``permit.json`` from a release.
        today: the day to judge by.
        registry: the rules to judge by.

    Raises:
        IntegrityError: ``permit`` is not a permit as this program writes them.
    """
    body = read(permit)
    lapses = []
    now = {
        decision.origin: decision
        for decision in explain(
            (d.origin for d in body.decisions), body.purpose, today=today, registry=registry
        )
    }
    for then in body.decisions:
        again = now[then.origin]
        if again.ruling.permits:
            continue
        lapsed = then.expires is not None and today > then.expires
        since: Literal["expired", "withdrawn"] = (
            "expired" if lapsed and again.ruling.value == "expired" else "withdrawn"
        )
        lapses.append(Lapse(then.origin, since, again.rules or then.rules, again.expires))
    return tuple(lapses)


def read(permit: bytes) -> PermitBody:
    """What a ``permit.json`` says. It gives no right to anything; only the gate does.

    Raises:
        IntegrityError: it is not canonical, or not a permit.
    """
    try:
        if len(permit) > _MAX_BYTES:
            raise ValueError("too large")
        value: Any = json.loads(permit)
        if rfc8785.dumps(value) != permit:
            raise ValueError("not canonical JSON")
        body = PermitBody.model_validate_json(permit)
    except (ValueError, ValidationError, RecursionError, rfc8785.CanonicalizationError) as error:
        why = str(error).splitlines()[0]
        raise IntegrityError("policy.permit_unreadable", why=why) from error
    if body.format != FORMAT:
        raise IntegrityError("policy.permit_unreadable", why=f"format {body.format[:40]!r}")
    if any(not decision.ruling.permits for decision in body.decisions):
        raise IntegrityError("policy.permit_unreadable", why="a decision in it is a refusal")
    return body

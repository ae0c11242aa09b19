"""Taking stock of an annotator when their next task is chosen: how they fared, what that means.

Not a verb. Each answer is held against gold by the same statements whether it is gold or not, and
the reading that decides is done for each as well; so what came before cannot be told from how
long a request takes.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from qinglan import assignment
from qinglan.kinds import canonical, canonical_key, near
from qinglan.records import Answer, Kind, Outcome
from qinglan.storage import outcomes
from qinglan.storage.seats import Seat
from qinglan.verifiers import for_kind

_NO_KEY = "0"
"""Read in place of a key where there is none, so that reading takes as long."""


def take(conn: Connection, seat: Seat) -> tuple[Seat, assignment.Review | None]:
    """Hold what is new of the holder of ``seat`` (locked) against gold.

    Returns:
        The seat, to be kept by whoever chooses; and what all their gold answers say, ``None``
        where the project judges nobody.
    """
    if seat.marks is None:
        return seat, None
    seen = seat.seen
    for answer in outcomes.fresh(conn, seat.annotator, seat.seen):
        key = _NO_KEY if answer.key is None else answer.key
        outcomes.keep(conn, answer, score(answer.kind, answer.options, answer.answer, key))
        seen = max(seen, answer.moved)
    fared = outcomes.all(conn, seat.annotator, seat.since)
    found = assignment.review(fared, seat.marks, seat.rules.gold_per_mille)
    return replace(seat, seen=seen), found


def score(kind: Kind, options: tuple[str, ...], answer: Answer, key: str) -> bool | None:
    """Whether ``answer`` is what ``key`` says; ``None`` where either cannot be read."""
    verifier = for_kind(kind)
    if verifier is not None:
        found = verifier.check(answer, key, kind, options).outcome
        return None if found is Outcome.UNDECIDED else found is Outcome.VERIFIED
    said, wanted = canonical(answer, options).value, canonical_key(kind, options, key).value
    return None if said is None or wanted is None else near(kind, options, said, wanted)

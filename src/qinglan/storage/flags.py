"""What somebody should look at, and what was said to it: both are only ever added to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

from sqlalchemy import Connection, Row, func, insert, select

from qinglan.provenance.identity import Json
from qinglan.storage import tables
from qinglan.storage.columns import encode, rebuilds

_FLAG = tables.flags.c
_WORD = tables.flag_words.c

Act: TypeAlias = Literal["appeal", "uphold", "lift", "again"]


class Word(NamedTuple):
    """One thing that was said to a flag, in ``actor``'s words; ms since 1970."""

    what: Act
    actor: str
    words: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One flag, on the annotator (by id), with everything that was said to it in order."""

    id: str
    project: str
    annotator: str
    other: str | None
    """The other of a pair, by id."""
    kind: str
    facts: dict[str, Any]
    at: int
    said: tuple[Word, ...] = ()

    @property
    def decided(self) -> Act | None:
        """The newest decision; an appeal after it leaves it standing until the next."""
        made = [word.what for word in self.said if word.what != "appeal"]
        return made[-1] if made else None

    @property
    def waits(self) -> bool:
        """Somebody has to decide: nothing was said yet, or an appeal came last."""
        return not self.said or self.said[-1].what == "appeal"


def add(connection: Connection, flag: Flag) -> None:
    """Raise ``flag``; what was said to it is added apart."""
    row = {
        "id": flag.id, "project": flag.project, "annotator": flag.annotator, "other": flag.other,
        "kind": flag.kind, "facts": encode(_written(flag.facts)), "at": flag.at,
    }  # fmt: skip
    connection.execute(insert(tables.flags), [row])


def say(connection: Connection, flag: str, word: Word) -> None:
    """Add ``word`` to what was said to ``flag`` (its id)."""
    count = select(func.count()).select_from(tables.flag_words).where(_WORD.flag == flag)
    seq = int(connection.execute(count).scalar_one())
    row = {"flag": flag, "seq": seq, **word._asdict()}
    connection.execute(insert(tables.flag_words), [row])


def get(connection: Connection, id_: str) -> Flag | None:
    """The flag called ``id_``."""
    found = connection.execute(select(*_FLAG).where(_FLAG.id == id_)).one_or_none()
    return None if found is None else _flag(found, _said(connection, [id_]))


def all(connection: Connection, project: str, annotator: str | None = None) -> list[Flag]:
    """The flags of ``project`` (its id), or of one annotator there, newest first."""
    query = select(*_FLAG).where(_FLAG.project == project)
    if annotator is not None:
        query = query.where(_FLAG.annotator == annotator)
    rows = connection.execute(query.order_by(_FLAG.at.desc(), _FLAG.id)).all()
    said = _said(connection, [row.id for row in rows])
    return [_flag(row, said) for row in rows]


def _said(connection: Connection, ids: list[str]) -> dict[str, list[Word]]:
    found: dict[str, list[Word]] = {}
    for start in range(0, len(ids), 500):
        query = select(*_WORD).where(_WORD.flag.in_(ids[start : start + 500]))
        for row in connection.execute(query.order_by(_WORD.flag, _WORD.seq)):
            found.setdefault(row.flag, []).append(Word(row.what, row.actor, row.words, row.at))
    return found


def _written(facts: dict[str, Any]) -> dict[str, Json]:
    """Facts as canonical JSON takes them: fractions as text of six digits."""
    return {
        name: f"{value:.6g}" if isinstance(value, float) else value for name, value in facts.items()
    }


@rebuilds("flags")
def _flag(row: Row[Any], said: dict[str, list[Word]]) -> Flag:
    return Flag(
        id=row.id, project=row.project, annotator=row.annotator, other=row.other, kind=row.kind,
        facts=json.loads(row.facts), at=row.at, said=tuple(said.get(row.id, ())),
    )  # fmt: skip

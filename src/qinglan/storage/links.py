"""Provenance edges: which outputs were made of which inputs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from qinglan.provenance.identity import commitment
from qinglan.records import Link
from qinglan.storage import tables
from qinglan.storage.columns import batches, decode_words, encode, rebuilds
from qinglan.storage.dialects import insert_new

_LINK = tables.links.c


def add(connection: Connection, links: Iterable[Link]) -> int:
    """Store ``links``; each names its activity. Returns how many were new."""
    new = 0
    for batch in batches(links):
        rows = [
            {
                "commitment": commitment(link),
                "output": link.output,
                "inputs": encode(link.inputs),
                "activity": link.activity,
            }
            for link in batch
        ]
        new += insert_new(connection, tables.links, rows)
    return new


def of_output(connection: Connection, output: str) -> list[Link]:
    """The links that say what ``output`` was made of."""
    query = select(*_LINK).where(_LINK.output == output).order_by(_LINK.commitment)
    return [_link(row) for row in connection.execute(query)]


def releases_behind(connection: Connection, run: str) -> set[str]:
    """The releases that ``run`` learned from, by way of the runs it went on from."""
    found: set[str] = set()
    runs = [run]
    for one in runs:
        for edge in of_output(connection, one):
            found |= {made for made in edge.inputs if made.startswith("rel_")}
            runs += [made for made in edge.inputs if made.startswith("run_") and made not in runs]
    return found


def resting_on(connection: Connection, inputs: Iterable[str]) -> set[str]:
    """Everything that was made of one of ``inputs``, directly or by way of others."""
    found: set[str] = set()
    wanted = list(inputs)
    while wanted:
        named = _LINK.inputs.contains(f'"{wanted.pop()}"', autoescape=True)
        fresh = set(connection.execute(select(_LINK.output).where(named)).scalars()) - found
        found |= fresh
        wanted += fresh
    return found


@rebuilds("links")
def _link(row: Row[Any]) -> Link:
    inputs = tuple(decode_words(row.inputs))
    return Link(output=row.output, inputs=inputs, activity=row.activity)

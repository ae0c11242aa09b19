"""How an engine runs what is asked of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, event, text


def plans(conn: Connection, do: Callable[[Connection], object]) -> list[str]:
    """The plan of each SELECT that ``do`` sends. PostgreSQL would scan what is one page: it may
    not.
    """
    found: list[str] = []
    sqlite = conn.dialect.name == "sqlite"
    if not sqlite:
        conn.execute(text("SET LOCAL enable_seqscan = off"))

    def explain(conn: Any, cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if not statement.startswith("SELECT"):
            return
        with closing(conn.connection.driver_connection.cursor()) as own:
            how = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
            lines = own.execute(f"{how} {statement}", values).fetchall()
        found.append("\n".join(str(line[-1]) for line in lines))

    event.listen(conn, "before_cursor_execute", explain)
    do(conn)
    event.remove(conn, "before_cursor_execute", explain)
    return found


def scans(plan: str) -> list[str]:
    """The lines of ``plan`` that read a table from end to end, not through an index."""
    lines = [line.strip(" ->") for line in plan.splitlines()]
    found = [line for line in lines if line.startswith(("SCAN ", "Seq Scan"))]
    return [line for line in found if "json_each" not in line and "INDEX" not in line]

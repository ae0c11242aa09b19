"""``trace`` and ``report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qinglan.cli.terminal import JsonOption, WorkspaceOption, actor, out, show_json
from qinglan.wording import say


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    app.command("trace", help=say("cli.trace"))(trace)
    app.command("report", help=say("cli.report"))(report)


def trace(
    record: Annotated[str, typer.Argument(metavar="ID", help=say("cli.trace.id"))],
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Walk a record back to its sources."""
    from qinglan.flow.context import open_context
    from qinglan.flow.trace import trace as verb

    with open_context(workspace) as context:
        node = verb(context, actor(), record)
    if as_json:
        show_json(node.to_json())
        return
    for depth, text in node.walk():
        out.print("  " * depth + text)


def report(
    project: Annotated[str, typer.Argument(help=say("cli.verify.project"))],
    target: Annotated[Path, typer.Option("--out", help=say("cli.report.out"))] = Path(
        "report.html"
    ),
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Write the report."""
    from qinglan.flow.context import open_context
    from qinglan.flow.report import write_report

    with open_context(workspace) as context:
        file = write_report(context, actor(), project, target)
    if as_json:
        show_json({"report": str(file)})
    else:
        out.print(say("cli.report.done", file=file))

"""What keeps a workspace: ``history export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qinglan.cli.terminal import JsonOption, WorkspaceOption, actor, out, show_json
from qinglan.wording import say


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    telling = typer.Typer(help=say("cli.history"), no_args_is_help=True)
    telling.command("export", help=say("cli.history.export"))(export)
    app.add_typer(telling, name="history")


def export(
    project: Annotated[str, typer.Argument(help=say("cli.verify.project"))],
    file: Annotated[Path, typer.Argument(help=say("cli.history.file"))],
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Write a project's history to a file."""
    from qinglan.flow.context import open_context
    from qinglan.flow.history import export_history

    with open_context(workspace) as context:
        entries = export_history(context, actor(), project, file)
    if as_json:
        show_json({"file": str(file), "project": project, "entries": entries})
    else:
        out.print(say("cli.history.done", file=file, entries=entries))

"""``scheme``: what a project's labels and criteria are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qinglan.cli.terminal import JsonOption, WorkspaceOption, actor, out, show_json
from qinglan.wording import say

ProjectArgument = Annotated[str, typer.Argument(help=say("cli.verify.project"))]


def register(app: typer.Typer) -> None:
    """Add this module's command to the tree."""
    app.command("scheme", help=say("cli.scheme"))(scheme)


def scheme(
    project: ProjectArgument,
    file: Annotated[Path | None, typer.Argument(help=say("cli.scheme.file"))] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Set the scheme from a file, or show the one there is."""
    from qinglan.flow import scheme as verbs
    from qinglan.flow.context import open_context
    from qinglan.kinds.scheme import write

    with open_context(workspace) as context:
        if file is not None:
            verbs.set_scheme(context, actor(), project, verbs.read_file(file))
        version, found = verbs.show_scheme(context, actor(), project)
    if as_json:
        show_json({"project": project, "version": version, **found.model_dump(mode="json")})
    elif file is not None:
        out.print(say("cli.scheme.done", project=project, version=version))
    else:
        typer.echo(write(found), nl=False)

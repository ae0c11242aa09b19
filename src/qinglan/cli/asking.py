"""``asking``: whom to ask next."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qinglan.cli.terminal import JsonOption, WorkspaceOption, actor, out, show_json
from qinglan.wording import say

ProjectArgument = Annotated[str, typer.Argument(help=say("cli.verify.project"))]


def register(app: typer.Typer) -> None:
    """Add this module's command to the tree."""
    app.command("asking", help=say("cli.asking"))(asking)


def asking(
    project: ProjectArgument,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show whom to ask next."""
    from dataclasses import asdict

    from qinglan.flow import asking as verbs
    from qinglan.flow.context import open_context

    with open_context(workspace) as context:
        found = verbs.whom(context, actor(), project)
    if as_json:
        show_json(None if found is None else asdict(found))
        return
    if found is None or not found.parts:
        out.print(say("cli.asking.not_yet", project=project))
        return
    for part in found.parts:
        line = say(
            "cli.asking.part", skill=part.skill or "—", language=part.language or "",
            doubtful=part.doubtful, tasks=part.tasks,
        )  # fmt: skip
        out.print(line, markup=False)
        for one in part.people:
            if one.right is None or one.mended is None or one.told is None:
                out.print(say("cli.asking.unknown", name=one.name), markup=False)
                continue
            line = say(
                "cli.asking.known", name=one.name, right=f"{100 * one.right.value:.0f}",
                right_low=f"{100 * one.right.low:.0f}", right_high=f"{100 * one.right.high:.0f}",
                mended=f"{100 * one.mended.value:.1f}", low=f"{100 * one.mended.low:.1f}",
                high=f"{100 * one.mended.high:.1f}", told=f"{one.told.value:.2f}",
            )  # fmt: skip
            out.print(line, markup=False)

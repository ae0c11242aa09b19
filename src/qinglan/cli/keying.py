"""``keys``: items are answered blind, and a key that may be wrong is disputed and decided.

``contest`` stands here too: written texts are compared blind, as written questions are answered.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qinglan.cli.terminal import JsonOption, WorkspaceOption, actor, out, show_json
from qinglan.wording import catalogue, say

ProjectArgument = Annotated[str, typer.Argument(help=say("cli.verify.project"))]
TaskArgument = Annotated[str, typer.Argument(help=say("cli.keys.task"))]
WhyOption = Annotated[str, typer.Option("--why", help=say("cli.keys.why"))]


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    group = typer.Typer(help=say("cli.keys"), no_args_is_help=True)
    group.command("pose", help=say("cli.keys.pose"))(pose)
    group.command("list", help=say("cli.keys.list"))(disputed)
    group.command("dispute", help=say("cli.keys.dispute"))(dispute)
    group.command("decide", help=say("cli.keys.decide"))(decide)
    app.add_typer(group, name="keys")
    app.command("contest", help=say("cli.contest"))(contest)


def pose(
    project: ProjectArgument,
    into: Annotated[str, typer.Option(help=say("cli.keys.into"))],
    need: Annotated[int, typer.Option(help=say("cli.keys.need"))] = 2,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Let others answer the items of a project."""
    from qinglan.flow import load, posing
    from qinglan.flow.context import open_context
    from qinglan.records import Kind

    with open_context(workspace) as context:
        load.make_project(context, actor(), into, Kind.FREE)
        done = posing.pose(context, actor(), project, into, need=need)
    if as_json:
        show_json(asdict(done))
    else:
        out.print(say("cli.keys.posed", new=done.new, into=done.into, there=done.there))


def contest(
    project: ProjectArgument,
    into: Annotated[str, typer.Option(help=say("cli.contest.into"))],
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Let others compare the written texts of a project."""
    from qinglan.flow import contesting, load
    from qinglan.flow.context import open_context
    from qinglan.flow.status import status
    from qinglan.records import Kind

    with open_context(workspace) as context:
        if into not in {line.project for line in status(context, actor())}:
            asked = catalogue()["flow.contest_guideline"]
            load.make_project(context, actor(), into, Kind.PREFERENCE, en=asked.en, zh=asked.zh)
        done = contesting.contest(context, actor(), project, into)
    if as_json:
        show_json(asdict(done))
    else:
        out.print(say("cli.contest.done", **asdict(done)))


def disputed(
    project: ProjectArgument, workspace: WorkspaceOption = Path(), as_json: JsonOption = False
) -> None:
    """Show the disputed keys."""
    from qinglan.flow import disputing
    from qinglan.flow.context import open_context

    with open_context(workspace) as context:
        found = disputing.disputed(context, actor(), project)
    if as_json:
        show_json([asdict(one) for one in found])
        return
    for one in found:
        out.print(say("cli.keys.line", task=one.task, key=one.key, words=one.words))
    if not found:
        out.print(say("cli.keys.none"))


def dispute(
    project: ProjectArgument, task: TaskArgument, why: WhyOption,
    workspace: WorkspaceOption = Path(),
) -> None:  # fmt: skip
    """Say that a key is wrong."""
    from qinglan.flow import disputing
    from qinglan.flow.context import open_context

    with open_context(workspace) as context:
        disputing.dispute(context, actor(), project, task, why)
    out.print(say("cli.keys.disputed", task=task))


def decide(
    project: ProjectArgument, task: TaskArgument, why: WhyOption,
    key: Annotated[str | None, typer.Option(help=say("cli.keys.key"))] = None,
    workspace: WorkspaceOption = Path(),
) -> None:  # fmt: skip
    """Decide a disputed key."""
    from qinglan.flow import disputing
    from qinglan.flow.context import open_context

    with open_context(workspace) as context:
        disputing.decide(context, actor(), project, task, key=key, words=why)
    out.print(say("cli.keys.decided", task=task))

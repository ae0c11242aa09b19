"""``webhook``: whom to tell when something happens."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qinglan.cli.terminal import JsonOption, WorkspaceOption, actor, out, show_json
from qinglan.wording import say

ProjectArgument = Annotated[str, typer.Argument(help=say("cli.verify.project"))]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help=say("cli.webhook.id"))]


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    group = typer.Typer(help=say("cli.webhook"), no_args_is_help=True)
    group.command("add", help=say("cli.webhook.add"))(add)
    group.command("list", help=say("cli.webhook.list"))(list_)
    group.command("remove", help=say("cli.webhook.remove"))(remove)
    group.command("log", help=say("cli.webhook.log"))(log)
    app.add_typer(group, name="webhook")


def add(
    project: ProjectArgument,
    url: Annotated[str, typer.Argument(help=say("cli.webhook.url"))],
    event: Annotated[list[str] | None, typer.Option(help=say("cli.webhook.event"))] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Add a webhook."""
    from qinglan.flow import webhooks
    from qinglan.flow.context import open_context

    with open_context(workspace) as context:
        hook = webhooks.add(context, actor(), project, url, event or ())
        secret = webhooks.secret(context, actor(), project, hook.id)
    if as_json:
        show_json({"id": hook.id, "events": list(hook.events), "secret": secret})
        return
    out.print(say("cli.webhook.done", id=hook.id, events=", ".join(hook.events)))
    out.print(secret)


def list_(
    project: ProjectArgument, workspace: WorkspaceOption = Path(), as_json: JsonOption = False
) -> None:
    """List webhooks."""
    from qinglan.flow import webhooks
    from qinglan.flow.context import open_context

    with open_context(workspace) as context:
        found = webhooks.every(context, actor(), project)
    if as_json:
        show_json(
            [{"id": one.id, "url": one.url, "events": list(one.events), "ended": one.ended}
             for one in found]
        )  # fmt: skip
        return
    if not found:
        out.print(say("cli.webhook.none"))
    for one in found:
        state = say("cli.webhook.live" if one.ended is None else f"cli.webhook.ended.{one.ended}")
        out.print(f"{one.id}  {state}  {one.url}  {', '.join(one.events)}")


def remove(project: ProjectArgument, id_: IdArgument, workspace: WorkspaceOption = Path()) -> None:
    """End a webhook."""
    from qinglan.flow import webhooks
    from qinglan.flow.context import open_context

    with open_context(workspace) as context:
        webhooks.remove(context, actor(), project, id_)
    out.print(say("cli.webhook.removed", id=id_))


def log(
    project: ProjectArgument,
    id_: IdArgument,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show the last messages."""
    from qinglan.flow import webhooks
    from qinglan.flow.context import open_context
    from qinglan.flow.hands import moment

    with open_context(workspace) as context:
        found = webhooks.log(context, actor(), project, id_).told
    if as_json:
        show_json(
            [{"id": one.delivery.id, "event": one.delivery.event, "state": one.delivery.state,
              "tries": [{"status": each.status, "error": each.error} for each in one.tries]}
             for one in found]
        )  # fmt: skip
        return
    if not found:
        out.print(say("cli.webhook.none"))
    for one in found:
        tries = " ".join(str(each.status or each.error) for each in one.tries)
        made = moment(one.delivery.made).strftime("%Y-%m-%d %H:%M:%S")
        words = (one.delivery.id, made, one.delivery.event, one.delivery.state, tries)
        out.print("  ".join(words).rstrip())

"""``token``: by what programs ask, made, listed and ended."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qinglan.cli.terminal import JsonOption, WorkspaceOption, actor, out, show_json
from qinglan.records import Role
from qinglan.wording import say


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    group = typer.Typer(help=say("cli.token"), no_args_is_help=True)
    group.command("create", help=say("cli.token.create"))(create)
    group.command("list", help=say("cli.token.list"))(list_)
    group.command("revoke", help=say("cli.token.revoke"))(revoke)
    app.add_typer(group, name="token")


def create(
    name: Annotated[str, typer.Argument(help=say("cli.token.name"))],
    role: Annotated[Role | None, typer.Option(help=say("cli.token.role"))] = None,
    scope: Annotated[list[str] | None, typer.Option(help=say("cli.token.scope"))] = None,
    label: Annotated[str, typer.Option(help=say("cli.token.label"))] = "",
    days: Annotated[int, typer.Option(help=say("cli.token.days"))] = 90,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Make a token."""
    from qinglan.flow import tokens
    from qinglan.flow.context import open_context

    scopes = None if not scope else [tokens.scope_named(word) for word in scope]
    with open_context(workspace) as context:
        made = tokens.create(
            context, actor(), name, role=role, scopes=scopes, label=label, days=days
        )
    if as_json:
        show_json(
            {"id": made.id, "token": made.token, "name": made.name, "role": made.role.value,
             "scopes": [one.value for one in made.scopes], "until": made.until.isoformat()}
        )  # fmt: skip
        return
    out.print(
        say(
            "cli.token.done", id=made.id, name=made.name, role=made.role.value,
            scopes=", ".join(made.scopes), until=made.until.date().isoformat(),
        )
    )  # fmt: skip
    out.print(made.token)


def list_(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """List all tokens."""
    from qinglan.flow import tokens
    from qinglan.flow.context import open_context

    with open_context(workspace) as context:
        found = tokens.every(context, actor())
    if as_json:
        show_json(
            [{"id": one.id, "name": one.name, "label": one.label, "scopes": list(one.scopes),
              "made": one.made.isoformat(), "until": one.until.isoformat(), "ended": one.ended}
             for one in found]
        )  # fmt: skip
        return
    if not found:
        out.print(say("cli.token.none"))
    for one in found:
        state = say("cli.token.live" if one.ended is None else f"cli.token.ended.{one.ended}")
        words = (one.id, one.name, ",".join(one.scopes), one.until.date().isoformat(), state)
        out.print("  ".join((*words, one.label)).rstrip())


def revoke(
    id_: Annotated[str, typer.Argument(metavar="ID", help=say("cli.token.id"))],
    workspace: WorkspaceOption = Path(),
) -> None:
    """End a token."""
    from qinglan.flow import tokens
    from qinglan.flow.context import open_context

    with open_context(workspace) as context:
        tokens.revoke(context, actor(), id_)
    out.print(say("cli.token.revoked", id=id_))

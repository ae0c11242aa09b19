"""``serve`` and ``invite``: the workbench, and links that let people in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qinglan.cli.terminal import JsonOption, WorkspaceOption, actor, out, show_json
from qinglan.records import Role
from qinglan.wording import say

PORT = 8080

HostOption = Annotated[str, typer.Option(help=say("cli.serve.host"))]
LogOption = Annotated[bool, typer.Option("--log-requests", help=say("cli.serve.log"))]
CoreOption = Annotated[bool, typer.Option("--any-core", help=say("cli.serve.any_core"))]
PortOption = Annotated[int, typer.Option(min=1, max=65_535, help=say("cli.serve.port"))]


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    app.command("serve", help=say("cli.serve"))(serve)
    app.command("invite", help=say("cli.invite"))(invite)


def serve(
    host: HostOption = "127.0.0.1",
    port: PortOption = PORT,
    log_requests: LogOption = False,
    any_core: CoreOption = False,
    workspace: WorkspaceOption = Path(),
) -> None:
    """Run the workbench."""
    from qinglan import elsewhere
    from qinglan.flow import people
    from qinglan.flow.context import open_context
    from qinglan.web.logs import write_lines
    from qinglan.web.serving import serve as run

    elsewhere.prepare()
    if log_requests:
        write_lines()
    with open_context(workspace, serving=True) as context:
        base = f"http://{_in_url(host)}:{port}"
        out.print(say("cli.serve.at", url=base))
        if not people.accounts(context):
            token = people.invite(context, actor(), actor().name, Role.OWNER)
            out.print(say("cli.serve.first", url=f"{base}/invite/{token}"))
        run(context, host, port, any_core=any_core)


def invite(
    name: Annotated[str, typer.Argument(help=say("cli.invite.name"))],
    role: Annotated[Role, typer.Option(help=say("cli.invite.role"))] = Role.ANNOTATOR,
    url: Annotated[str, typer.Option(help=say("cli.invite.url"))] = f"http://127.0.0.1:{PORT}",
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Make a link that lets somebody in."""
    from qinglan.flow import people
    from qinglan.flow.context import open_context

    with open_context(workspace) as context:
        token = people.invite(context, actor(), name, role)
    link = f"{url.rstrip('/')}/invite/{token}"
    if as_json:
        show_json({"name": name, "role": role.value, "link": link})
    else:
        out.print(say("cli.invite.done", name=name, role=role.value, link=link))


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host

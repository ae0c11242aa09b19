"""What keeps a workspace: ``backup``, ``restore``, ``upgrade``, ``history export``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qinglan.cli.terminal import JsonOption, WorkspaceOption, actor, out, show_json
from qinglan.wording import say


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    app.command("backup", help=say("cli.backup"))(backup)
    app.command("restore", help=say("cli.restore"))(restore)
    app.command("upgrade", help=say("cli.upgrade"))(upgrade)
    telling = typer.Typer(help=say("cli.history"), no_args_is_help=True)
    telling.command("export", help=say("cli.history.export"))(export)
    app.add_typer(telling, name="history")


def backup(
    place: Annotated[Path, typer.Argument(metavar="DIR", help=say("cli.backup.place"))],
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Back the workspace up."""
    from qinglan.flow.backup import backup as verb
    from qinglan.flow.context import open_context

    with open_context(workspace) as context:
        done = verb(context, actor(), place)
    if as_json:
        show_json({"backup": str(done.folder), "files": done.files})
    else:
        out.print(say("cli.backup.done", folder=done.folder, files=done.files))


def restore(
    backup: Annotated[Path, typer.Argument(help=say("cli.restore.backup"))],
    folder: Annotated[Path, typer.Argument(help=say("cli.restore.folder"))],
    database: Annotated[str | None, typer.Option(help=say("cli.restore.database"))] = None,
    key: Annotated[Path | None, typer.Option(help=say("cli.restore.key"))] = None,
    as_json: JsonOption = False,
) -> None:
    """Restore a backup."""
    from qinglan.flow.restore import restore as verb

    done = verb(backup, folder, actor(), database=database, key=key)
    if as_json:
        show_json(asdict(done))
        return
    out.print(say("cli.restore.done", folder=done.folder, files=done.files, made=done.made))
    if not done.signer_known:
        out.print(say("cli.restore.signer_unknown"))


def upgrade(
    place: Annotated[Path | None, typer.Option("--backup", help=say("cli.upgrade.place"))] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Upgrade the database."""
    from qinglan.flow.upgrade import upgrade as verb

    done = verb(workspace, actor(), place=place)
    if as_json:
        show_json(asdict(done))
    elif done.backup is None:
        out.print(say("cli.upgrade.nothing", new=done.new))
    else:
        out.print(say("cli.upgrade.done", old=done.old, new=done.new, backup=done.backup))


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

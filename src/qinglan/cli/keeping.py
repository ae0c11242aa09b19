"""What keeps a workspace and takes out of it: ``backup``, ``restore``, ``upgrade``, ``withdraw``,
``export``, ``history``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from qinglan.cli.terminal import JsonOption, WorkspaceOption, actor, out, show_json, watched
from qinglan.wording import say

if TYPE_CHECKING:
    from qinglan.flow.withdraw import Withdrawn


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    app.command("backup", help=say("cli.backup"))(backup)
    app.command("restore", help=say("cli.restore"))(restore)
    app.command("upgrade", help=say("cli.upgrade"))(upgrade)
    app.command("withdraw", help=say("cli.withdraw"))(withdraw)
    app.command("export", help=say("cli.export"))(export_answers)
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
        show_json({"backup": str(done.folder), "files": done.files, "noted": done.noted})
        return
    out.print(say("cli.backup.done", folder=done.folder, files=done.files))
    if not done.noted:
        out.print(say("cli.backup.not_noted", place=place))


def restore(
    backup: Annotated[Path, typer.Argument(help=say("cli.restore.backup"))],
    folder: Annotated[Path, typer.Argument(help=say("cli.restore.folder"))],
    database: Annotated[str | None, typer.Option(help=say("cli.restore.database"))] = None,
    key: Annotated[Path | None, typer.Option(help=say("cli.restore.key"))] = None,
    erasures: Annotated[Path | None, typer.Option(help=say("cli.restore.erasures"))] = None,
    as_json: JsonOption = False,
) -> None:
    """Restore a backup."""
    from qinglan.flow.restore import restore as verb

    done = verb(backup, folder, actor(), database=database, key=key, journal=erasures)
    if as_json:
        show_json(asdict(done))
        return
    out.print(say("cli.restore.done", folder=done.folder, files=done.files, made=done.made))
    if not done.signer_known:
        out.print(say("cli.restore.signer_unknown"))
    if done.newest is not None:
        out.print(say("cli.restore.replayed", replayed=done.replayed, newest=done.newest))
    for name in done.left_out:
        out.print(say("cli.restore.left_out", release=name))


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


def withdraw(
    project: Annotated[str, typer.Argument(help=say("cli.verify.project"))],
    annotator: Annotated[str | None, typer.Option(help=say("cli.withdraw.annotator"))] = None,
    source: Annotated[str | None, typer.Option(help=say("cli.withdraw.source"))] = None,
    yes: Annotated[bool, typer.Option("--yes", help=say("cli.withdraw.yes"))] = False,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Withdraw an annotator's or a source's content."""
    from qinglan.flow.context import open_context
    from qinglan.flow.withdraw import withdraw as verb

    with open_context(workspace) as context:
        done = verb(context, actor(), project, annotator=annotator, source=source, really=yes)
    if as_json:
        show_json(asdict(done))
        return
    for sentence in _told(done):
        out.print(sentence)


def _told(done: Withdrawn) -> Iterator[str]:
    """What a lead must know, one sentence a line."""
    if done.finished:
        yield say("withdraw.finished", count=len(done.finished))
    if done.before is not None:
        yield say("withdraw.before", name=done.name, time=done.before.isoformat())
    yield say("withdraw.done" if done.done else "withdraw.would", name=done.name)
    for name, count in done.counts.items():
        yield f"  {count:>9,}  {say(f'withdrawn.{name}')}"
    if done.shared:
        yield say("withdraw.shared", count=done.shared)
    for release in done.releases:
        yield say("withdraw.release", release=release.folder, rows=release.rows)
    if done.unseen:
        yield say("withdraw.unseen", releases=", ".join(done.unseen))
    if done.models:
        yield say("withdraw.models", ids=", ".join(done.models))
    if done.reports:
        yield say("withdraw.reports", ids=", ".join(done.reports))
    if done.files:
        yield say("withdraw.files", files=", ".join(done.files))
    for file in done.elsewhere:
        yield say("withdraw.elsewhere", file=file)
    for place in done.backups:
        yield say("withdraw.backups", folder=place)
    for place in done.unreached:
        yield say("withdraw.unreached", folder=place)
    if done.log_kept:
        yield say("withdraw.log_kept")
    if done.done:
        yield say("withdraw.medium")
        yield say("withdraw.judge", project=done.project)
    else:
        yield say("withdraw.yes")


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


def export_answers(
    project: Annotated[str, typer.Argument(help=say("cli.verify.project"))],
    file: Annotated[Path, typer.Argument(help=say("cli.export.file"))],
    shape: Annotated[
        Literal["qinglan", "prm800k"], typer.Option("--format", help=say("cli.export.format"))
    ] = "qinglan",
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Write every task with its answers."""
    from qinglan.flow.context import open_context
    from qinglan.flow.export import export_answers as verb

    with open_context(workspace) as context, watched(say("stage.export"), silent=as_json) as bar:
        done = verb(context, actor(), project, file, shape=shape, progress=bar)
    if as_json:
        show_json(asdict(done))
        return
    out.print(say("cli.export.done", file=done.file, tasks=done.tasks, answers=done.answers))

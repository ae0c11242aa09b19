"""``release build``, ``release verify`` and ``release show``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qinglan.cli.terminal import JsonOption, WorkspaceOption, actor, out, show_json, watched
from qinglan.records import Purpose
from qinglan.wording import say

FolderArgument = Annotated[Path, typer.Argument(help=say("cli.release.folder"))]


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    releasing = typer.Typer(help=say("cli.release"), no_args_is_help=True)
    releasing.command("build", help=say("cli.release.build"))(build)
    releasing.command("verify", help=say("cli.release.verify"))(verify)
    releasing.command("show", help=say("cli.release.show"))(show)
    app.add_typer(releasing, name="release")


def build(
    project: Annotated[str, typer.Argument(help=say("cli.verify.project"))],
    name: Annotated[str, typer.Option(help=say("cli.release.name"))],
    purpose: Annotated[Purpose, typer.Option(help=say("cli.release.purpose"))],
    built: Annotated[str | None, typer.Option(help=say("cli.release.built"))] = None,
    dev: Annotated[int | None, typer.Option(help=say("cli.release.dev"))] = None,
    test: Annotated[int | None, typer.Option(help=say("cli.release.test"))] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Build a release."""
    from qinglan.flow.context import open_context
    from qinglan.flow.release import build_release, moment

    with open_context(workspace) as context, watched(say("stage.release"), silent=as_json) as bar:
        release, folder = build_release(
            context, actor(), project, name=name, purpose=purpose,
            built=None if built is None else moment(built), dev=dev, test=test, progress=bar,
        )  # fmt: skip
    if as_json:
        show_json({**release.model_dump(mode="json"), "folder": str(folder)})
    else:
        out.print(say("cli.release.done", name=release.name, rows=release.rows, root=release.root))
        out.print(str(folder))


def verify(
    folder: FolderArgument,
    key: Annotated[Path | None, typer.Option(help=say("cli.release.key"))] = None,
    history: Annotated[Path | None, typer.Option(help=say("cli.release.history"))] = None,
    as_json: JsonOption = False,
) -> int:
    """Check a release; exit code 1 where it does not hold."""
    from qinglan.flow.release import check_release

    found = check_release(folder, key=key, history=history)
    if as_json:
        show_json(found.to_json())
    else:
        for sentence in found.sentences():
            out.print(sentence)
    return 0 if found.ok else 1


def show(folder: FolderArgument, as_json: JsonOption = False) -> None:
    """Show what a release holds."""
    from qinglan.flow.release import show_release

    summary = show_release(folder)
    if as_json:
        show_json(summary.to_json())
    else:
        for sentence in summary.sentences():
            out.print(sentence)

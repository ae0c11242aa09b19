"""``init``, ``doctor`` and ``demo``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qinglan.cli.terminal import JsonOption, WorkspaceOption, actor, out, show_json
from qinglan.wording import say


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    app.command("init", help=say("cli.init"))(init)
    app.command("doctor", help=say("cli.doctor"))(doctor)
    app.command("demo", help=say("cli.demo"))(demo)


def init(
    folder: Annotated[Path, typer.Argument(help=say("cli.init.folder"))] = Path(),
    database: Annotated[str | None, typer.Option(help=say("cli.init.database"))] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a workspace."""
    from qinglan.flow.init import init as verb

    with verb(folder, database=database) as context:
        key = context.signer()
        if as_json:
            show_json({"workspace": str(context.folder), "key": key})
        else:
            out.print(say("cli.init.done", folder=context.folder))
            out.print(say("cli.init.key", key=key))


def doctor(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> int:
    """Check the machine and the workspace; exit code 1 where something is broken."""
    from qinglan.flow.doctor import doctor as verb

    findings = verb(workspace, actor())
    if as_json:
        show_json([{"name": f.name, "ok": f.ok, "detail": f.detail} for f in findings])
    else:
        marks = {True: "✓", False: "✗", None: "–"}
        for finding in findings:
            name = say(f"cli.doctor.{finding.name}")
            out.print(f"{marks[finding.ok]} {name}: {finding.detail}")
    return 1 if any(f.ok is False for f in findings) else 0


def demo(
    folder: Annotated[Path, typer.Option(help=say("cli.demo.folder"))] = Path("demo"),
    seed: Annotated[int, typer.Option(help=say("cli.demo.seed"))] = 7,
    seeds: Annotated[int, typer.Option(min=1, max=1000, help=say("cli.demo.seeds"))] = 1,
    data_only: Annotated[bool, typer.Option("--data-only", help=say("cli.demo.data_only"))] = False,
    as_json: JsonOption = False,
) -> int:
    """Run the whole journey."""
    from qinglan.demo import show

    return show.run(folder, seed=seed, seeds=seeds, data_only=data_only, as_json=as_json)

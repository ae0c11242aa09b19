"""``model verify``: whether a model is what its signed statement says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qinglan.cli.terminal import JsonOption, out, show_json
from qinglan.wording import say


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    models = typer.Typer(help=say("cli.model"), no_args_is_help=True)
    models.callback()(lambda: None)  # one command still has a name of its own
    models.command("verify", help=say("cli.model.verify"))(verify)
    app.add_typer(models, name="model", help=say("cli.model"))


def verify(
    folder: Annotated[Path, typer.Argument(help=say("cli.model.folder"))],
    key: Annotated[Path | None, typer.Option(help=say("cli.release.key"))] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a model; exit code 1 where it does not hold."""
    from qinglan.flow.models import check_model

    found = check_model(folder, key=key)
    if as_json:
        show_json(found.to_json())
        return
    release = found.statement.release
    out.print(say("cli.model.ok", run=found.statement.run, files=len(found.statement.subject)))
    out.print(say("cli.model.release", name=release.name, root=release.digest.root))
    known = "releases.signer_known" if found.signer_known else "releases.signer_unknown"
    out.print(say(known, keyid=found.signer))

"""The command tree, and how it is run."""

from __future__ import annotations

import json
from typing import Annotated

import click
import typer

from qinglan.cli import lines, releasing, showing, starting
from qinglan.cli.terminal import err
from qinglan.wording import say

app = typer.Typer(
    name="qinglan",
    help=say("cli.about"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def root(
    lang: Annotated[str, typer.Option("--lang", help=say("cli.option.lang"))] = "",
    version: Annotated[bool, typer.Option("--version", help=say("cli.option.version"))] = False,
) -> None:
    """Options that stand before any command."""
    if version:
        from importlib import metadata

        typer.echo(f"qinglan {metadata.version('qinglan')}")
        raise typer.Exit


starting.register(app)
lines.register(app)
releasing.register(app)
showing.register(app)


def run(words: list[str]) -> int:
    """Run the command that ``words`` spell; its exit code."""
    words = _without_language(words)
    try:
        result = typer.main.get_command(app).main(words, "qinglan", standalone_mode=False)
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    return result if isinstance(result, int) else 0


def complain(text: str, *, as_json: bool, key: str) -> None:
    """One line on standard error; with ``--json`` as a JSON object."""
    if as_json:
        err.print(json.dumps({"error": key, "message": text}, ensure_ascii=False))
    else:
        err.print(f"qinglan: {text}")


def _without_language(words: list[str]) -> list[str]:
    """``--lang`` may stand anywhere; by now it has done its work."""
    kept: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word == "--lang":
            skip = True
        elif not word.startswith("--lang="):
            kept.append(word)
    return kept

"""The command tree, and how it is run."""

from __future__ import annotations

import json
from copy import copy
from functools import cache
from typing import Annotated, Any

import typer

from qinglan.cli import (
    asking,
    evaluating,
    keeping,
    keying,
    lines,
    models,
    naming,
    paying,
    releasing,
    serving,
    showing,
    starting,
    tables,
    teaching,
    tiering,
    tokens,
    training,
    webhooks,
)
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
teaching.register(app)
releasing.register(app)
training.register(app)
models.register(app)
evaluating.register(app)
showing.register(app)
keeping.register(app)
naming.register(app)
paying.register(app)
tiering.register(app)
asking.register(app)
keying.register(app)
serving.register(app)
tokens.register(app)
webhooks.register(app)
tables.register(app)


# Typer carries its own click, whose classes it exports only in part; the bases of an exported
# one are the same classes whichever click that is.
_ClickException: type[Exception] = typer.BadParameter.__mro__[2]


STOPPED = 130
"""Exit code after Ctrl-C, as shells have it."""


@cache
def tree(only: str = "") -> Any:
    """The command tree, its help in the person's language.

    ``only`` is a command beside which no other is asked for: to build them all takes longer than
    many of them run. Where there is none of that name the tree is whole, and says what there is.
    """
    wanted = copy(app)
    for kind in ("registered_commands", "registered_groups"):
        setattr(wanted, kind, [one for one in getattr(app, kind) if one.name == only])
    if not (wanted.registered_commands or wanted.registered_groups):
        wanted = app
    root = typer.main.get_command(wanted)
    _translate_help(root)
    return root


def run(words: list[str]) -> int:
    """Run the command that ``words`` spell; its exit code."""
    try:
        given = _without_language(words)
        result = tree(*given[:1]).main(given, "qinglan", standalone_mode=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except typer.Exit as stop:
        return int(stop.exit_code)
    except _ClickException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(str(error))
        else:
            reason = error.format_message()  # type: ignore[attr-defined]
            complain(say("cli.usage", reason=reason), as_json="--json" in words, key="usage")
        return 2
    if result == STOPPED:  # how Typer passes Ctrl-C on
        raise KeyboardInterrupt
    return result if isinstance(result, int) else 0


def _translate_help(command: Any) -> None:
    made, shown = command.get_help_option, command.format_help

    def translated(context: Any) -> Any:
        option = made(context)
        if option is not None:
            option.help = say("cli.option.help")
        return option

    def headed(context: Any, formatter: Any) -> None:
        # Typer's own headings, which are otherwise English in every language. What draws them
        # takes a tenth of a second to load, and most runs show no help.
        from typer import rich_utils

        for panel in ("ARGUMENTS", "OPTIONS", "COMMANDS"):
            setattr(rich_utils, f"{panel}_PANEL_TITLE", say(f"cli.panel.{panel.lower()}"))
        shown(context, formatter)

    command.get_help_option, command.format_help = translated, headed
    for child in getattr(command, "commands", {}).values():
        _translate_help(child)


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

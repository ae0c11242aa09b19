"""The page of commands, walked from the tree that the command line itself runs."""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Iterator
from pathlib import Path

from markdown_page import page, table
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

Command = TyperCommand | TyperGroup


def command_tree() -> list[tuple[str, Command]]:
    """Each command with the words that call it; groups before what they hold."""
    import typer.main

    from qinglan.cli.app import app

    def walk(command: Command, path: str) -> Iterator[tuple[str, Command]]:
        yield path, command
        if isinstance(command, TyperGroup):
            for name, inner in sorted(command.commands.items()):
                yield from walk(typing.cast("Command", inner), f"{path} {name}")

    return list(walk(typing.cast("Command", typer.main.get_command(app)), "qinglan"))


def shape(annotation: object) -> str:
    """What may be given, from the type in the code: its choices, or the kind of value."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        inner = [one for one in typing.get_args(annotation) if one is not type(None)]
        return shape(inner[0])
    if typing.get_origin(annotation) is typing.Literal:
        return " ".join(f"`{one}`" for one in typing.get_args(annotation))
    if typing.get_origin(annotation) in (list, tuple):
        return shape(typing.get_args(annotation)[0])
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return " ".join(f"`{one.value}`" for one in annotation)
    return {int: "NUMBER", float: "NUMBER", Path: "PATH"}.get(annotation, "TEXT")  # type: ignore[call-overload, no-any-return]


def describe(parameter: TyperArgument | TyperOption) -> tuple[str, str, str]:
    """Name and shape, default, and help of one argument or option."""
    if isinstance(parameter, TyperOption):
        names = [*parameter.opts, *parameter.secondary_opts]
        name = ", ".join(f"`{one}`" for one in names)
        if not parameter.is_flag:
            name += f" {shape(parameter.type_descriptor.annotation)}"
    else:
        name = f"`{parameter.metavar or str(parameter.name).upper()}`"
    if parameter.envvar:
        name += f" (or `{parameter.envvar}`)"
    default = getattr(parameter.default, "value", parameter.default)
    if parameter.required:
        shown = "*required*"
    elif default in (None, "", False) or default == [] or callable(default):
        shown = "—"
    else:
        shown = f"`{default}`"
    return name, shown, parameter.help or ""


def commands_page() -> str:
    """Every command with its arguments and options."""
    parts = [
        "Every command takes `--help`, and `--lang en|zh` anywhere. Exit codes: 0 done, 1 a check "
        "failed or the gate refused, 2 bad input, 130 stopped by the person."
    ]
    for path, command in command_tree():
        parts += [f"## {path}", command.help or ""]
        rows = [
            describe(one)
            for one in command.params
            if isinstance(one, TyperArgument | TyperOption) and one.name != "help"
        ]
        if rows:
            parts.append(table(("argument or option", "default", "meaning"), rows))
    return page("Commands", *parts)

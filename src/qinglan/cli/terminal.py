"""What all commands share: who asks, where, and how results and progress reach the terminal."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from qinglan.records import Actor, Role
from qinglan.wording import say

out = Console(highlight=False, soft_wrap=True, markup=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)

WorkspaceOption = Annotated[
    Path,
    typer.Option("--workspace", "-w", envvar="QINGLAN_WORKSPACE", help=say("cli.option.workspace")),
]
JsonOption = Annotated[bool, typer.Option("--json", help=say("cli.option.json"))]


def actor() -> Actor:
    """The person at this terminal: whoever can read the workspace's keys is its owner."""
    try:
        name = os.environ.get("QINGLAN_ACTOR") or getpass.getuser()
    except (OSError, KeyError):
        # A container's user may have no name, and that is no reason to refuse work.
        name = f"uid {os.getuid()}"
    return Actor(name=name, role=Role.OWNER)


def show_json(value: object) -> None:
    """Print one JSON document on standard output, and nothing else."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


@contextmanager
def watched(label: str, *, silent: bool) -> Iterator[Callable[[int, int | None], None]]:
    """A progress bar with rate and time left on standard error; none when not a terminal."""
    if silent or not err.is_terminal:
        yield lambda _done, _total: None
        return
    from qinglan.cli.bars import bar  # what draws one takes a while to load

    with bar(label, err) as step:
        yield step

"""The demo as a person sees it: each step as it is done, the table, what to try next."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from qinglan.demo.journey import Journey, travel
from qinglan.wording import preferred, say


def run(folder: Path, *, seed: int, as_json: bool) -> int:
    """Run the demo in ``folder`` and print it; the exit code."""
    console = Console(highlight=False, stderr=as_json, soft_wrap=True, markup=False)
    console.print(say("demo.title", seed=seed))
    result = travel(
        folder, seed=seed, language=preferred(),
        say=lambda key, facts: console.print("  " + say(f"demo.{key}", **facts)),
    )  # fmt: skip
    console.print(_table(result))
    console.print(say("demo.simulated"))
    console.print(say("demo.next"))
    for command in next_commands(folder, result):
        console.print(f"  {command}")
    console.print(say("demo.seconds", seconds=f"{result.seconds:.1f}"))
    if as_json:
        print(json.dumps(result.to_json(), ensure_ascii=False, indent=2))  # noqa: T201 - the output
    return 0


def next_commands(folder: Path, result: Journey) -> list[str]:
    """Commands that work as they stand after the demo."""
    release = Path(result.release)
    return [
        f"qinglan release verify {release} --key {folder / 'keys' / 'signing.pub'}",
        f"qinglan trace {result.traced} -w {folder}",
        f"qinglan status -w {folder}",
        f"qinglan release show {release}",
    ]


def _table(result: Journey) -> Table:
    table = Table(title=say("demo.skills"), title_justify="left")
    for column in ("annotator", "planted", "estimated", "interval"):
        table.add_column(say(f"demo.column.{column}"), no_wrap=True)
    for skill in result.skills:
        table.add_row(
            skill.annotator, f"{skill.planted:.0%}", _share(skill.estimated),
            f"{_share(skill.low)} – {_share(skill.high)}",
        )  # fmt: skip
    return table


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"

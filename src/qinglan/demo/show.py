"""The demo as a person sees it: each step as it is done, the tables, what to try next."""

from __future__ import annotations

import dataclasses
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from qinglan.demo.journey import Journey, travel
from qinglan.demo.outcome import OutgrowResult
from qinglan.demo.spread import gather
from qinglan.demo.stage import render, render_spread
from qinglan.wording import preferred, say

if TYPE_CHECKING:
    from qinglan.demo.outgrow import Stage


def run(folder: Path, *, seed: int, data_only: bool, as_json: bool, seeds: int = 1) -> int:
    """Run the demo in ``folder`` and print it; 1 where a claim does not hold, naming it.

    With ``seeds`` above 1 the training half is repeated for the seeds after ``seed``, each with
    questions, models and releases of its own, and what they say together is told at the end.
    """
    started = time.monotonic()
    console = Console(highlight=False, stderr=as_json, soft_wrap=True, markup=False)
    console.print(say("demo.title", seed=seed))
    journey = travel(
        folder, seed=seed,
        say=lambda key, facts: console.print("  " + say(f"demo.{key}", **facts)),
    )  # fmt: skip
    console.print(_table(journey))
    console.print(say("demo.simulated"))
    story = None if data_only else _story(console, folder, seed)
    commands = next_commands(folder, journey, story)
    if story is not None:
        page = write_page(folder, story, commands)
        console.print(say("demo.report", file=page))
    stories = [] if story is None else [story]
    for other in range(seed + 1, seed + seeds if stories else seed):
        console.print(say("demo.again_seed", seed=other, seeds=seeds))
        stories.append(_story(console, folder, other, whole=False))
    if len(stories) > 1:
        _tables(console).print(render_spread(stories, preferred()))
    console.print(say("demo.next"))
    for command in commands:
        console.print(f"  {command}")
    console.print(say("demo.seconds", seconds=f"{time.monotonic() - started:.0f}"))
    if as_json:
        found = {
            "journey": journey.to_json(),
            "outgrow": None if story is None else json.loads(story.to_json()),
        }
        if len(stories) > 1:
            found["seeds"] = [json.loads(each.to_json()) for each in stories]
            found["spread"] = dataclasses.asdict(gather(stories))
        print(json.dumps(found, ensure_ascii=False, indent=2))  # noqa: T201 - the output
    return _verdict(console, stories)


def write_page(folder: Path, story: OutgrowResult, commands: list[str]) -> Path:
    """Write the training report beside the data report; the file."""
    from qinglan.demo.page import make_report
    from qinglan.pages.training import render

    file = (folder / "training.html").resolve()
    page = render(make_report(story, commands=tuple(commands)), language=preferred())
    file.write_text(page, encoding="utf-8")
    return file


def _verdict(console: Console, stories: list[OutgrowResult]) -> int:
    for story in stories:
        for claim in story.failed():
            text = say(f"outgrow.{claim.key}", **claim.facts)
            console.print(say("demo.failed", seed=story.seed, claim=text))
    return 1 if any(story.failed() for story in stories) else 0


def _tables(console: Console) -> Console:
    return Console(highlight=False, stderr=console.stderr, soft_wrap=False)


def _story(console: Console, folder: Path, seed: int, *, whole: bool = True) -> OutgrowResult:
    """The training half, with a bar that names the stage; its tables if ``whole``."""
    from qinglan.demo.whole import outgrow_in

    language = preferred()
    columns = (TextColumn("  {task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=None)

        def tell(stage: Stage) -> None:
            at = stage.training
            bar.update(
                task, description=_described(stage), total=None if at is None else at.steps,
                completed=0 if at is None else at.step,
            )  # fmt: skip

        result = outgrow_in(folder, seed=seed, progress=tell)
    file = folder / f"outgrow-{seed}.json"
    file.write_text(result.to_json(), encoding="utf-8")
    if whole:
        _tables(console).print(render(result, language))
    return result


def _described(stage: Stage) -> str:
    if stage.training is None or stage.training.loss is None:
        return stage.name
    left = "" if stage.training.left is None else f" · {stage.training.left:.0f} s"
    return f"{stage.name} · loss {stage.training.loss:.3f}{left}"


def next_commands(folder: Path, journey: Journey, story: OutgrowResult | None) -> list[str]:
    """Commands that work as they stand after the demo."""
    release = Path(journey.release)
    commands = [
        f"qinglan release verify {release} --key {folder / 'keys' / 'signing.pub'}",
        f"qinglan trace {journey.traced} -w {folder}",
        f"qinglan status -w {folder}",
        f"qinglan release show {release}",
    ]
    if story is not None:
        ours = next(run for run in story.runs if run.arm == "headroom")
        commands.append(f"qinglan trace {ours.run} -w {folder}")
    return commands


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

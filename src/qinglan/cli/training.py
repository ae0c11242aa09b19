"""``train``: a release becomes a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qinglan.cli.terminal import JsonOption, WorkspaceOption, actor, err, out, show_json
from qinglan.wording import say

if TYPE_CHECKING:
    from qinglan.flow.train import Trained
    from qinglan.training.recipe import Progress


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    app.command("train", help=say("cli.train"))(train)


def _rate(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(say("cli.train.no_rate", text=text)) from None


def train(
    release: Annotated[str, typer.Argument(help=say("cli.train.release"))],
    base: Annotated[Path, typer.Option(help=say("cli.train.base"))],
    target: Annotated[Path | None, typer.Option("--out", help=say("cli.train.out"))] = None,
    recipe: Annotated[Path | None, typer.Option(help=say("cli.train.recipe"))] = None,
    steps: Annotated[int | None, typer.Option(help=say("cli.train.steps"))] = None,
    learning_rate: Annotated[
        Decimal | None, typer.Option(parser=_rate, metavar="RATE", help=say("cli.train.rate"))
    ] = None,
    batch: Annotated[int | None, typer.Option(help=say("cli.train.batch"))] = None,
    seed: Annotated[int | None, typer.Option(help=say("cli.train.seed"))] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Train a model on a release."""
    from qinglan.flow.context import open_context
    from qinglan.flow.train import train as verb

    given = {"steps": steps, "learning_rate": learning_rate, "batch": batch, "seed": seed}
    with open_context(workspace) as context, _watched(silent=as_json) as tell:
        done = verb(
            context, actor(), release, base=base, out=target, recipe=recipe,
            options={name: value for name, value in given.items() if value is not None},
            progress=tell,
        )  # fmt: skip
    if as_json:
        show_json(done.to_json())
    else:
        for line in _told(done):
            out.print(line)


def _told(done: Trained) -> Iterator[str]:
    run = done.run
    if done.again:
        yield say("cli.train.again", folder=done.folder)
    yield say(
        "cli.train.done", steps=run.recipe.steps, used=run.examples - run.too_long,
        loss=f"{run.curve[-1].loss:.3f}" if run.curve else "—", seconds=f"{run.seconds:.0f}",
    )  # fmt: skip
    if run.too_long:
        yield say("cli.train.too_long", count=run.too_long, all=run.examples)
    if run.resumed:
        yield say("cli.train.resumed", times=run.resumed)
    if run.lineage.simulated:
        yield say("cli.train.simulated")
    if run.lineage.obligations:
        yield say("cli.train.owes")
    for duty in run.lineage.obligations:
        yield "  " + say(f"obligation.{duty}")
    yield say("cli.train.where", folder=done.folder, run=run.id)


@contextmanager
def _watched(*, silent: bool) -> Iterator[Callable[[Progress], None]]:
    """A bar with steps, loss, rate and time left on standard error; none when not a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[facts]}"),
    )  # fmt: skip
    with Bar(*columns, console=err, transient=True, disable=silent or not err.is_terminal) as bar:
        task = bar.add_task(say("stage.train"), total=None, facts="")
        yield lambda progress: bar.update(
            task, completed=progress.step, total=progress.steps, facts="  ".join(_facts(progress))
        )


def _facts(progress: Progress) -> Iterator[str]:
    """Loss, rate and time left, as far as they are known yet."""
    if progress.loss is not None:
        yield say("cli.train.loss", loss=f"{progress.loss:.3f}")
    if progress.left:
        yield say("cli.train.speed", rate=f"{(progress.steps - progress.step) / progress.left:.1f}")
        minutes, seconds = divmod(round(progress.left), 60)
        yield say("cli.train.left", left=f"{minutes // 60}:{minutes % 60:02}:{seconds:02}")

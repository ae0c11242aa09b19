"""``evaluate`` and ``headroom``: models scored on a held-out set, and what that says to do next."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from qinglan.cli.terminal import JsonOption, WorkspaceOption, actor, out, show_json, watched
from qinglan.records import Split
from qinglan.wording import say

if TYPE_CHECKING:
    from rich.table import Table

    from qinglan.evaluation.differences import Difference
    from qinglan.evaluation.scores import Rate
    from qinglan.flow.evaluate import Evaluated
    from qinglan.flow.headroom import Measured

UNKNOWN = "—"


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    app.command("evaluate", help=say("cli.evaluate"))(evaluate)
    app.command("headroom", help=say("cli.headroom"))(headroom)


def evaluate(
    model: Annotated[str, typer.Argument(help=say("cli.evaluate.model"))],
    release: Annotated[str, typer.Option("--on", help=say("cli.evaluate.on"))],
    split: Annotated[Split, typer.Option(help=say("cli.evaluate.split"))] = Split.TEST,
    endpoint: Annotated[
        str | None, typer.Option(metavar="URL", help=say("cli.evaluate.endpoint"))
    ] = None,
    key_from: Annotated[
        str | None, typer.Option(metavar="VARIABLE", help=say("cli.evaluate.key_from"))
    ] = None,
    channel: Annotated[
        Literal["own", "weights", "api"] | None, typer.Option(help=say("cli.evaluate.channel"))
    ] = None,
    family: Annotated[str | None, typer.Option(help=say("cli.evaluate.family"))] = None,
    licence: Annotated[str | None, typer.Option(help=say("cli.evaluate.licence"))] = None,
    samples: Annotated[int | None, typer.Option(help=say("cli.evaluate.samples"))] = None,
    k: Annotated[int | None, typer.Option(help=say("cli.evaluate.k"))] = None,
    temperature: Annotated[float | None, typer.Option(help=say("cli.evaluate.temperature"))] = None,
    max_tokens: Annotated[int | None, typer.Option(help=say("cli.evaluate.max_tokens"))] = None,
    seed: Annotated[int | None, typer.Option(help=say("cli.evaluate.seed"))] = None,
    instruct: Annotated[str | None, typer.Option(help=say("cli.evaluate.instruct"))] = None,
    verifier: Annotated[str | None, typer.Option(help=say("cli.evaluate.verifier"))] = None,
    against: Annotated[
        str | None, typer.Option(metavar="REPORT", help=say("cli.evaluate.against"))
    ] = None,
    why: Annotated[str, typer.Option(help=say("cli.evaluate.why"))] = "evaluation",
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Score a model on a held-out set."""
    from qinglan.evaluation.examination import make_manner
    from qinglan.flow.context import open_context
    from qinglan.flow.evaluate import evaluate as verb
    from qinglan.flow.subjects import local, served

    manner = make_manner(
        samples=samples, k=k, temperature=None if temperature is None else str(temperature),
        max_tokens=max_tokens, seed=seed, instruct=instruct,
    )  # fmt: skip
    if key_from is not None and key_from not in os.environ:
        raise typer.BadParameter(say("cli.evaluate.no_key", name=key_from))
    key = None if key_from is None else os.environ[key_from]
    with open_context(workspace) as context:
        if endpoint is None:
            subject = local(Path(model))
        else:
            subject = served(
                context, model, endpoint, api_key=key, channel=channel, family=family,
                licence=licence,
            )  # fmt: skip
        with watched(say("stage.evaluate"), silent=as_json) as bar:
            done = verb(
                context, actor(), subject, on=release, split=split, manner=manner,
                verifier=verifier, against=against, why=why, progress=bar,
            )  # fmt: skip
    if as_json:
        show_json(done.to_json())
        return
    out.print(_table(done))
    for note in _notes(done):
        out.print(note)


def headroom(
    teacher: Annotated[str, typer.Option(metavar="REPORT", help=say("cli.headroom.teacher"))],
    student: Annotated[
        str | None, typer.Option(metavar="REPORT", help=say("cli.headroom.student"))
    ] = None,
    experts: Annotated[
        list[str], typer.Option("--expert", metavar="NAME", help=say("cli.headroom.expert"))
    ] = [],  # noqa: B006 - Typer makes a new list for each call
    budget: Annotated[int | None, typer.Option(help=say("cli.headroom.budget"))] = None,
    target: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help=say("cli.headroom.out"))
    ] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """By skill, what a teacher can still teach, and what only experts can."""
    from qinglan.flow.context import open_context
    from qinglan.flow.headroom import headroom as verb
    from qinglan.flow.headroom import write_page

    with open_context(workspace) as context:
        found = verb(
            context, actor(), teacher=teacher, student=student, experts=experts, budget=budget
        )
        page = None if target is None else write_page(context, found, target)
    if as_json:
        show_json({**found.to_json(), "page": None if page is None else str(page)})
        return
    out.print(_headroom_table(found))
    out.print(say("cli.headroom.pilot", pilot=found.pilot, experts=", ".join(found.experts)))
    if found.left_out:
        out.print(say("cli.headroom.left_out", n=found.left_out, right=found.left_out_right))
    if found.simulated:
        out.print(say("cli.headroom.simulated"))
    out.print(say("cli.headroom.interval"))
    if page is not None:
        out.print(say("cli.report.done", file=page))


def _headroom_table(found: Measured) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(say("cli.evaluate.skill"), overflow="fold", min_width=12)
    for name in ("teacher", "best", "student", "expert", "teachable", "experts_only", "sent"):
        if name != "sent" or found.sent is not None:
            title = say(f"cli.headroom.column.{name}", k=found.headroom.k)
            table.add_column(title, justify="right", overflow="fold")
    for line in found.headroom.skills:
        rates = (line.teacher, line.best_of_k, line.student, line.expert)
        gaps = (line.teachable, line.experts_only)
        # Whole points: a pilot tells no tenths, and eight columns fit a narrow terminal.
        cells = [percent(rate, 0) for rate in rates]
        cells += [points(gap.value, gap.low, gap.high, 0) for gap in gaps]
        if found.sent is not None:
            cells.append(str(found.sent.get(line.skill, 0)))
        table.add_row(skill_name(line.skill), *cells)
    return table


def skill_name(skill: str) -> str:
    """A skill as people read it."""
    from qinglan.evaluation.scores import ALL

    if skill == ALL:
        return say("cli.evaluate.all")
    return skill or say("cli.evaluate.no_skill")


def _table(done: Evaluated) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    report = done.report
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(say("cli.evaluate.skill"), overflow="fold", min_width=12)
    for name in ("decided", "undecided", "pass_1", "pass_k", "minus", "p"):
        if name == "pass_k" and not report.scores.k:
            continue
        if name in ("minus", "p") and not done.differences:
            continue
        table.add_column(
            say(f"cli.evaluate.{name}", k=report.scores.k, other=done.against),
            justify="right", overflow="fold",
        )  # fmt: skip
    differences = {line.skill: line for line in done.differences}
    for line in report.lines:
        cells = [skill_name(line.skill), str(line.pass_1.n), str(line.pass_1.undecided)]
        cells.append(percent(line.pass_1))
        if line.pass_k is not None:
            cells.append(percent(line.pass_k))
        if differences:
            cells += _difference(differences[line.skill])
        table.add_row(*cells)
    return table


def percent(rate: Rate | None, decimals: int = 1) -> str:
    """A rate in percent with its interval."""
    if rate is None or rate.value is None:
        return UNKNOWN
    value, low, high = (f"{100 * n:.{decimals}f}" for n in (rate.value, rate.low, rate.high))
    return f"{value} [{low}, {high}]"


def points(value: float | None, low: float | None, high: float | None, decimals: int = 1) -> str:
    """A difference in points with its interval."""
    if value is None or low is None or high is None:
        return UNKNOWN
    # Adding 0 after rounding makes −0.0 what it is.
    shown = [f"{round(100 * n, decimals) + 0:+.{decimals}f}" for n in (value, low, high)]
    return f"{shown[0]} [{shown[1]}, {shown[2]}]"


def _difference(line: Difference) -> list[str]:
    p = "< 0.001" if line.p_value < 0.001 else f"{line.p_value:.3f}"
    return [points(line.value, line.low, line.high), UNKNOWN if line.value is None else p]


def _notes(done: Evaluated) -> Iterator[str]:
    report = done.report
    yield say(
        "cli.evaluate.looks", looks=report.looks, models=report.models, release=report.release,
        split=report.split.value,
    )  # fmt: skip
    if done.again:
        yield say("cli.evaluate.again")
    if report.evasive:
        yield say("cli.evaluate.evasive", count=report.evasive)
    if report.simulated:
        yield say("cli.evaluate.simulated", count=report.simulated, all=len(report.answers))
    if report.calls is not None:
        yield say("cli.evaluate.calls", **report.calls.model_dump())
    yield say("cli.evaluate.interval")
    yield say("cli.evaluate.where", report=report.id, file=done.file)

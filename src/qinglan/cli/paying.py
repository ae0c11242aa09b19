"""``rate`` and ``pay``: what work is paid, and who earned what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qinglan.cli.terminal import JsonOption, WorkspaceOption, actor, out, show_json
from qinglan.wording import say

ProjectArgument = Annotated[str, typer.Argument(help=say("cli.verify.project"))]


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    app.command("rate", help=say("cli.rate"))(rate)
    app.command("pay", help=say("cli.pay"))(pay)


def rate(
    project: ProjectArgument,
    amount: Annotated[str, typer.Argument(help=say("cli.rate.amount"))],
    currency: Annotated[str, typer.Argument(help=say("cli.rate.currency"))],
    budget: Annotated[str | None, typer.Option(help=say("cli.rate.budget"))] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Set the rate."""
    from qinglan.flow import pay as verbs
    from qinglan.flow.context import open_context

    with open_context(workspace) as context:
        made = verbs.set_rate(context, actor(), project, amount, currency, budget=budget)
    facts = {"version": made.version, "amount": str(made.amount), "currency": made.currency}
    if as_json:
        show_json({**facts, "budget": None if made.budget is None else str(made.budget)})
    else:
        out.print(say("cli.rate.done", **facts))


def pay(
    project: ProjectArgument,
    start: Annotated[str | None, typer.Option("--from", help=say("cli.pay.from"))] = None,
    end: Annotated[str | None, typer.Option("--to", help=say("cli.pay.to"))] = None,
    file: Annotated[Path | None, typer.Option("--out", help=say("cli.pay.out"))] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show the statement, or write it."""
    from qinglan.flow import pay as verbs
    from qinglan.flow.context import open_context

    with open_context(workspace) as context:
        if file is None:
            made = verbs.statement(context, actor(), project, start=start, end=end)
        else:
            made = verbs.write_statement(context, actor(), project, file, start=start, end=end)
    sums = (*made.people, *made.totals)
    if as_json:
        show_json(
            {
                "people": [_fields(one) for one in made.people],
                "totals": [_fields(one) for one in made.totals],
                "unrated": made.unrated,
                "file": None if file is None else str(file),
            }
        )
        return
    if not sums:
        out.print(say("cli.pay.nothing"))
    for one in sums:
        name = one.person or say("cli.pay.all")
        out.print(f"{name}  {one.answers}  {one.amount:f} {one.currency}")
    if made.unrated:
        out.print(say("pay.unrated", answers=made.unrated))
    if file is not None:
        out.print(say("cli.pay.written", file=file))


def _fields(one: object) -> dict[str, object]:
    return {
        name: getattr(one, name)
        for name in ("person", "currency", "answers", "amount")
        if getattr(one, name) != ""
    }

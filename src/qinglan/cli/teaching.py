"""``generate``: a permitted teacher answers the tasks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from qinglan.cli.terminal import (
    JsonOption,
    WorkspaceOption,
    actor,
    err,
    out,
    show_json,
    watched,
)
from qinglan.records import Purpose
from qinglan.wording import say

if TYPE_CHECKING:
    from qinglan.flow.generate import Generated, Prices

Channel = Literal["weights", "api", "own", "simulated"]


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    app.command("generate", help=say("cli.generate"))(generate)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(say("cli.generate.no_number", text=text)) from None


def generate(
    project: Annotated[str, typer.Argument(help=say("cli.verify.project"))],
    model: Annotated[str, typer.Option(help=say("cli.generate.model"))],
    channel: Annotated[Channel, typer.Option(help=say("cli.generate.channel"))],
    endpoint: Annotated[str | None, typer.Option(help=say("cli.generate.endpoint"))] = None,
    folder: Annotated[Path | None, typer.Option(help=say("cli.generate.folder"))] = None,
    family: Annotated[str | None, typer.Option(help=say("cli.generate.family"))] = None,
    licence: Annotated[str | None, typer.Option(help=say("cli.generate.licence"))] = None,
    source: Annotated[str | None, typer.Option(help=say("cli.generate.source"))] = None,
    revision: Annotated[str | None, typer.Option(help=say("cli.generate.revision"))] = None,
    purpose: Annotated[Purpose, typer.Option(help=say("cli.generate.purpose"))] = Purpose.TRAINING,
    samples: Annotated[int, typer.Option(help=say("cli.generate.samples"))] = 1,
    temperature: Annotated[float, typer.Option(help=say("cli.generate.temperature"))] = 0.0,
    max_tokens: Annotated[int, typer.Option(help=say("cli.generate.max_tokens"))] = 1024,
    seed: Annotated[int, typer.Option(help=say("cli.generate.seed"))] = 0,
    parallel: Annotated[int, typer.Option(help=say("cli.generate.parallel"))] = 32,
    timeout: Annotated[float, typer.Option(help=say("cli.generate.timeout"))] = 120.0,
    key_env: Annotated[str | None, typer.Option(help=say("cli.generate.key_env"))] = None,
    key_file: Annotated[Path | None, typer.Option(help=say("cli.generate.key_file"))] = None,
    max_calls: Annotated[int | None, typer.Option(help=say("cli.generate.max_calls"))] = None,
    token_budget: Annotated[int | None, typer.Option(help=say("cli.generate.token_budget"))] = None,
    max_cost: Annotated[
        Decimal | None,
        typer.Option(parser=_number, metavar="NUMBER", help=say("cli.generate.max_cost")),
    ] = None,
    price_in: Annotated[
        Decimal | None,
        typer.Option(parser=_number, metavar="NUMBER", help=say("cli.generate.price_in")),
    ] = None,
    price_out: Annotated[
        Decimal | None,
        typer.Option(parser=_number, metavar="NUMBER", help=say("cli.generate.price_out")),
    ] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Let a teacher answer the tasks."""
    from qinglan.flow import generate as verb
    from qinglan.flow.api_key import read_key
    from qinglan.flow.context import open_context
    from qinglan.flow.terms import Terms

    choice = verb.Choice(
        model=model, endpoint=endpoint, folder=folder, revision=revision, parallel=parallel,
        terms=Terms(channel=channel, licence=licence, family=family, name=source),
        timeout=timeout, key=read_key(key_env, key_file),
    )  # fmt: skip
    budget = verb.Budget(
        calls=max_calls, tokens=token_budget, money=max_cost, prices=_prices(price_in, price_out)
    )
    sampling = verb.Sampling(temperature=temperature, max_tokens=max_tokens, seed=seed)
    with open_context(workspace) as context, watched(say("stage.generate"), silent=as_json) as bar:
        done = verb.generate(
            context, actor(), project, choice, purpose=purpose, samples=samples,
            sampling=sampling, budget=budget, progress=bar,
            stopping=lambda calls: err.print(say("cli.generate.stopping", calls=calls)),
        )  # fmt: skip
    if as_json:
        show_json(asdict(done))
    else:
        for line in _told(done):
            out.print(line)


def _prices(prompt: Decimal | None, completion: Decimal | None) -> Prices | None:
    from qinglan.flow.generate import Prices

    if prompt is None and completion is None:
        return None
    if prompt is None or completion is None:
        raise typer.BadParameter(say("cli.generate.one_price"))
    return Prices(prompt=prompt, completion=completion)


def _told(done: Generated) -> Iterator[str]:
    yield say(
        "cli.generate.done", name=done.name, new=done.new, replies=done.replies,
        left=done.left, wanted=done.wanted,
    )  # fmt: skip
    if done.caught_up:
        yield say("cli.generate.caught_up", count=done.caught_up)
    if done.set_aside:
        yield say("cli.generate.set_aside")
    for reason, count in sorted(done.set_aside.items()):
        yield f"  {count:>8}  {say(f'reason.{reason}')}"
    yield say(
        "cli.generate.tokens",
        prompt=f"{done.prompt_tokens:,}",
        completion=f"{done.completion_tokens:,}",
    )
    if done.cost is not None and done.cost_in_all is not None:
        yield say(
            "cli.generate.cost", cost=f"{done.cost:.4f}", cost_in_all=f"{done.cost_in_all:.4f}"
        )
    if done.exhausted:
        yield say("cli.generate.exhausted")
    if done.cut_off_in_all:
        yield say("cli.generate.cut_off", count=done.cut_off, in_all=done.cut_off_in_all)
    for served, count in sorted(done.served.items()):
        yield say("cli.generate.served", count=count, served=served)
    if done.obligations:
        yield say("cli.generate.owes")
    for duty in done.obligations:
        yield "  " + say(f"obligation.{duty}")

"""``consensus``, ``agreement`` and ``rank``: a table of labels in, an answer out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from qinglan.cli.terminal import JsonOption, out, show_json
from qinglan.wording import say

LabelsArgument = Annotated[Path, typer.Argument(help=say("cli.tables.labels"))]
SeedOption = Annotated[int, typer.Option(help=say("cli.tables.seed"))]
DuplicatesOption = Annotated[
    Literal["refuse", "last"], typer.Option(help=say("cli.tables.duplicates"))
]


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    app.command("consensus", help=say("cli.consensus"))(consensus)
    app.command("agreement", help=say("cli.agreement"))(agreement)
    app.command("rank", help=say("cli.rank"))(rank)


def consensus(
    labels: LabelsArgument,
    method: Annotated[str, typer.Option(help=say("cli.consensus.method"))] = "auto",
    truth: Annotated[Path | None, typer.Option(help=say("cli.consensus.truth"))] = None,
    seed: SeedOption = 0,
    target: Annotated[Path | None, typer.Option("--out", help=say("cli.consensus.out"))] = None,
    duplicates: DuplicatesOption = "refuse",
    model: Annotated[Path | None, typer.Option(help=say("cli.consensus.model"))] = None,
    as_json: JsonOption = False,
) -> None:
    """Judge a table of labels."""
    from qinglan.flow.tables import consensus_file

    report = consensus_file(
        labels,
        method=method,
        truth=truth,
        seed=seed,
        out=target,
        duplicates=duplicates,
        model=model,
    )
    found: dict[str, Any] = report.to_json()
    if as_json:
        show_json(found)
        return
    out.print(say("cli.consensus.done", **{k: found[k] for k in _COUNTS}))
    for name in ("accuracy", "majority_accuracy"):
        if found[name] is not None:
            out.print(say(f"cli.consensus.{name}", **_interval(found, name)))
    for alarm in found["alarms"]:
        out.print("! " + say(alarm))


_COUNTS = ("method", "tasks", "annotators", "labels")


def agreement(
    labels: LabelsArgument,
    level: Annotated[
        Literal["nominal", "ordinal", "interval"], typer.Option(help=say("cli.agreement.level"))
    ] = "nominal",
    seed: SeedOption = 0,
    duplicates: DuplicatesOption = "refuse",
    as_json: JsonOption = False,
) -> None:
    """Krippendorff's alpha with its interval."""
    from qinglan.flow.tables import agreement_file

    found: dict[str, Any] = agreement_file(
        labels, level=level, seed=seed, duplicates=duplicates
    ).to_json()
    if as_json:
        show_json(found)
    elif found["alpha"] is None:
        out.print(say("cli.agreement.none"))
    else:
        shown = {name: f"{found[name]:.3f}" for name in ("alpha", "low", "high")}
        out.print(say("cli.agreement.done", level=level, tasks=found["tasks"], **shown))


def rank(
    votes: Annotated[Path, typer.Argument(help=say("cli.rank.votes"))],
    as_json: JsonOption = False,
) -> None:
    """Standings of a table of pairwise votes."""
    from qinglan.flow.tables import rank_file

    found: dict[str, Any] = rank_file(votes).to_json()
    if as_json:
        show_json(found)
        return
    for item in found["items"]:
        out.print(f"{item['rank']:>4}  {_signed(item)}  {item['item']}")
    out.print(say("cli.rank.left", value=_signed(found["left_advantage"])))
    if found["annotators"]:
        out.print(say("cli.rank.annotators"))
    for who in found["annotators"]:
        out.print(
            f"{who['votes']:>6}  {_signed(who['discrimination'])}"
            f"  {_signed(who['left_advantage'])}  {who['annotator']}"
        )
    for alarm in found["alarms"]:
        out.print("! " + say(alarm))


def _signed(found: dict[str, Any]) -> str:
    return f"{found['score']:+.3f} [{found['low']:+.3f}, {found['high']:+.3f}]"


def _interval(found: dict[str, Any], name: str) -> dict[str, str]:
    ends = {"value": name, "low": f"{name}_low", "high": f"{name}_high"}
    return {key: f"{100 * found[field]:.1f}" for key, field in ends.items()}

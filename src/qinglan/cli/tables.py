"""``consensus``, ``agreement`` and ``rank``: a table of labels in, an answer out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from qinglan.cli.terminal import JsonOption, out, show_json
from qinglan.errors import UsageError
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
    kind: Annotated[
        Literal["class", "number", "rubric"], typer.Option(help=say("cli.consensus.kind"))
    ] = "class",
    method: Annotated[str, typer.Option(help=say("cli.consensus.method"))] = "auto",
    truth: Annotated[Path | None, typer.Option(help=say("cli.consensus.truth"))] = None,
    seed: SeedOption = 0,
    target: Annotated[Path | None, typer.Option("--out", help=say("cli.consensus.out"))] = None,
    duplicates: DuplicatesOption = "refuse",
    model: Annotated[Path | None, typer.Option(help=say("cli.consensus.model"))] = None,
    tiers: Annotated[Path | None, typer.Option(help=say("cli.consensus.tiers"))] = None,
    gold: Annotated[Path | None, typer.Option(help=say("cli.consensus.gold"))] = None,
    plot: Annotated[Path | None, typer.Option(help=say("cli.consensus.plot"))] = None,
    as_json: JsonOption = False,
) -> None:
    """Judge a table of labels."""
    from qinglan.flow.reliability_plot import check_plot, plot_reliability
    from qinglan.flow.tables import consensus_file

    if kind != "class":
        _refuse(kind, {"--method": method != "auto", "--model": model is not None,
                       "--tiers": tiers is not None, "--gold": gold is not None,
                       "--plot": plot is not None,
                       "--truth": kind == "rubric" and truth is not None})  # fmt: skip
        _scale(kind, labels, truth, target, duplicates, as_json)
        return
    if plot is not None:
        check_plot(plot, truth)
    report = consensus_file(
        labels,
        method=method,
        truth=truth,
        seed=seed,
        out=target,
        duplicates=duplicates,
        model=model,
        tiers=tiers,
        gold=gold,
    )
    if plot is not None:
        plot_reliability(report, plot)
    found: dict[str, Any] = report.to_json()
    if as_json:
        show_json(found)
        return
    out.print(say("cli.consensus.done", **{k: found[k] for k in _COUNTS}))
    for name in ("accuracy", "majority_accuracy"):
        if found[name] is not None:
            out.print(say(f"cli.consensus.{name}", **_interval(found, name)))
    if found["calibration_error"] is not None:
        error, chance = (found[f"calibration_{name}"] for name in ("error", "by_chance"))
        out.print(say("cli.consensus.calibration", error=f"{error:.3f}", chance=f"{chance:.3f}"))
    if found["tiers"]:
        out.print(say("cli.consensus.by_tier"))
    for tier in found["tiers"]:
        right = "—" if tier["reliability"] is None else _bare(tier, "reliability")
        name = say("cli.consensus.no_tier") if tier["tier"] is None else tier["tier"]
        out.print(f"{tier['annotators']:>6}  {tier['labels']:>6}  {right}  {name}")
    for alarm in found["alarms"]:
        out.print("! " + say(alarm))


def _refuse(kind: str, given: dict[str, bool]) -> None:
    """Options that mean nothing for this kind of answers are an error, not silently ignored."""
    for option, used in given.items():
        if used:
            raise UsageError("quality.not_for_kind", option=option, kind=kind)


def _scale(
    kind: Literal["number", "rubric"],
    labels: Path,
    truth: Path | None,
    target: Path | None,
    duplicates: Literal["refuse", "last"],
    as_json: bool,
) -> None:
    """Judge a table of numbers or of scores."""
    from qinglan.flow.tables import NumberReport, RubricReport, number_file, rubric_file

    report: NumberReport | RubricReport
    if kind == "number":
        report = number_file(labels, truth=truth, duplicates=duplicates)
    else:
        report = rubric_file(labels, duplicates=duplicates)
    if target is not None:
        report.write(target)
    found: dict[str, Any] = report.to_json()
    if as_json:
        show_json(found)
        return
    out.print(say("cli.consensus.done", method=kind, **{k: found[k] for k in _COUNTS[1:]}))
    if kind == "number":
        for name in ("error", "mean_error"):
            if found[name] is not None:
                out.print(say(f"cli.consensus.{name}", value=_three(found[name])))
        out.print(say("cli.consensus.bias"))
        for who in found["bias"]:
            shown = f"{who['labels']:>6}  {who['bias']:+.4g}  {who['deviation']:.4g}"
            out.print(f"{shown}  {who['annotator']}")
        return
    out.print(say("cli.consensus.severity"))
    for who in found["severity"]:
        out.print(f"{who['labels']:>6}  {_signed(who)}  {who['annotator']}")
    if len(found["difficulty"]) > 1:
        out.print(say("cli.consensus.difficulty"))
        for line in found["difficulty"]:
            out.print(f"{'':>6}  {_signed(line)}  {line['criterion']}")


_COUNTS = ("method", "tasks", "annotators", "labels")


def agreement(
    labels: LabelsArgument,
    level: Annotated[
        Literal["nominal", "ordinal", "interval"], typer.Option(help=say("cli.agreement.level"))
    ] = "nominal",
    seed: SeedOption = 0,
    duplicates: DuplicatesOption = "refuse",
    by: Annotated[
        Literal["class", "annotator"] | None, typer.Option(help=say("cli.agreement.by"))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Krippendorff's alpha with its interval."""
    from qinglan.flow.tables import agreement_file

    if by is not None:
        _refuse(level, {"--by": level != "nominal"})
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
        name = "label" if by == "class" else "annotator"
        for part in sorted(found[f"by_{by}"] if by else (), key=_worst_first):
            alpha = "—" if part["alpha"] is None else _signed({**part, "score": part["alpha"]})
            out.print(f"{part['tasks']:>6}  {alpha}  {part[name]}")


def rank(
    votes: Annotated[Path, typer.Argument(help=say("cli.rank.votes"))],
    judge: Annotated[str | None, typer.Option(help=say("cli.rank.judge"))] = None,
    seed: SeedOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Standings of a table of pairwise votes, or of rankings."""
    from qinglan.flow.tables import has_rankings, judge_file, rank_file, ranking_file

    whole = has_rankings(votes)
    if judge is not None:
        _refuse("ranking", {"--judge": whole})
        _beside(judge_file(votes, judge, seed=seed).to_json(), as_json)
        return
    found: dict[str, Any] = (ranking_file if whole else rank_file)(votes).to_json()
    if as_json:
        show_json(found)
        return
    for item in found["items"]:
        out.print(f"{item['rank']:>4}  {_signed(item)}  {item['item']}")
    if whole:
        return
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


def _beside(found: dict[str, Any], as_json: bool) -> None:
    """Show a judge's order beside people's."""
    if as_json:
        show_json(found)
        return
    for name in ("kendall", "spearman"):
        out.print(say(f"cli.rank.{name}", value=_signed(found[name])))
    for name in ("agreement", "agreement_among_others"):
        if found[name]["score"] is not None:
            value = _bare(found[name], "score")
            out.print(say(f"cli.rank.{name}", value=value, pairs=found["pairs"]))
    out.print(say("cli.rank.orders"))
    for item in found["items"]:
        out.print(f"{item['rank']:>4}  {item['judge_rank']:>4}  {item['item']}")
    for alarm in found["alarms"]:
        out.print("! " + say(alarm))


def _worst_first(part: dict[str, Any]) -> tuple[bool, float]:
    return part["alpha"] is None, part["alpha"] or 0.0


def _three(found: dict[str, Any]) -> str:
    return f"{found['score']:.4g} [{found['low']:.4g}, {found['high']:.4g}]"


def _bare(found: dict[str, Any], name: str) -> str:
    return f"{found[name]:.3f} [{found['low']:.3f}, {found['high']:.3f}]"


def _signed(found: dict[str, Any]) -> str:
    return f"{found['score']:+.3f} [{found['low']:+.3f}, {found['high']:+.3f}]"


def _interval(found: dict[str, Any], name: str) -> dict[str, str]:
    ends = {"value": name, "low": f"{name}_low", "high": f"{name}_high"}
    return {key: f"{100 * found[field]:.1f}" for key, field in ends.items()}

"""The outgrow story by itself, without a workspace: ``python -m qinglan.demo.outgrow --seed 7``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table

from qinglan.demo.outcome import UNKNOWN, Claim, OutgrowResult, percent, points
from qinglan.demo.spread import Spread, Spreads, gather
from qinglan.evaluation.scores import ALL
from qinglan.sources.arithmetic import SKILL_NAMES
from qinglan.wording import Language, preferred, say

HEADROOM_COLUMNS = {
    "teacher": 7, "best": 7, "student": 7, "expert": 9, "teachable": 12, "experts_only": 12,
    "sent": 7,
}  # fmt: skip
"""The columns of the headroom table, and how wide they may be: it fits 80 characters."""


def main() -> None:
    """Run one seed, print the table, and exit 1 naming the claims that failed."""
    from qinglan.demo.outgrow import Stage, outgrow

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--language", choices=["en", "zh"], default=preferred())
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", type=Path, help="write the whole result here")
    asked = parser.parse_args()
    began = time.monotonic()
    last = ""

    def tell(stage: Stage) -> None:
        nonlocal last
        if stage.name != last:
            last = stage.name
            sys.stderr.write(f"{time.monotonic() - began:6.1f} s  {stage.name}\n")

    with tempfile.TemporaryDirectory() as scratch:
        result = outgrow(
            seed=asked.seed, folder=asked.folder or Path(scratch), language=asked.language,
            progress=tell,
        )  # fmt: skip
    if asked.json:
        asked.json.write_text(result.to_json(), encoding="utf-8")
    Console().print(render(result, asked.language))
    sys.exit(1 if result.failed() else 0)


def render(result: OutgrowResult, language: Language) -> RenderableType:
    """The tables, the claims and what must be said beneath them."""
    notes = (
        say("outgrow.note_planted", language),
        say("outgrow.note_simulated", language, **result.experts()),
        say("outgrow.note_interval", language),
    )
    return Group(
        headroom_table(result, language),
        skill_table(result, language),
        score_table(result, language),
        run_table(result, language),
        *(claim_line(claim, language) for claim in result.claims),
        *(f"[dim]{note}[/dim]" for note in notes),
    )


def render_spread(results: Sequence[OutgrowResult], language: Language) -> RenderableType:
    """Each seed by itself, then what they say together."""
    found = gather(results)
    notes = (
        say("outgrow.note_planted", language),
        say("outgrow.note_simulated", language, **results[0].experts()),
        say("outgrow.note_seeds", language),
    )
    return Group(
        seed_table(results, language),
        spread_table(found, language),
        *(f"[dim]{note}[/dim]" for note in notes),
    )


def seed_table(results: Sequence[OutgrowResult], language: Language) -> Table:
    """A line a seed: every arm's pass@1, and the claims that fail."""
    table = _table("seeds", language)
    arms = _arms(results[0])
    for arm in arms:
        table.add_column(say(f"outgrow.arm.{arm}", language), justify="right", overflow="fold")
    table.add_column(say("outgrow.claims", language), overflow="fold")
    for result in results:
        failed = ", ".join(claim.key.removeprefix("claim.") for claim in result.failed())
        table.add_row(
            f"{say('outgrow.seed', language)} {result.seed}",
            *(percent(result.cell(arm).pass1) for arm in arms),
            failed or say("outgrow.none", language),
        )
    return table


def spread_table(found: Spreads, language: Language) -> Table:
    """Each arm over the seeds: its mean and spread, and its paired difference to the teacher."""
    table = _table("spread", language, seeds=len(found.seeds))
    for column in ("mean", "sd", "range", "diff", "above"):
        table.add_column(say(f"outgrow.{column}", language), justify="right", overflow="fold")

    def gain(of: Spread | None) -> tuple[str, str]:
        if of is None:
            return UNKNOWN, UNKNOWN
        figures = (points(of.mean), points(of.low), points(of.high))
        return _between(*figures), f"{of.above}/{len(of.values)}"

    for arm, line in found.arms.items():
        lowest, highest = percent(min(line.values)), percent(max(line.values))
        table.add_row(
            say(f"outgrow.arm.{arm}", language),
            percent(line.mean),
            percent(line.sd),
            f"{lowest} – {highest}",
            *gain(found.gains.get(arm)),
        )
    both = found.head_to_head
    table.add_row(
        say("outgrow.head_to_head", language), UNKNOWN, UNKNOWN, UNKNOWN, *gain(both)
    )  # fmt: skip
    return table


def headroom_table(result: OutgrowResult, language: Language) -> Table:
    """Per skill: teacher, best of k, student, expert, the two gaps, and tasks sent to experts."""
    table = _table("headroom", language, k=result.k)
    for column, width in HEADROOM_COLUMNS.items():
        title = say(f"outgrow.{column}", language, k=result.k)
        table.add_column(title, justify="right", overflow="fold", max_width=width)
    for line in result.headroom.skills:
        rates = (line.teacher, line.best_of_k, line.student, line.expert)
        gaps = (line.teachable, line.experts_only)
        table.add_row(
            skill_name(line.skill, language),
            *(percent(rate.value if rate else None, 0) for rate in rates),
            *(_between(*(points(x, 0) for x in (gap.value, gap.low, gap.high))) for gap in gaps),
            str(result.allocation.get(line.skill, 0)),
        )
    return table


def skill_table(result: OutgrowResult, language: Language) -> Table:
    """Skill by arm: pass@1."""
    table = _table("skills", language, n=result.cell("teacher").n)
    arms = _arms(result)
    for arm in arms:
        table.add_column(say(f"outgrow.arm.{arm}", language), justify="right", overflow="fold")
    for skill in (*(line.skill for line in result.headroom.skills), ALL):
        table.add_row(
            skill_name(skill, language), *(percent(result.cell(arm, skill).pass1) for arm in arms)
        )
    return table


def score_table(result: OutgrowResult, language: Language) -> Table:
    """All skills together, by arm: pass@1, pass@k and the paired difference to the teacher."""
    table = _table("scores", language, n=result.cell("teacher").n)
    for column in ("pass1", "passk", "diff"):
        table.add_column(
            say(f"outgrow.{column}", language, k=result.k), justify="right", overflow="fold"
        )
    for arm in _arms(result):
        cell = result.cell(arm)
        table.add_row(
            say(f"outgrow.arm.{arm}", language),
            _between(percent(cell.pass1), percent(cell.low), percent(cell.high)),
            _between(percent(cell.passk), percent(cell.passk_low), percent(cell.passk_high)),
            _between(points(cell.diff), points(cell.diff_low), points(cell.diff_high)),
        )
    return table


def run_table(result: OutgrowResult, language: Language) -> Table:
    """What each training saw and cost."""
    table = _table("runs", language)
    for column in ("by_teacher", "by_expert", "steps", "tokens", "loss", "seconds"):
        table.add_column(say(f"outgrow.{column}", language), justify="right", overflow="fold")
    for run in result.runs:
        table.add_row(
            say(f"outgrow.arm.{run.arm}", language),
            str(run.by_origin.get("teacher", 0)),
            str(run.by_origin.get("simulated expert", 0)),
            str(run.steps),
            f"{run.completion_tokens:,}",
            f"{run.losses[-1][1]:.3f}",
            f"{run.seconds:.0f}",
        )
    return table


def claim_line(claim: Claim, language: Language) -> str:
    """A claim with its figures, and whether it holds."""
    mark = "[green]✓[/green]" if claim.holds else "[red]✗[/red]"
    return f"{mark} {say(f'outgrow.{claim.key}', language, **claim.facts)}"


def skill_name(skill: str, language: Language) -> str:
    """A skill as people read it."""
    if skill == ALL:
        return say("outgrow.all", language)
    return SKILL_NAMES[skill][1 if language == "zh" else 0]


def _arms(result: OutgrowResult) -> list[str]:
    return list(dict.fromkeys(cell.arm for cell in result.cells))


def _table(title: str, language: Language, **facts: object) -> Table:
    table = Table(
        title=say(f"outgrow.title.{title}", language, **facts),
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 0),
        pad_edge=False,
        show_edge=False,
    )
    table.add_column("", overflow="fold", min_width=11)
    return table


def _between(value: str, low: str, high: str) -> str:
    """A figure and its interval."""
    return value if value == UNKNOWN else f"{value} \\[{low}, {high}]"

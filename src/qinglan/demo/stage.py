"""The outgrow story by itself, without a workspace: ``python -m qinglan.demo.outgrow --seed 7``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.table import Table

from qinglan.demo.outcome import Claim, OutgrowResult, percent, points
from qinglan.evaluation.scores import ALL
from qinglan.sources.arithmetic import SKILL_NAMES
from qinglan.wording import Language, preferred, say


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
    notes = [
        say(f"outgrow.{key}", language)
        for key in ("note_planted", "note_simulated", "note_interval")
    ]
    return Group(
        headroom_table(result, language),
        score_table(result, language),
        run_table(result, language),
        *(claim_line(claim, language) for claim in result.claims),
        *(f"[dim]{note}[/dim]" for note in notes),
    )


def headroom_table(result: OutgrowResult, language: Language) -> Table:
    """Per skill: teacher, best of k, student, expert, the two gaps, and tasks sent to experts."""
    table = _table("headroom", language, k=result.k)
    columns = ("teacher", "best", "student", "expert", "teachable", "experts_only", "sent")
    for column in columns:
        table.add_column(say(f"outgrow.{column}", language, k=result.k), justify="right")
    for line in result.headroom.skills:
        rates = (line.teacher, line.best_of_k, line.student, line.expert)
        gaps = (line.teachable, line.experts_only)
        table.add_row(
            skill_name(line.skill, language),
            *(percent(rate.value if rate else None) for rate in rates),
            *(_between(gap.value, gap.low, gap.high) for gap in gaps),
            str(result.allocation.get(line.skill, 0)),
        )
    return table


def score_table(result: OutgrowResult, language: Language) -> Table:
    """Skill by arm: pass@1; for all skills together its interval, pass@k and the difference."""
    table = _table("scores", language, n=result.cell("teacher").n)
    skills = [line.skill for line in result.headroom.skills]
    for skill in skills:
        table.add_column(skill_name(skill, language), justify="right")
    for column in ("all", "passk", "diff"):
        table.add_column(say(f"outgrow.{column}", language, k=result.k), justify="right")
    for arm in dict.fromkeys(cell.arm for cell in result.cells):
        whole = result.cell(arm)
        table.add_row(
            say(f"outgrow.arm.{arm}", language),
            *(percent(result.cell(arm, skill).pass1) for skill in skills),
            f"{percent(whole.pass1)} [{percent(whole.low)}, {percent(whole.high)}]",
            percent(whole.passk),
            _between(whole.diff, whole.diff_low, whole.diff_high),
        )
    return table


def run_table(result: OutgrowResult, language: Language) -> Table:
    """What each training saw and cost."""
    table = _table("runs", language)
    for column in ("by_teacher", "by_expert", "steps", "tokens", "loss", "seconds"):
        table.add_column(say(f"outgrow.{column}", language), justify="right")
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


def _table(title: str, language: Language, **facts: object) -> Table:
    table = Table(title=say(f"outgrow.title.{title}", language, **facts), title_justify="left")
    table.add_column("")
    return table


def _between(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return "—"
    return f"{points(value)} \\[{points(low)}, {points(high)}]"

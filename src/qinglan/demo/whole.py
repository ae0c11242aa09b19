"""The training half of the demo in a workspace: story, hooks, runs recorded, page written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qinglan.demo.curriculum import ARMS, Sizes
from qinglan.demo.outcome import OutgrowResult
from qinglan.demo.outgrow import Stage, outgrow
from qinglan.demo.supply import Supply
from qinglan.wording import Language
from qinglan.workspace import open as open_workspace


def outgrow_in(
    folder: Path,
    *,
    seed: int,
    language: Language = "en",
    sizes: Sizes | None = None,
    progress: Callable[[Stage], None] = lambda stage: None,
) -> OutgrowResult:
    """Run the story of one seed in the workspace in ``folder``; models go to ``models/<seed>``.

    ``language`` is that of the questions; it is the same whatever the person reads, so that a
    seed gives the same figures to everyone. Each student's run is tied to its release, so that
    ``trace`` leads from it to the sources.
    """
    models = folder / "models" / str(seed)
    with open_workspace(folder) as ws:
        supply = Supply(ws, seed, folder / f"input-{seed}")
        result = outgrow(
            seed=seed, folder=models, language=language, sizes=sizes, progress=progress,
            hooks=supply.hooks(),
        )  # fmt: skip
        for arm in ARMS:
            ws.record_run(models / arm)
    return result

"""A made-up report with every section filled, for the tests of the page."""

from __future__ import annotations

from datetime import UTC, datetime

from qinglan.pages.labels import Estimate
from qinglan.pages.measures import (
    Confusion,
    ConfusionFacts,
    ConfusionRow,
    CostFacts,
    CostPoint,
    Spans,
)
from qinglan.pages.report import (
    AnnotatorRow,
    Checks,
    Example,
    Headroom,
    OriginRow,
    Rejects,
    ReleaseFacts,
    ReleaseReport,
    Stage,
)  # fmt: skip
from qinglan.records import Purpose, Reason, Split
from qinglan.wording import Phrase

TASKS = Phrase("tasks", "题")
ANSWERS = Phrase("answers", "条作答")


def _confusion(label: str, simulated: bool = False) -> Confusion:
    """Yes is known by its name; a class that nobody met has no shares."""

    def row(true: str, n: float, shares: tuple[float | None, ...], right: Estimate) -> ConfusionRow:
        return ConfusionRow(true=true, n=n, shares=shares, right=right)

    return Confusion(
        label=label, simulated=simulated,
        rows=(
            row("yes", 61.4, (0.9, 0.1, 0.0), Estimate(label="", value=0.9, low=0.8, high=0.95)),
            row("no", 40.0, (0.25, 0.7, 0.05), Estimate(label="", value=0.7, low=0.55, high=0.82)),
            row("不知道", 0.0, (None, None, None), Estimate(label="", value=None)),
        ),
    )  # fmt: skip


def _points(*points: tuple[float, float]) -> tuple[CostPoint, ...]:
    return tuple(
        CostPoint(each=x, error=Estimate(label="", value=y, low=y * 0.9, high=y * 1.1))
        for x, y in points
    )


def example(**changes: object) -> ReleaseReport:
    """A report in which every section has data; ``changes`` replace fields."""
    names = ("林夏", "expert-b", "model: small-math-1b @ 3f2a", "陈舟")
    fields: dict[str, object] = {
        "title": Phrase("Grade-school arithmetic, first release", "小学算术：首次发布"),
        "project": "arithmetic",
        "purpose": Purpose.TRAINING,
        "built": datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        "simulated": True,
        "simulated_annotators": ("陈舟",),
        "stages": (
            Stage(stage="import", unit=ANSWERS, entered=4012, left=4000, set_aside=12),
            Stage(stage="judge", unit=TASKS, entered=800, left=741, set_aside=59),
            Stage(stage="release", unit=TASKS, entered=741, left=741, set_aside=0),
        ),
        "rejects": (
            Rejects(
                stage="import",
                reason=Reason.BAD_JSON,
                n=12,
                examples=tuple(
                    Example(file="answers.jsonl", line=17 + n, field="answer.steps", detail="{")
                    for n in range(8)
                ),
            ),
            Rejects(stage="judge", reason=Reason.BELOW_THRESHOLD, n=59),
        ),
        "agreement": (Estimate(label="Krippendorff's α", value=0.71, low=0.68, high=0.74, n=800),),
        "agreement_method": Phrase("nominal, pairs within tasks", "名义量表，题内两两比较"),
        "annotators": (
            AnnotatorRow(estimate=Estimate(label="newcomer", value=None), type="person"),
            *(
                AnnotatorRow(
                    estimate=Estimate(
                        label=name, value=0.93 - n / 9, low=0.88 - n / 8, high=0.96 - n / 10, n=1000
                    ),
                    answers=1000,
                    type="model" if "model" in name else "person",
                    simulated=name == "陈舟",
                )
                for n, name in enumerate(names)
            ),
        ),
        "accuracy": (
            Estimate(
                label=Phrase("majority", "多数表决"), value=0.883, low=0.861, high=0.905, n=800
            ),
            Estimate(
                label=Phrase("consensus", "共识模型"), value=0.942, low=0.926, high=0.958, n=800
            ),
        ),
        "spans": Spans(
            weeks=tuple(
                Estimate(
                    label=Phrase(f"week of 2026-01-{day:02}", f"2026-01-{day:02} 当周"),
                    value=0.7 - day / 50,
                    low=0.6 - day / 50,
                    high=0.8 - day / 50,
                    n=90,
                )
                for day in (5, 12, 19)
            ),
            versions=(
                Estimate(label="guideline version 1", value=0.61, low=0.55, high=0.66, n=300),
                Estimate(label="guideline version 2", value=None, n=0),
            ),
        ),
        "confusion": ConfusionFacts(
            classes=("yes", "no", "不知道"),
            pooled=_confusion("all"),
            annotators=(_confusion("林夏"), _confusion("陈舟", simulated=True)),
            left_out=3,
        ),
        "cost": CostFacts(
            tasks=1000,
            sampled_from=4000,
            target=0.05,
            fixed=_points((1, 0.24), (2, 0.19), (3, 0.08)),
            adaptive=_points((2, 0.19), (2.6, 0.06)),
        ),
        "intervals": Phrase("95%, bootstrap over tasks", "95%，按题目自助抽样"),
        "checks": tuple(
            Checks(
                annotator=name,
                verified=800 - 90 * n,
                refuted=150 + 70 * n,
                undecided=50 + 20 * n,
                reasons=((Reason.NO_FINAL_ANSWER, 40), (Reason.ANSWER_AMBIGUOUS, 10 + 20 * n)),
            )
            for n, name in enumerate(names)
        ),
        "origins": (
            OriginRow(source="own/arithmetic", channel="own", licence="Apache-2.0", n=600),
            OriginRow(source="gsm-like/train", channel="published", licence="MIT", n=200),
            OriginRow(source="walk-in answers", channel="simulated", n=None),
        ),
        "posteriors": tuple(min(1.0, 0.5 + n / 1200) for n in range(800)) + (None,) * 3,
        "release": ReleaseFacts(
            name="arithmetic-1",
            root="4e" * 32,
            signer="ed25519:" + "ab" * 32,
            splits=((Split.TRAIN, 600), (Split.DEV, 70), (Split.TEST, 71)),
        ),
        "headroom": (
            Headroom(skill="multi-step fractions", unsolved=31, tasks=90),
            Headroom(skill=None, unsolved=4, tasks=120),
        ),
        "commands": (
            "qinglan release verify releases/arithmetic-1",
            "qinglan train --release arithmetic-1 --recipe recipes/sft.toml --seed 1",
        ),
    }
    return ReleaseReport.model_validate({**fields, **changes})

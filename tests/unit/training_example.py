"""A made-up training report with every section filled, for the tests of the page."""

from __future__ import annotations

from typing import Any

from qinglan.pages.labels import Estimate
from qinglan.pages.training import (
    Arm,
    Claim,
    Comparison,
    HeadroomRow,
    RunFacts,
    Score,
    Skill,
    TrainingReport,
)  # fmt: skip
from qinglan.wording import Phrase

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}\u202e'


def share(value: float, low: float, high: float, n: int | None = None) -> Estimate:
    return Estimate(label="", value=value, low=low, high=high, n=n)


def score(arm: str, skill: str | None, **changes: Any) -> Score:
    """90 % at once, 95 % within k; a student is 30 points above its teacher."""
    fields: dict[str, Any] = {
        "n": 198, "undecided": 2, "pass1": share(0.9, 0.85, 0.94), "passk": share(0.95, 0.91, 0.98),
    }  # fmt: skip
    if arm == "base":
        fields |= {"passk": None}
    if arm != "teacher":
        fields |= {"difference": share(0.3, 0.24, 0.36), "p_value": 1e-9}
    return Score.model_validate({"arm": arm, "skill": skill, **fields, **changes})


def example(**changes: Any) -> TrainingReport:
    """A report in which every section has data; ``changes`` replace fields."""
    fields: dict[str, Any] = {
        "title": Phrase("Bluer than the indigo", "青出于蓝"),
        "seed": 7,
        "language": "zh",
        "k": 8,
        "simulated": True,
        "tasks": 2000,
        "notes": (Phrase("The ceiling is planted.", "上限是人为设置的。"),),
        "skills": (
            Skill(key="sum", label=Phrase("Digit sum", "数字和")),
            Skill(key="left", label=Phrase("Left to right", "从左到右")),
        ),
        "arms": (
            Arm(key="base", label=Phrase("base", "底座"), role="base"),
            Arm(key="teacher", label=Phrase("teacher", "老师"), role="teacher"),
            Arm(key="ours", label=Phrase("ours", "我们的"), role="student"),
        ),
        "claims": (
            Claim(text=Phrase("no question is shared (0)", "无重题（0）"), holds=True),
            Claim(text=Phrase("by at least 10 points (+9.1)", "至少 10 点（+9.1）"), holds=False),
            Claim(text=Phrase("experts cost less", "专家更省"), holds=None),
        ),
        "scores": tuple(
            score(arm, skill)
            for arm in ("base", "teacher", "ours")
            for skill in (None, "sum", "left")
        ),
        "comparisons": (
            Comparison(
                difference=Estimate(
                    label=Phrase("ours minus random", "与随机派题之差"),
                    value=-0.005, low=-0.02, high=0.01,
                )
            ),
        ),
        "headroom": (
            HeadroomRow(
                skill="sum", teacher=share(0.01, 0.002, 0.054), best_of_k=share(0.03, 0.01, 0.085),
                student=None, expert=share(0.96, 0.805, 0.993, 25),
                teachable=Estimate(label="", value=None), sent=192,
                experts_only=share(0.96, 0.88, 1.0, 25),
            ),
        ),
        "pilot_answers": 375,
        "runs": (
            RunFacts(arm="base", examples=(("own", 38400),), losses=((12, 3.9), (24, 0.5))),
            RunFacts(arm="teacher"),
            RunFacts(
                arm="ours", examples=(("teacher", 1178), ("simulated_expert", 395)),
                expert_answers=1200, teacher_answers=2000, steps=400, completion_tokens=262406,
                seconds=49.908, losses=((4, 3.5928), (200, 0.31), (400, None)), run="run_a",
                release="ours-1", root="d2" * 32,
            ),
        ),
        "versions": (("torch", "2.13.0+cpu"), ("qinglan", None)),
        "commands": ("qinglan release verify releases/ours-1 --key keys/signing.pub",),
    }  # fmt: skip
    return TrainingReport.model_validate({**fields, **changes})


def hostile() -> TrainingReport:
    """Every free text is an attack."""
    point = Estimate(label=HOSTILE, value=0.5, low=0.4, high=0.6, note=HOSTILE)
    return example(
        title=HOSTILE,
        notes=(HOSTILE,),
        skills=(Skill(key=HOSTILE, label=HOSTILE),),
        arms=(
            Arm(key=HOSTILE, label=HOSTILE, role="student"),
            Arm(key="teacher", label=HOSTILE, role="teacher"),
        ),
        claims=(Claim(text=HOSTILE, holds=True),),
        scores=(score(HOSTILE, HOSTILE), score(HOSTILE, None), score("teacher", None)),
        comparisons=(Comparison(difference=point),),
        headroom=(
            HeadroomRow(
                skill=HOSTILE, teacher=point, best_of_k=point, student=point, expert=point,
                teachable=point, experts_only=point, sent=1,
            ),
        ),
        runs=(
            RunFacts(
                arm=HOSTILE, examples=(("expert", 3),), losses=((1, 2.0), (2, 1.0)), run=HOSTILE,
                release=HOSTILE, root="0" * 64,
            ),
        ),
        versions=((HOSTILE, HOSTILE),),
        commands=(HOSTILE,),
    )  # fmt: skip

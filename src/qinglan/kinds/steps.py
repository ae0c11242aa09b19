"""Worked steps: how a text becomes steps and a final answer.

Solutions arrive as one text with a step a line, or as a list. Blank lines are layout, not
steps; nothing else is taken out.
"""

from __future__ import annotations

from collections.abc import Sequence

from qinglan.kinds import final, free
from qinglan.records import Reason, StepsAnswer

__all__ = ["read_solution", "split_steps"]


def split_steps(steps: object) -> object:
    """Steps as a tuple of non-blank lines; what is neither text nor a list comes back as it is."""
    if isinstance(steps, str):
        return tuple(line.strip() for line in steps.splitlines() if line.strip())
    if isinstance(steps, Sequence) and all(isinstance(step, str) for step in steps):
        return tuple(step.strip() for step in steps if step.strip())
    return steps


def read_solution(text: str) -> StepsAnswer | Reason:
    """One text as steps and final answer: the last line that states it is the final one.

    Returns:
        The answer, or ``NO_FINAL_ANSWER`` where the text states none, or ``ANSWER_AMBIGUOUS``.
    """
    reading = free.read(text)
    if reading.reason in (Reason.NO_FINAL_ANSWER, Reason.ANSWER_AMBIGUOUS):
        return reading.reason
    statements = final.find_statements(text)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    stated = free.read(lines[-1])
    closing = len(lines) > 1 and stated.reason is None and stated == reading
    return StepsAnswer(steps=tuple(lines[:-1] if closing else lines), final=statements[0])

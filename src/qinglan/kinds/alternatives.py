"""Alternatives: several candidates for each step of a solution, each rated, as PRM800K has them.

Somebody rates every candidate of a step, says with which one the solution goes on, and comes to the
next step; where no candidate is right they write the right step themselves. What counts as one
vote is where the solution fails: the first step at which no candidate is chosen, as for ``marks``.

A task keeps each step's candidates as a JSON list of texts in one of its options.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from qinglan.errors import RowError
from qinglan.kinds import marks
from qinglan.kinds.canonical import Canonical
from qinglan.records import AlternativesAnswer, RatedStep, Reason

__all__ = [
    "MOST", "build", "first_wrong", "fits", "pack", "path", "read_candidates", "to_prm800k",
    "unpack",
]  # fmt: skip

MOST = 50
"""Candidates a step, at most: more than anybody rates."""

_CODES = {"right": 1, "neutral": 0, "wrong": -1}
_FINISHES = ("solution", "found_error", "give_up", "bad_problem")


def pack(steps: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Candidates by step as a task's options."""
    return tuple(json.dumps(list(step), ensure_ascii=False) for step in steps)


def unpack(options: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """A task's options as candidates by step.

    Raises:
        ValueError: they are no such options.
    """
    steps = [json.loads(option) for option in options]
    if not all(isinstance(s, list) and all(isinstance(c, str) for c in s) for s in steps):
        raise ValueError("not lists of texts")
    return tuple(map(tuple, steps))


def read_candidates(given: object) -> tuple[tuple[str, ...], ...] | None:
    """Candidates by step from a file: texts, lists of texts, or PRM800K's steps; else ``None``.

    A step without candidates is where somebody gave up; only the last may be one.
    """
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        return None
    steps = [_texts(step) for step in given]
    found = [step for step in steps if step is not None]
    fits = all(len(step) <= MOST and all(text.strip() for text in step) for step in found)
    if len(found) < len(steps) or not fits or not all(found[:-1]) or not any(found):
        return None
    return tuple(found)


def _texts(step: object) -> tuple[str, ...] | None:
    if isinstance(step, str):
        return (step,)
    if isinstance(step, Mapping):
        step = step.get("completions") or ()
    if not isinstance(step, Sequence):
        return None
    texts = [one.get("text") if isinstance(one, Mapping) else one for one in step]
    found = tuple(text for text in texts if isinstance(text, str))
    return found if len(found) == len(texts) else None


def build(payload: Mapping[str, object], options: tuple[str, ...]) -> AlternativesAnswer:
    """The answer that ``payload`` gives; ``options`` empty where the task is not known yet.

    Raises:
        RowError: it does not fit; names the field.
    """
    given = payload["steps"]
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise _misfit("alternatives_misfit")
    steps = tuple(_step(step) for step in given)
    if not steps or not _whole(steps):
        raise _misfit("alternatives_misfit")
    widths = [len(step) for step in unpack(options)] or [len(step.ratings) for step in steps]
    if [len(step.ratings) for step in steps] != widths[: len(steps)]:
        raise _misfit("alternatives_misfit")
    ends = _goes_on(steps[-1]) and len(steps) == len(widths)
    # A written last step may end a solution, but who does not say so has come upon an error.
    chose = ends and steps[-1].chosen is not None
    finish = payload.get("finish") or ("solution" if chose else "found_error")
    if finish not in _FINISHES:
        raise RowError(
            "kinds.not_a_finish", field="finish", known=", ".join(_FINISHES),
            reason=Reason.BAD_VALUE,
        )  # fmt: skip
    lacks = finish == "solution" and not ends
    if lacks or (finish == "found_error" and _fails_at(steps) is None):
        raise _misfit("alternatives_finish", "finish" if "finish" in payload else "steps")
    return AlternativesAnswer.model_validate({"steps": steps, "finish": finish})


def _misfit(key: str, field: str = "steps") -> RowError:
    return RowError(f"kinds.{key}", field=field, reason=Reason.BAD_VALUE)


def _step(given: object) -> RatedStep:
    """One step, in our form or in PRM800K's."""
    if not isinstance(given, Mapping):
        raise _misfit("alternatives_misfit")
    if "completions" in given:
        given = _from_prm800k(given)
    if set(given) - set(RatedStep.model_fields):
        raise _misfit("alternatives_misfit")
    said = given.get("ratings")
    if not isinstance(said, Sequence) or isinstance(said, str):
        raise _misfit("alternatives_misfit")
    ratings = tuple(None if one is None else marks.read_one(one) for one in said)
    if any(one is None and word is not None for one, word in zip(ratings, said, strict=True)):
        raise _misfit("not_marks")
    flagged = given.get("flagged") or ()
    if not isinstance(flagged, Sequence) or isinstance(flagged, str):
        raise _misfit("alternatives_misfit")
    chosen = given.get("chosen")
    if isinstance(chosen, Decimal) and chosen == int(chosen):
        chosen = int(chosen)
    step = RatedStep.model_validate(
        {
            "ratings": ratings, "chosen": chosen, "written": given.get("written") or None,
            "flagged": tuple(flagged),
        }
    )  # fmt: skip
    if not all(0 <= place < len(ratings) for place in step.flagged):
        raise _misfit("alternatives_misfit")
    return step


def _from_prm800k(given: Mapping[str, Any]) -> dict[str, Any]:
    completions = given["completions"] or ()
    human = given.get("human_completion") or {}
    if not isinstance(completions, Sequence) or not isinstance(human, Mapping):
        raise _misfit("alternatives_misfit")
    if not all(isinstance(one, Mapping) for one in completions):
        raise _misfit("alternatives_misfit")
    return {
        "ratings": [one.get("rating") for one in completions],
        "flagged": [place for place, one in enumerate(completions) if one.get("flagged")],
        "chosen": given.get("chosen_completion"),
        "written": human.get("text"),
    }


def _whole(steps: Sequence[RatedStep]) -> bool:
    """Whether each step but the last goes on, and by one way that is not wrong."""
    for step in steps:
        if step.chosen is not None:
            good = step.chosen < len(step.ratings) and step.written is None
            if not good or step.ratings[step.chosen] not in ("right", "neutral"):
                return False
        if step.written is not None and not step.written.strip():
            return False
    return all(_goes_on(step) for step in steps[:-1])


def _goes_on(step: RatedStep) -> bool:
    return step.chosen is not None or step.written is not None


def _fails_at(steps: Sequence[RatedStep]) -> int | None:
    """The number, from 1, of the first step where none is chosen and something is wrong."""
    for number, step in enumerate(steps, 1):
        if step.chosen is None and "wrong" in step.ratings:
            return number
    return None


def fits(answer: AlternativesAnswer, options: tuple[str, ...]) -> bool:
    """Whether as many candidates were rated as the task's steps have, and a solution is whole."""
    own = [len(step.ratings) for step in answer.steps]
    widths = [len(step) for step in unpack(options)]
    return own == (widths if answer.finish == "solution" else widths[: len(own)])


def first_wrong(answer: AlternativesAnswer, options: tuple[str, ...]) -> Canonical:
    """The number of the first step at which no candidate will do, from 1, or ``none``.

    Unreadable where somebody gave up before anything was wrong, or the task has other candidates.
    """
    failed = _fails_at(answer.steps)
    gave_up = answer.finish in ("give_up", "bad_problem") and failed is None
    if gave_up or (options and not fits(answer, options)):
        return Canonical(None, Reason.ANSWER_UNREADABLE)
    return Canonical(marks.NONE if failed is None else str(failed))


def path(answer: AlternativesAnswer, options: tuple[str, ...]) -> tuple[str, ...]:
    """The steps of the solution that was chosen, written ones among them."""
    steps = zip(answer.steps, unpack(options), strict=False)
    taken = [
        step.written if step.chosen is None else candidates[step.chosen]
        for step, candidates in steps
    ]
    return tuple(text for text in taken if text is not None)


def to_prm800k(
    answer: AlternativesAnswer, options: tuple[str, ...], *, prompt: str, labeler: str
) -> dict[str, Any]:
    """One answer as PRM800K writes it. What we do not know, or must not tell, is null."""
    steps = [
        {
            "completions": [
                {"text": text, "rating": None if rating is None else _CODES[rating],
                 "flagged": place in step.flagged}
                for place, (text, rating) in enumerate(zip(candidates, step.ratings, strict=True))
            ] or None,
            "human_completion": None if step.written is None else {
                "text": step.written, "rating": None, "source": "human", "flagged": False,
            },
            "chosen_completion": step.chosen,
        }
        for step, candidates in zip(answer.steps, unpack(options), strict=False)
    ]  # fmt: skip
    return {
        "labeler": labeler, "timestamp": None, "generation": None,
        "is_quality_control_question": False, "is_initial_screening_question": False,
        "question": {"problem": prompt, "ground_truth_answer": None},
        "label": {"steps": steps, "total_time": None, "finish_reason": answer.finish},
    }  # fmt: skip

"""How one annotator sees a task's options: what is compared blind, and always the same for them.

A pair may be shown in the other order, and the items of a ranking in any; which, the workspace's
secret decides from annotator and task. So the place on the page tells nothing, and an answer is
turned back before it is kept. How near a number must come to a key is not shown at all: where only
gold has a key, only gold may state it. Not a verb.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qinglan import assignment
from qinglan.records import Answer, ComparisonAnswer, Kind, PreferenceAnswer, RankingAnswer

_OTHER = {"left": "right", "right": "left"}


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where each of a task's options stands for one annotator.

    ``places[i]`` is the option, in the record's order, that is shown in place i.
    """

    places: tuple[int, ...]
    first: int | None = None
    """How many of the options are shown; ``None``: all."""

    def show(self, options: tuple[str, ...]) -> tuple[str, ...]:
        """The options as they are shown."""
        if self.first is not None:
            return options[: self.first] if any(options[: self.first]) else ()
        return tuple(options[place] for place in self.places) if self.places else options

    def back(self, answer: Answer) -> Answer:
        """An answer to what was shown, as one to the record's order."""
        if not self.places:
            return answer
        if isinstance(answer, RankingAnswer):
            order = tuple(self.places[number - 1] + 1 for number in answer.order)
            return answer.model_copy(update={"order": order})
        if isinstance(answer, PreferenceAnswer):
            side = _OTHER.get(answer.winner, answer.winner)
            return answer.model_copy(update={"winner": side})
        if isinstance(answer, ComparisonAnswer):
            side = _OTHER.get(answer.winner, answer.winner)
            turned = {"winner": side, "left": answer.right, "right": answer.left}
            return answer.model_copy(update=turned)
        return answer

    def forth(self, said: dict[str, Any]) -> dict[str, Any]:
        """A kept answer's fields, as ones to what is shown."""
        if not self.places:
            return said
        if "order" in said:
            shown = {place + 1: number for number, place in enumerate(self.places, 1)}
            return {**said, "order": [shown[number] for number in said["order"]]}
        turned = {**said, "winner": _OTHER.get(said["winner"], said["winner"])}
        if "left" in said:
            turned |= {"left": said["right"], "right": said["left"]}
        return turned


PLAIN = Arrangement(())
"""The record's own order."""


def arrange(
    secret: bytes, annotator: str, task: str, kind: Kind, options: tuple[str, ...]
) -> Arrangement:
    """How ``annotator`` sees ``task``, both by id."""
    if kind in (Kind.PREFERENCE, Kind.COMPARISON):
        if not assignment.swapped(secret, annotator, task):
            return PLAIN
        return Arrangement((1, 0, *range(2, len(options))))
    if kind is Kind.NUMBER:
        return Arrangement((), first=3)
    if kind is Kind.RANKING:
        drawn = [
            (assignment.draw(secret, "item", annotator, task, place), place)
            for place in range(len(options))
        ]
        return Arrangement(tuple(place for _, place in sorted(drawn)))
    return PLAIN

"""Which model answers: pinned, so that another version is another annotator."""

from __future__ import annotations

from dataclasses import dataclass

from qinglan.records import Annotator, Origin
from qinglan.teachers.prompts import VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    """A model by name and revision, where it is asked, and the terms that its answers are under.

    For a model that runs here, ``address`` names the weights themselves.
    """

    model: str
    revision: str | None
    address: str
    origin: Origin
    learned: frozenset[Origin] = frozenset()
    """What a model of ours learned from: its answers owe what that owes."""

    @property
    def place(self) -> tuple[str, ...]:
        """What makes it this annotator and no other; the way it is asked belongs to it."""
        return ("model", self.model, self.revision or "", self.address, f"prompts/{VERSION}")

    @property
    def name(self) -> str:
        """What people read."""
        return f"{self.model}@{self.revision}" if self.revision else self.model

    def annotator(self, id_: str, project: str) -> Annotator:
        """Its record in a project (by the project's id)."""
        return Annotator(
            id=id_, project=project, type="model", name=self.name, origin=self.origin,
            simulated=any(o.channel == "simulated" for o in (self.origin, *self.learned)),
        )  # fmt: skip

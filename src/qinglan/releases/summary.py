"""What a release says of itself, unchecked: for a person who wants to know what is in the box."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qinglan import wording
from qinglan.errors import InputError
from qinglan.policy.review import read as read_permit
from qinglan.releases.manifest import MANIFEST, MAX_BYTES, PERMIT, Manifest, parse


@dataclass(frozen=True, slots=True)
class Summary:
    """The manifest, and what the permit says is owed."""

    manifest: Manifest
    obligations: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            **self.manifest.model_dump(mode="json"),
            "obligations": list(self.obligations),
            "checked": False,
        }

    def sentences(self, language: wording.Language | None = None) -> list[str]:
        """What to tell a person, one sentence a line."""

        def word(key: str, **facts: object) -> str:
            return wording.say(key, language, **facts)

        told, counts = self.manifest, self.manifest.counts
        purpose = word(f"policy.purpose.{told.purpose.value}")
        said = [
            word("releases.show", name=told.name, project=told.project.name, purpose=purpose,
                 built=told.built.isoformat(), root=told.root),
            word("card.sum", tasks=counts.tasks, rows=counts.rows, aside=counts.aside),
            ", ".join(f"{part.value} {rows}" for part, rows in told.splits.rows),
        ]  # fmt: skip
        said += [
            f"{word(f'card.stage.{c.stage}')}: {word(f'reason.{c.reason.value}')}: {c.count}"
            for c in counts.set_aside
        ]
        if told.simulated_rows:
            said.append(word("releases.simulated", simulated=told.simulated_rows, rows=counts.rows))
        said += [word(f"obligation.{name}") for name in self.obligations]
        return [*said, word("releases.unchecked")]


def show(folder: Path) -> Summary:
    """What the release in ``folder`` says it holds. Nothing is checked; ``check`` does that.

    Raises:
        InputError: there is no release in ``folder``.
        IntegrityError: its manifest or permit cannot be read.
    """
    try:
        with (folder / MANIFEST).open("rb") as opened:
            manifest = parse(opened.read(MAX_BYTES + 1))
        with (folder / PERMIT).open("rb") as opened:
            permit = read_permit(opened.read(MAX_BYTES + 1))
    except OSError as error:
        raise InputError("releases.no_folder", folder=folder) from error
    owed = sorted({name for decision in permit.decisions for name in decision.obligations})
    return Summary(manifest, tuple(owed))

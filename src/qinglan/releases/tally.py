"""What rows add up to: the root over them, and the counts that the manifest states.

Building keeps one while it writes, checking keeps one while it reads; they must agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from qinglan.provenance.merkle import Tree
from qinglan.records import Origin, Split
from qinglan.releases import images
from qinglan.releases.manifest import AnnotatorCount, SourceCount
from qinglan.releases.rows import ReleaseRow


@dataclass(slots=True)
class Tally:
    """The rows so far."""

    tree: Tree = field(default_factory=Tree)
    rows: int = 0
    splits: Counter[Split] = field(default_factory=Counter)
    people: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """Rows by type of annotator, and whether simulated."""
    origins: Counter[Origin] = field(default_factory=Counter)

    def count(self, row: ReleaseRow, part: Split, line: bytes) -> None:
        """Add one row; ``line`` is its canonical JSON."""
        self.tree.add(line)
        self.rows += 1
        self.splits[part] += 1
        self.people[row.annotator.type, row.annotator.simulated] += 1
        self.origins.update(row.origins)

    def illustrate(self, digests: Mapping[str, str]) -> None:
        """Add the digests of the pictures, by path, after the rows."""
        for name, digest in sorted(digests.items()):
            self.tree.add(images.leaf(name, digest))

    @property
    def annotators(self) -> tuple[AnnotatorCount, ...]:
        """Rows by who answered, in a fixed order."""
        return tuple(
            AnnotatorCount.model_validate({"type": kind, "simulated": simulated, "rows": rows})
            for (kind, simulated), rows in sorted(self.people.items())
        )

    @property
    def sources(self) -> tuple[SourceCount, ...]:
        """Rows by origin, in a fixed order."""
        found = sorted(self.origins.items(), key=lambda item: item[0].model_dump_json())
        return tuple(SourceCount(origin=origin, rows=rows) for origin, rows in found)

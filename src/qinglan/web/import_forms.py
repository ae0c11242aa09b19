"""What the forms of an import hold: which field is what, and the terms; and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qinglan.errors import UsageError
from qinglan.flow.arriving import Arrival
from qinglan.flow.load import Imported
from qinglan.flow.terms import Terms
from qinglan.provenance.identity import Json

CHANNELS = ("own", "published", "weights", "api", "person", "simulated")
PARTS = ("train", "dev", "test")


def pairs_of(form: Mapping[str, str]) -> list[str]:
    """The mapping in the form: a column chosen from the file's, or a path that was typed."""
    pairs = []
    for name, value in form.items():
        target = name.removeprefix("map-")
        path = form.get(f"path-{target}", "").strip() or value.strip()
        if name.startswith("map-") and path:
            pairs.append(f"{target}={path}")
    return pairs


def terms_of(form: Mapping[str, str], of: str = "") -> Terms:
    """The terms in the form; ``of`` comes before the names of those that are not the file's.

    Raises:
        UsageError: one is none that the form offers.
    """

    def word(name: str) -> str | None:
        return form.get(of + name, "").strip()[:500] or None

    channel: Any = form.get(f"{of}channel", "")
    part: Any = word("part")
    if channel not in CHANNELS or part not in (None, *PARTS):
        raise UsageError("web.bad_form")
    return Terms(
        channel=channel, licence=word("licence"), family=word("family"), part=part,
        name=word("name"),
    )  # fmt: skip


def done_told(done: Imported, arrival: Arrival) -> Mapping[str, Json]:
    """What the page of the job tells."""
    return {
        "read": done.read, "new": done.new, "set_aside": done.set_aside, "again": done.again,
        "activity": done.activity, "file": arrival.name, "what": arrival.what,
        "reasons": dict(sorted(done.reasons.items())),
    }  # fmt: skip

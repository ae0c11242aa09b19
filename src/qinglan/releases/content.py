"""The second layer of a check: does the content of a release mean what the release says?

Everything is recomputed from the rows: the root, the counts, the splits, each record's
commitment, and that the permit speaks of every origin. One pass over the JSON Lines, merged back
into the order of task ids, beside the proofs and the Parquet files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import merge
from itertools import zip_longest
from pathlib import Path
from typing import Any

from qinglan.errors import IntegrityError
from qinglan.policy.review import read as read_permit
from qinglan.provenance.attestation import loads
from qinglan.provenance.identity import canonical, sha256
from qinglan.records import Origin, Split
from qinglan.releases import scales
from qinglan.releases.failure import Report
from qinglan.releases.images import by_id, is_image
from qinglan.releases.manifest import MANIFEST, PERMIT, PROVENANCE, Manifest
from qinglan.releases.rows import Data, ReleaseRow, broken, examine, flatten, restore
from qinglan.releases.splits import split
from qinglan.releases.tables import jsonl_name, parquet_name, read_parquet, typed
from qinglan.releases.tally import Tally

MAX_LINE = 256 * 2**20
_SLACK = 2**20


class _Bad(Exception):
    """Stops the pass: the file cannot be read on."""

    def __init__(self, file: str, what: str, **facts: object) -> None:
        super().__init__(file)
        self.file, self.what, self.facts = file, what, facts


def examine_content(folder: Path, manifest: Manifest, fail: Report) -> None:
    """Report everything in the rows, the permit and the counts that does not hold."""
    try:
        covered = _permit(folder, manifest, fail)
        listed = {file.name: file.sha256 for file in manifest.files if is_image(file.name)}
        illustrated = manifest.images is not None
        seen = _rows(folder, manifest, covered, by_id(listed) if illustrated else None, fail)
        seen.illustrate(listed)
        _compare(seen, manifest, fail)
        for part in Split:
            scaled = manifest.project.kind in scales.KINDS
            _parquet(folder, part, seen.splits[part], scaled, illustrated, fail)
    except _Bad as bad:
        fail(bad.file, bad.what, **bad.facts)
    except OSError as error:
        fail(str(error.filename or MANIFEST), "unreadable", why=error.strerror or "")


def _permit(folder: Path, manifest: Manifest, fail: Report) -> frozenset[Origin]:
    data = (folder / PERMIT).read_bytes()
    try:
        permit = read_permit(data)
    except IntegrityError as error:
        raise _Bad(PERMIT, "malformed", why=error.facts["why"]) from error
    if sha256(data) != manifest.permit or permit.purpose is not manifest.purpose:
        fail(PERMIT, "other_permit")
    return frozenset(decision.origin for decision in permit.decisions)


def _rows(
    folder: Path, manifest: Manifest, covered: frozenset[Origin],
    pictures: Mapping[str, str] | None, fail: Report,
) -> Tally:  # fmt: skip
    seen = Tally()
    shown: set[str] = set()
    last = ""
    streams = [_placed(folder, part) for part in Split]
    merged = merge(*streams, key=lambda item: item[0])
    for item, proof in zip_longest(merged, _lines(folder, PROVENANCE)):
        if item is None or proof is None:
            raise _Bad(PROVENANCE, "other_length")
        identifier, part, number, data, line = item
        name = jsonl_name(part)
        if identifier <= last:
            raise _Bad(name, "unordered", line=number)
        last = identifier
        row = _restored(manifest, name, number, data, proof[1], pictures)
        shown.update(data.get("images", ()))
        draw = manifest.splits
        if (
            data["split"] != part.value
            or split(row.task.group, salt=draw.salt, dev=draw.dev, test=draw.test) is not part
        ):
            fail(name, "other_split", line=number)
        for origin in row.origins:
            if origin not in covered:
                fail(name, "not_covered", line=number)
        seen.count(row, part, line)
    if shown != set((pictures or {}).values()):
        fail(MANIFEST, "miscounted", field="images")
    return seen


def _restored(
    manifest: Manifest, name: str, number: int, data: Data, proof: Data,
    pictures: Mapping[str, str] | None,
) -> ReleaseRow:  # fmt: skip
    """The records of one row, after seeing that row, proof and commitments say the same."""
    try:
        if proof["id"] != data["id"]:
            raise _Bad(PROVENANCE, "other_row", line=number, name=name)
        row = restore(data, proof, project=manifest.project.id, guideline=manifest.guideline.id)
        examine(row)
        torn = broken(row, proof)
        known = row.task.guideline in manifest.guidelines
        same = flatten(row, Split(data["split"]), pictures) == data
    except (ValueError, KeyError, TypeError, IndexError, IntegrityError) as error:
        raise _Bad(name, "bad_row", line=number, why=type(error).__name__) from error
    if torn is not None:
        raise _Bad(name, "uncommitted", line=number, part=torn)
    if not known:
        raise _Bad(name, "bad_row", line=number, why="another guideline")
    if not same:
        raise _Bad(name, "bad_row", line=number, why="fields contradict")
    return row


def _compare(seen: Tally, manifest: Manifest, fail: Report) -> None:
    counts = manifest.counts
    if seen.tree.root() != manifest.root:
        fail(MANIFEST, "other_root")
    said = {
        "rows": (counts.rows, seen.rows),
        "tasks": (counts.tasks, counts.rows + counts.aside),
        "splits": (manifest.splits.rows, tuple((part, seen.splits[part]) for part in Split)),
        "annotators": (manifest.annotators, seen.annotators),
        "sources": (manifest.sources, seen.sources),
        "guideline": (manifest.guideline.id, manifest.project.guideline),
    }
    for name, (stated, counted) in said.items():
        if stated != counted:
            fail(MANIFEST, "miscounted", field=name)


def _parquet(
    folder: Path, part: Split, rows: int, scaled: bool, illustrated: bool, fail: Report
) -> None:
    name = parquet_name(part)
    plain = (folder / jsonl_name(part)).stat().st_size
    try:
        # JSON spells every name in every row, so no honest Parquet file unpacks to more.
        bound = 4 * plain + _SLACK
        table = read_parquet(
            folder / name, rows=rows, most_bytes=bound, scaled=scaled, illustrated=illustrated
        )
        for (number, data, _), found in zip(_data(folder, part), table, strict=True):
            if typed(data) != found:
                fail(name, "other_rows", line=number)
                return
    except ValueError as error:
        raise _Bad(name, "malformed", why=str(error)) from error


def _data(folder: Path, part: Split) -> Iterator[tuple[int, Data, bytes]]:
    name = jsonl_name(part)
    last = ""
    for number, value, line in _numbered(folder, name):
        if not isinstance(value.get("id"), str) or value["id"] <= last:
            raise _Bad(name, "unordered", line=number)
        last = value["id"]
        yield number, value, line


def _placed(folder: Path, part: Split) -> Iterator[tuple[str, Split, int, Data, bytes]]:
    for number, data, line in _data(folder, part):
        yield data["id"], part, number, data, line


def _lines(folder: Path, name: str) -> Iterator[tuple[int, Data]]:
    for number, value, _ in _numbered(folder, name):
        yield number, value


def _numbered(folder: Path, name: str) -> Iterator[tuple[int, Data, bytes]]:
    """(line number, object, bytes) for each line, each in its one canonical spelling."""
    with (folder / name).open("rb") as opened:
        number = 0
        while line := opened.readline(MAX_LINE):
            number += 1
            body = line.removesuffix(b"\n")
            try:
                value: Any = loads(body)
                if body == line or canonical(value) != body or not isinstance(value, dict):
                    raise ValueError("not one canonical JSON object")
            except ValueError as error:
                raise _Bad(name, "bad_row", line=number, why=str(error)[:100]) from error
            yield number, value, body

"""The manifest: what a release holds, counted, with the digest of every file beside it.

The manifest does not list itself or the attestation; the attestation is about the manifest and
all the rest. So one signature reaches every byte.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
)

from qinglan.errors import IntegrityError
from qinglan.kinds.scheme import Scheme
from qinglan.provenance.attestation import ReleasePredicate, loads, without_none
from qinglan.provenance.chain import Anchor
from qinglan.records import Digest, Guideline, Origin, Project, Purpose, Reason, Split
from qinglan.releases import images
from qinglan.releases.tables import jsonl_name, parquet_name

FORMAT: Literal["qinglan-release/1"] = "qinglan-release/1"
MANIFEST = "manifest.json"
ATTESTATION = "attestation.intoto.jsonl"
PROVENANCE = "provenance.jsonl"
PERMIT = "permit.json"
CARD = "README.md"
SIGNER = "signer.pub"
FILES = tuple(
    sorted(
        [PROVENANCE, PERMIT, CARD, SIGNER]
        + [name for split in Split for name in (jsonl_name(split), parquet_name(split))]
    )
)
"""What the manifest lists beside pictures: no name in it can lead out of the folder."""

MAX_BYTES = 64 * 2**20


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class File(_Strict):
    """One file of the release."""

    name: str
    sha256: Digest
    bytes: int = Field(ge=0)


class SetAsideCount(_Strict):
    """How many records left the line at one stage for one reason."""

    stage: Literal["import", "verify", "judge", "release"]
    reason: Reason
    count: int = Field(ge=0)


class Counts(_Strict):
    """``tasks`` = ``rows`` + those set aside at the stages ``judge`` and ``release``."""

    tasks: int = Field(ge=0)
    rows: int = Field(ge=0)
    set_aside: tuple[SetAsideCount, ...]

    @property
    def aside(self) -> int:
        """Tasks that did not become rows."""
        return sum(c.count for c in self.set_aside if c.stage in ("judge", "release"))


class Splits(_Strict):
    """How groups were drawn into splits, and the rows in each."""

    salt: str
    dev: int = Field(ge=0, le=1000)
    test: int = Field(ge=0, le=1000)
    rows: tuple[tuple[Split, int], ...]


class AnnotatorCount(_Strict):
    """Rows by who answered."""

    type: Literal["person", "model", "program"]
    simulated: bool
    rows: int = Field(ge=0)


class SourceCount(_Strict):
    """Rows that rest on one origin; a row can rest on several."""

    origin: Origin
    rows: int = Field(ge=0)


class Manifest(_Strict):
    """All of it."""

    format: Annotated[Literal["qinglan-release/1"], Field()] = FORMAT
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")
    project: Project
    purpose: Purpose
    built: AwareDatetime
    code: str
    guideline: Guideline
    scheme: Scheme | None = None
    """What labels and criteria are called, where the project's kind has any."""
    earlier: tuple[Guideline, ...] | None = None
    """Versions before, under which some of the rows' tasks came; each newer than the one before."""
    counts: Counts
    annotators: tuple[AnnotatorCount, ...]
    sources: tuple[SourceCount, ...]
    splits: Splits
    permit: Digest
    history: Digest
    """Head of the project's hash-chained history when the release was made."""
    history_entries: int | None = Field(default=None, ge=0)
    """How many entries that history had; releases of the first version did not say."""
    root: Digest
    images: int | None = Field(default=None, ge=0)
    """How many pictures the rows show, where the project's texts show any."""
    files: tuple[File, ...] = ()

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return without_none(handler(self), "history_entries", "earlier", "scheme", "images")

    @property
    def guidelines(self) -> frozenset[str]:
        """Ids of all versions that the rows' tasks may have come under."""
        return frozenset({self.guideline.id, *(one.id for one in self.earlier or ())})

    @property
    def anchor(self) -> Anchor:
        """What the release holds the project's history to."""
        return Anchor(self.history, self.history_entries, self.name)

    @property
    def simulated_rows(self) -> int:
        """Rows answered by simulated annotators."""
        return sum(count.rows for count in self.annotators if count.simulated)

    def predicate(self) -> ReleasePredicate:
        """What the signer says of the release."""
        return ReleasePredicate(
            project=self.project.name,
            name=self.name,
            purpose=self.purpose,
            root=self.root,
            permit=self.permit,
            history=self.history,
            history_entries=self.history_entries,
            rows=self.counts.rows,
            tasks=self.counts.tasks,
            set_aside=self.counts.aside,
            built=self.built.isoformat(),
            code=self.code,
        )

    def render(self) -> bytes:
        """The file: sorted, indented JSON, for people to read as well."""
        body = self.model_dump(mode="json")
        return (json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def parse(data: bytes) -> Manifest:
    """The manifest in ``data``, which must be byte for byte as ``render`` writes it.

    Raises:
        IntegrityError: it is not, or it does not list the files of a release.
    """
    try:
        if len(data) > MAX_BYTES:
            raise ValueError("too large")
        loads(data)  # repeated keys and floats, which pydantic would not mind
        manifest = Manifest.model_validate_json(data)
        if manifest.render() != data:
            raise ValueError("not written as a manifest is")
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise IntegrityError("releases.manifest_unreadable", file=MANIFEST, why=why) from None
    except (ValueError, RecursionError) as error:
        why = str(error).splitlines()[0]
        raise IntegrityError("releases.manifest_unreadable", file=MANIFEST, why=why) from error
    names = [file.name for file in manifest.files]
    beside = [name for name in names if name not in FILES]
    whole = names == sorted({*FILES, *beside}) and len(beside) == (manifest.images or 0)
    if not whole or not all(map(images.is_image, beside)):
        why = "it lists other files than a release has"
        raise IntegrityError("releases.manifest_unreadable", file=MANIFEST, why=why)
    return manifest

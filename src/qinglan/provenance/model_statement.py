"""The signed statement about a trained model: which weights, from which release and which base.

It is SLSA provenance, so that a reader of such statements needs to learn nothing new: the subjects
are the model's files, the resolved dependencies are the release by its root hash and the starting
weights. It stands beside the model and beside the release, and so each leads to the other by hash.

Source: SLSA provenance v1 (slsa.dev/spec/v1.0/provenance).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from pydantic import Field

from qinglan.provenance import attestation
from qinglan.provenance.attestation import About, Strict, subjects
from qinglan.provenance.keys import PrivateKey, PublicKey
from qinglan.records import Digest

FILE = "provenance.intoto.jsonl"
"""Its name beside the weights."""


class ReleaseDigest(Strict):
    """The root over a release's rows, by a name that says how it was computed."""

    root: Digest = Field(alias="qinglanReleaseRoot")


class WeightsDigest(Strict):
    """The digest over the files of weights, by name and content."""

    weights: Digest = Field(alias="qinglanWeights")


class ReleaseUsed(Strict):
    """The release that a model learned from."""

    name: str
    digest: ReleaseDigest


class BaseUsed(Strict):
    """The weights that a training started from."""

    name: Literal["base"] = "base"
    digest: WeightsDigest


class Parameters(Strict):
    """What the person who trained could choose, and under which permit."""

    recipe: dict[str, int | str | bool | None]
    permit: Digest


class Definition(Strict):
    """How the model was made."""

    build_type: Literal["https://github.com/qinglan/qinglan/training/v1"] = Field(
        default="https://github.com/qinglan/qinglan/training/v1", alias="buildType"
    )
    parameters: Parameters = Field(alias="externalParameters")
    used: tuple[ReleaseUsed, BaseUsed] = Field(alias="resolvedDependencies", strict=False)


class Builder(Strict):
    """The code that trained."""

    id: str


class Metadata(Strict):
    """One run."""

    run: str = Field(alias="invocationId")
    started: str = Field(alias="startedOn")


class Details(Strict):
    """By what and when it was made."""

    builder: Builder
    metadata: Metadata


class Provenance(Strict):
    """The predicate."""

    definition: Definition = Field(alias="buildDefinition")
    details: Details = Field(alias="runDetails")


class ModelStatement(About):
    """An in-toto Statement v1 about one model."""

    predicate_type: Literal["https://slsa.dev/provenance/v1"] = Field(
        default="https://slsa.dev/provenance/v1", alias="predicateType"
    )
    predicate: Provenance

    @property
    def run(self) -> str:
        """Id of the run."""
        return self.predicate.details.metadata.run

    @property
    def release(self) -> ReleaseUsed:
        """The release it learned from."""
        return self.predicate.definition.used[0]


def sign_model(
    files: Mapping[str, str],
    *,
    run: str,
    begun: datetime,
    release: str,
    root: str,
    permit: str,
    base: str,
    recipe: Mapping[str, int | str | bool | None],
    code: str,
    key: PrivateKey,
) -> bytes:
    """The signed statement about the model in ``files`` (SHA-256 by name)."""
    statement = ModelStatement(
        subject=subjects(files),
        predicate=Provenance(
            definition=Definition(
                parameters=Parameters(recipe=dict(recipe), permit=permit),
                used=(
                    ReleaseUsed(name=release, digest=ReleaseDigest(root=root)),
                    BaseUsed(digest=WeightsDigest(weights=base)),
                ),
            ),
            details=Details(
                builder=Builder(id=code), metadata=Metadata(run=run, started=begun.isoformat())
            ),
        ),
    )
    return attestation.seal(statement.model_dump(mode="json", by_alias=True), key)


def verify_model(
    data: bytes, *, trusted: Sequence[PublicKey], about: Mapping[str, str] | None = None
) -> ModelStatement:
    """The statement in ``data``, once a trusted key's signature over it holds.

    ``about`` is SHA-256 by file name; where given, the statement must be about exactly these.

    Raises:
        IntegrityError: anything is not exactly as it must be.
    """
    statement = attestation.read(attestation.unseal(data, trusted=trusted), ModelStatement)
    attestation.match(statement.subject, about)
    return statement

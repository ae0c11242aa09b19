"""Signed statements about releases: in-toto Statement v1 in a DSSE envelope.

What a signature says is only as strong as what its reader accepts. So the reader takes exactly
one spelling: canonical JSON without repeated keys, canonical base64, the one payload type, no
field beyond those of the models here. Nothing inside the payload is looked at before a trusted
key's signature over it has been verified.

A statement proves integrity and recorded origin: who signed, over which bytes, saying what. It
proves no absence; and a key that travels with the data proves integrity only.

Sources: DSSE protocol v1.0 (secure-systems-lab/dsse), in-toto attestation framework v1.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NoReturn, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
)

from qinglan.errors import IntegrityError
from qinglan.provenance.identity import Json, canonical
from qinglan.provenance.keys import PrivateKey, PublicKey
from qinglan.records import Digest, Purpose

PAYLOAD_TYPE = "application/vnd.in-toto+json"

MAX_BYTES = 64 * 2**20
"""The most that an envelope may hold; a reader need not read further."""
_Model = TypeVar("_Model", bound=BaseModel)


class Strict(BaseModel):
    """Frozen, strict, and without a field beyond its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class Digests(Strict):
    """The digest of a subject."""

    sha256: Digest


class Subject(Strict):
    """One file that the statement is about, by its name inside the release."""

    name: str = Field(min_length=1, max_length=500)
    digest: Digests


class ReleasePredicate(Strict):
    """What is said about a release."""

    project: str
    name: str
    purpose: Annotated[Purpose, Field(strict=False)]
    root: Digest
    """Merkle root over the rows."""
    permit: Digest
    """Digest of the gate's permit."""
    history: Digest
    """Head of the project's hash-chained history when the release was made."""
    history_entries: int | None = Field(default=None, ge=0)
    """How many entries that history had; releases of the first version did not say."""
    rows: int = Field(ge=0)
    tasks: int = Field(ge=0)
    set_aside: int = Field(ge=0)
    """``tasks`` = ``rows`` + ``set_aside``."""
    built: str
    code: str

    @model_serializer(mode="wrap")
    def _as_signed(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A release that did not say how long its history was must keep its bytes."""
        return without_none(handler(self), "history_entries")


class About(Strict):
    """An in-toto Statement v1, whatever it says; subjects are sorted by name."""

    type: Literal["https://in-toto.io/Statement/v1"] = Field(
        default="https://in-toto.io/Statement/v1", alias="_type"
    )
    subject: tuple[Subject, ...] = Field(min_length=1, strict=False)


class Statement(About):
    """An in-toto Statement v1 about one release."""

    predicate_type: Literal["https://github.com/qinglan/qinglan/attestation/release/v1"] = Field(
        default="https://github.com/qinglan/qinglan/attestation/release/v1", alias="predicateType"
    )
    predicate: ReleasePredicate


_Said = TypeVar("_Said", bound=About)


class _Signature(Strict):
    keyid: Digest
    sig: str


class _Envelope(Strict):
    payload: str
    payload_type: str = Field(alias="payloadType")
    signatures: tuple[_Signature, ...] = Field(min_length=1, max_length=16, strict=False)


def without_none(body: dict[str, Any], *names: str) -> dict[str, Any]:
    """``body``, without those of the fields ``names`` that say nothing."""
    return {key: value for key, value in body.items() if key not in names or value is not None}


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """The bytes that DSSE signs: type and payload, each with its length before it."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def subjects(digests: Mapping[str, str]) -> tuple[Subject, ...]:
    """Subjects for files by name, sorted."""
    return tuple(
        Subject(name=name, digest=Digests(sha256=digest))
        for name, digest in sorted(digests.items())
    )


def sign(statement: Statement, key: PrivateKey) -> bytes:
    """The signed envelope: one line of canonical JSON. The same input gives the same bytes."""
    return seal(statement.model_dump(mode="json", by_alias=True), key)


def seal(statement: Json, key: PrivateKey) -> bytes:
    """Any statement, in canonical JSON, in a signed envelope of one line."""
    payload = canonical(statement)
    signature = key.sign(pre_authentication(PAYLOAD_TYPE, payload))
    envelope: Json = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": key.public.id, "sig": base64.b64encode(signature).decode()}],
    }
    return canonical(envelope) + b"\n"


def verify(
    data: bytes, *, trusted: Sequence[PublicKey], about: Mapping[str, str] | None = None
) -> Statement:
    """The statement about a release in ``data``, once a trusted key's signature over it holds.

    Args:
        data: the envelope, as ``sign`` writes it.
        trusted: keys whose word is taken. Signatures of other keys count for nothing.
        about: SHA-256 by file name. Where given, the statement must be about exactly these
            files, so that one release's statement cannot be shown for another.

    Raises:
        IntegrityError: anything is not exactly as it must be.
    """
    statement = read(unseal(data, trusted=trusted), Statement)
    match(statement.subject, about)
    return statement


def unseal(data: bytes, *, trusted: Sequence[PublicKey]) -> bytes:
    """The payload of an envelope, once a trusted key's signature over it holds. Not yet parsed.

    Raises:
        IntegrityError: the envelope is not exactly as it must be, or no trusted key signed it.
    """
    envelope = _envelope(data)
    if envelope.payload_type != PAYLOAD_TYPE:
        raise IntegrityError("attestation.payload_type", found=envelope.payload_type[:80])
    payload = _decode(envelope.payload, "payload")
    message = pre_authentication(envelope.payload_type, payload)
    ids = [signature.keyid for signature in envelope.signatures]
    if len(set(ids)) != len(ids):
        raise IntegrityError("attestation.malformed", field="signatures", why="keyid twice")
    keys = {key.id: key for key in trusted}
    signed = 0
    for signature in envelope.signatures:
        key = keys.get(signature.keyid)
        if key is None:
            continue
        if not key.holds(_decode(signature.sig, "sig"), message):
            raise IntegrityError("attestation.bad_signature", keyid=key.id)
        signed += 1
    if not signed:
        raise IntegrityError("attestation.unknown_signer", keyids=", ".join(ids))
    return payload


def read(payload: bytes, model: type[_Said]) -> _Said:
    """The statement in a payload that was unsealed, its subjects sorted and each named once.

    Raises:
        IntegrityError: it is not a statement of this kind in its one spelling.
    """
    statement = _parse(model, payload, "payload")
    names = [subject.name for subject in statement.subject]
    if names != sorted(set(names)):
        raise IntegrityError("attestation.malformed", field="subject", why="not sorted, or twice")
    return statement


def match(subject: Sequence[Subject], about: Mapping[str, str] | None) -> None:
    """Nothing, where the subjects are exactly the files of ``about``, by name and SHA-256.

    Raises:
        IntegrityError: they are not; it names a file.
    """
    if about is not None:
        _compare({s.name: s.digest.sha256 for s in subject}, about)


def signers(data: bytes) -> tuple[str, ...]:
    """Key ids that the envelope claims, unverified."""
    return tuple(signature.keyid for signature in _envelope(data).signatures)


def _envelope(data: bytes) -> _Envelope:
    if len(data) > MAX_BYTES:
        raise IntegrityError("attestation.malformed", field="envelope", why="too large")
    return _parse(_Envelope, data, "envelope", end=b"\n")


def loads(data: bytes) -> Json:
    """JSON read strictly: no repeated keys, no floats.

    Raises:
        ValueError: it is not that, or is nested too deeply.
    """
    try:
        value: Json = json.loads(
            data, object_pairs_hook=_no_repeats, parse_float=_refuse, parse_constant=_refuse
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def _parse(model: type[_Model], data: bytes, field: str, end: bytes = b"") -> _Model:
    try:
        value = loads(data)
        if canonical(value) + end != data:
            raise ValueError("not canonical JSON")
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, (field, *first["loc"])))
        raise IntegrityError("attestation.malformed", field=where, why=first["msg"]) from None
    except (ValueError, RecursionError) as error:
        raise IntegrityError("attestation.malformed", field=field, why=error) from error


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"the number {text[:20]} has no place here")


def _decode(text: str, field: str) -> bytes:
    """Standard base64, accepted in its one canonical spelling."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise IntegrityError("attestation.malformed", field=field, why="not base64") from error
    if base64.b64encode(data).decode() != text:
        raise IntegrityError("attestation.malformed", field=field, why="not canonical base64")
    return data


def _compare(said: Mapping[str, str], found: Mapping[str, str]) -> None:
    for name in sorted(said.keys() | found.keys()):
        if said.get(name) != found.get(name):
            raise IntegrityError("attestation.other_subject", file=name)

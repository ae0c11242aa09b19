"""Attestations: one spelling, one meaning, a trusted key, or nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from qinglan.errors import IntegrityError
from qinglan.provenance import attestation, keys, merkle
from qinglan.provenance.attestation import (
    PAYLOAD_TYPE,
    ReleasePredicate,
    Statement,
    pre_authentication,
    subjects,
)
from qinglan.provenance.identity import canonical, sha256
from qinglan.provenance.keys import PrivateKey

ABOUT = {"data/train.jsonl": "aa" * 32, "manifest.json": "bb" * 32}
SAID = ReleasePredicate(
    project="sums", name="first", purpose="training", root="cc" * 32, permit="dd" * 32,
    history="ee" * 32, rows=3, tasks=5, set_aside=2, built="2026-11-24T12:00:00+00:00",
    code="qinglan 0.1.0",
)  # fmt: skip
STATEMENT = Statement(subject=subjects(ABOUT), predicate=SAID)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> PrivateKey:
    folder = tmp_path_factory.mktemp("keys")
    keys.create(folder)
    return keys.load_private(folder)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> PrivateKey:
    folder = tmp_path_factory.mktemp("other")
    keys.create(folder)
    return keys.load_private(folder)


def signed_payload(payload: bytes, key: PrivateKey, kind: str = PAYLOAD_TYPE) -> bytes:
    """An envelope around any bytes, properly signed: the payload alone is to blame."""
    signature = key.sign(pre_authentication(kind, payload))
    return (
        canonical(
            {
                "payload": base64.b64encode(payload).decode(),
                "payloadType": kind,
                "signatures": [
                    {"keyid": key.public.id, "sig": base64.b64encode(signature).decode()}
                ],
            }
        )
        + b"\n"
    )


def altered(data: bytes, change: Callable[[dict[str, Any]], Any]) -> bytes:
    envelope = json.loads(data)
    change(envelope)
    return canonical(envelope) + b"\n"


def test_a_signed_statement_comes_back(key: PrivateKey) -> None:
    data = attestation.sign(STATEMENT, key)
    assert attestation.verify(data, trusted=[key.public], about=ABOUT) == STATEMENT
    assert attestation.sign(STATEMENT, key) == data
    assert data.count(b"\n") == 1
    assert attestation.signers(data) == (key.public.id,)


def test_what_is_signed_follows_the_specification() -> None:
    # The example of the DSSE protocol, version 1.
    assert pre_authentication("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_another_tool_verifies_it(key: PrivateKey) -> None:
    dsse = pytest.importorskip("securesystemslib.dsse")
    from securesystemslib.signer import SSlibKey

    envelope = dsse.Envelope.from_dict(json.loads(attestation.sign(STATEMENT, key)))
    theirs = SSlibKey(key.public.id, "ed25519", "ed25519", {"public": key.public.raw.hex()})
    assert list(envelope.verify([theirs], 1)) == [key.public.id]
    assert json.loads(envelope.payload)["_type"] == "https://in-toto.io/Statement/v1"


def test_a_swapped_payload_type_is_refused(key: PrivateKey) -> None:
    data = attestation.sign(STATEMENT, key)
    swapped = altered(data, lambda e: e.update(payloadType="application/json"))
    with pytest.raises(IntegrityError, match="payload type"):
        attestation.verify(swapped, trusted=[key.public])
    payload = base64.b64decode(json.loads(data)["payload"])
    with pytest.raises(IntegrityError, match="payload type"):
        attestation.verify(
            signed_payload(payload, key, "application/vnd.other+json"), trusted=[key.public]
        )


@pytest.mark.parametrize(
    "about",
    [
        {**ABOUT, "manifest.json": "ff" * 32},
        {**ABOUT, "more": "ff" * 32},
        {"manifest.json": "bb" * 32},
    ],
)
def test_it_cannot_be_shown_for_other_files(key: PrivateKey, about: dict[str, str]) -> None:
    data = attestation.sign(STATEMENT, key)
    with pytest.raises(IntegrityError, match="not about this"):
        attestation.verify(data, trusted=[key.public], about=about)


def test_a_payload_swapped_under_a_signature_is_refused(key: PrivateKey) -> None:
    other = Statement(subject=subjects({"evil": "00" * 32}), predicate=SAID)
    payload = json.loads(attestation.sign(other, key))["payload"]
    data = altered(attestation.sign(STATEMENT, key), lambda e: e.update(payload=payload))
    with pytest.raises(IntegrityError, match="does not hold"):
        attestation.verify(data, trusted=[key.public])


def test_a_stripped_signature_is_refused(key: PrivateKey) -> None:
    data = attestation.sign(STATEMENT, key)
    with pytest.raises(IntegrityError, match="signatures"):
        attestation.verify(altered(data, lambda e: e.update(signatures=[])), trusted=[key.public])
    with pytest.raises(IntegrityError, match="signatures"):
        attestation.verify(altered(data, lambda e: e.pop("signatures")), trusted=[key.public])
    empty = altered(data, lambda e: e["signatures"][0].update(sig=""))
    with pytest.raises(IntegrityError, match="does not hold"):
        attestation.verify(empty, trusted=[key.public])


def test_an_unknown_key_is_refused(key: PrivateKey, other: PrivateKey) -> None:
    data = attestation.sign(STATEMENT, other)
    for trusted in ([key.public], []):
        with pytest.raises(IntegrityError, match="none of the keys"):
            attestation.verify(data, trusted=trusted)
    # The stranger's signature under the trusted key's id.
    renamed = altered(data, lambda e: e["signatures"][0].update(keyid=key.public.id))
    with pytest.raises(IntegrityError, match="does not hold"):
        attestation.verify(renamed, trusted=[key.public])


def test_a_strangers_signature_beside_counts_for_nothing(
    key: PrivateKey, other: PrivateKey
) -> None:
    data, strange = attestation.sign(STATEMENT, key), attestation.sign(STATEMENT, other)
    both = altered(data, lambda e: e["signatures"].append(json.loads(strange)["signatures"][0]))
    assert attestation.verify(both, trusted=[key.public]) == STATEMENT
    twice = altered(data, lambda e: e["signatures"].append(e["signatures"][0]))
    with pytest.raises(IntegrityError, match="keyid twice"):
        attestation.verify(twice, trusted=[key.public])


def test_repeated_keys_are_refused(key: PrivateKey) -> None:
    data = attestation.sign(STATEMENT, key)
    payload = json.loads(data)["payload"]
    first = data.replace(b'{"payload":', b'{"payload":"e30=","payload":', 1)
    assert json.loads(first)["payload"] == payload  # a lenient reader would not notice
    with pytest.raises(IntegrityError, match="twice"):
        attestation.verify(first, trusted=[key.public])
    body = base64.b64decode(payload)
    inner = body.replace(b'"rows":3', b'"rows":9,"rows":3', 1)
    with pytest.raises(IntegrityError, match="twice"):
        attestation.verify(signed_payload(inner, key), trusted=[key.public])


@pytest.mark.parametrize("where", ["payload", "sig"])
@pytest.mark.parametrize(
    "spell",
    [
        lambda text: text.rstrip("="),
        lambda text: text + "\n",
        lambda text: text[:4] + " " + text[4:],
        lambda text: text.replace("=", "") + "====",
        lambda text: base64.urlsafe_b64encode(b"\xff" + base64.b64decode(text)).decode(),
        lambda text: text + "é",
    ],
)
def test_malleable_base64_is_refused(
    key: PrivateKey, where: str, spell: Callable[[str], str]
) -> None:
    def change(envelope: dict[str, Any]) -> None:
        target = envelope if where == "payload" else envelope["signatures"][0]
        before = target[where]
        target[where] = spell(before)
        if target[where] == before:  # no padding there to strip
            target[where] += "="

    data = altered(attestation.sign(STATEMENT, key), change)
    with pytest.raises(IntegrityError, match=r"base64|does not hold"):
        attestation.verify(data, trusted=[key.public])


def test_base64_with_loose_last_bits_is_refused(key: PrivateKey) -> None:
    def loosen(envelope: dict[str, Any]) -> None:
        sig = envelope["signatures"][0]["sig"]
        assert sig.endswith("==")  # 64 bytes: four unused bits in the last letter
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        loose = sig[:-3] + alphabet[alphabet.index(sig[-3]) + 1] + "=="
        assert base64.b64decode(loose) == base64.b64decode(sig)
        envelope["signatures"][0]["sig"] = loose

    data = altered(attestation.sign(STATEMENT, key), loosen)
    with pytest.raises(IntegrityError, match="canonical base64"):
        attestation.verify(data, trusted=[key.public])


@pytest.mark.parametrize(
    "spell",
    [
        lambda data: data.rstrip(b"\n"),
        lambda data: data + b"\n",
        lambda data: b" " + data,
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: json.dumps(json.loads(data)).encode() + b"\n",
        lambda data: data + data,
        lambda data: data[:-40],
        lambda data: b"",
        lambda data: b"[]\n",
        lambda data: b"[" * 100_000 + b"\n",
        lambda data: b'{"a":NaN}\n',
        lambda data: b'{"a":' + b"1" * 5000 + b"}\n",
        lambda data: b'"\\ud800"\n',
        lambda data: b" " * (5 * 2**20),
    ],
)
def test_any_other_spelling_is_refused(key: PrivateKey, spell: Callable[[bytes], bytes]) -> None:
    with pytest.raises(IntegrityError):
        attestation.verify(spell(attestation.sign(STATEMENT, key)), trusted=[key.public])


def test_extra_fields_are_refused_everywhere(key: PrivateKey) -> None:
    data = attestation.sign(STATEMENT, key)
    for change in (
        lambda e: e.update(extra=1),
        lambda e: e["signatures"][0].update(cert="x"),
    ):
        with pytest.raises(IntegrityError, match="envelope"):
            attestation.verify(altered(data, change), trusted=[key.public])
    body = json.loads(base64.b64decode(json.loads(data)["payload"]))
    for place in (body, body["predicate"], body["subject"][0], body["subject"][0]["digest"]):
        place["extra"] = "x"
        with pytest.raises(IntegrityError, match="payload"):
            attestation.verify(signed_payload(canonical(body), key), trusted=[key.public])
        del place["extra"]
    assert attestation.verify(signed_payload(canonical(body), key), trusted=[key.public])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("_type", "https://in-toto.io/Statement/v0.1"),
        ("predicateType", "https://slsa.dev/provenance/v1"),
        ("subject", []),
        ("subject", [{"name": "x", "digest": {"sha256": "short"}}]),
        ("predicate", {}),
    ],
)
def test_signed_nonsense_is_refused(key: PrivateKey, field: str, value: Any) -> None:
    body = json.loads(base64.b64decode(json.loads(attestation.sign(STATEMENT, key))["payload"]))
    body[field] = value
    with pytest.raises(IntegrityError, match="payload"):
        attestation.verify(signed_payload(canonical(body), key), trusted=[key.public])


def test_subjects_come_sorted_and_once(key: PrivateKey) -> None:
    one, two = STATEMENT.subject
    for wrong in ((two, one), (one, one)):
        body = STATEMENT.model_copy(update={"subject": wrong})
        with pytest.raises(IntegrityError, match="subject"):
            attestation.verify(attestation.sign(body, key), trusted=[key.public])


def test_statements_are_frozen_and_typed() -> None:
    with pytest.raises(ValidationError):
        STATEMENT.predicate.rows = 9  # type: ignore[misc]
    with pytest.raises(ValidationError):
        ReleasePredicate(**{**SAID.model_dump(), "rows": "3"})


# --- The tree over the rows ----------------------------------------------------------------


def naive(leaves: list[bytes]) -> str:
    """RFC 6962, section 2.1, as it is written there."""

    def mth(part: list[bytes]) -> bytes:
        if len(part) == 1:
            return bytes.fromhex(sha256(b"\x00" + part[0]))
        half = 1
        while half * 2 < len(part):
            half *= 2
        return bytes.fromhex(sha256(b"\x01" + mth(part[:half]) + mth(part[half:])))

    return mth(leaves).hex() if leaves else sha256(b"")


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_root_is_that_of_the_rfc(leaves: list[bytes]) -> None:
    assert merkle.root(leaves) == naive(leaves)


def test_the_root_of_the_rfcs_test_vectors() -> None:
    # The reference vectors of certificate-transparency's implementations.
    leaves = [
        bytes.fromhex(text)
        for text in (
            "", "00", "10", "2021", "3031", "40414243",
            "5051525354555657", "606162636465666768696a6b6c6d6e6f",
        )
    ]  # fmt: skip
    assert merkle.root(leaves) == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert merkle.root(leaves[:1]) == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )


def test_no_inner_node_passes_for_a_row() -> None:
    a, b = b"a", b"b"
    left, right = (bytes.fromhex(sha256(b"\x00" + leaf)) for leaf in (a, b))
    assert merkle.root([a, b]) != merkle.root([left + right])
    assert merkle.root([a, b]) != merkle.root([b, a])
    assert merkle.root([a, b]) != merkle.root([a, b, b])

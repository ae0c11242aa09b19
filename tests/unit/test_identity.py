"""Ids, canonical bytes and commitments: stable, injective, and silent about what they cover."""

from __future__ import annotations

import hmac
import os
import re
import subprocess
import sys
from decimal import Decimal

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from qinglan.provenance import identity
from qinglan.provenance.canonical_json import texts
from qinglan.records import (
    Annotation,
    AnswerKey,
    ChoiceAnswer,
    FreeAnswer,
    Kind,
    Origin,
    Sample,
    Task,
    Verdict,
)

SECRET = b"s" * 32
ID = re.compile(r"^[a-z]{3}_[a-z2-7]{26}$")

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=4), inner, max_size=4
        )
    ),
    max_leaves=12,
)


def typed(value: object) -> object:
    """``value`` with the type beside each scalar, since Python holds ``True == 1``."""
    if isinstance(value, list):
        return [typed(item) for item in value]
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    return (type(value).__name__, value)


# RFC 8785, section 3.2.3: keys sorted by UTF-16 code units, not by code points.
RFC_KEYS = {
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\U0001f600": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis",
}


def test_canonical_sorts_keys_as_the_rfc_says() -> None:
    order = re.findall(r'":"([^"]+)"', identity.canonical(RFC_KEYS).decode())
    assert order == [
        "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis",
        "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
    ]  # fmt: skip


def test_canonical_bytes_of_a_literal() -> None:
    assert identity.canonical({"b": [1, None, True], "a": "青\n"}) == (
        '{"a":"青\\n","b":[1,null,true]}'.encode()
    )


@given(values)
def test_canonical_is_what_the_reference_writes(value: object) -> None:
    assert identity.canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@given(values, values)
def test_canonical_is_injective(left: object, right: object) -> None:
    same = identity.canonical(left) == identity.canonical(right)  # type: ignore[arg-type]
    assert same == (typed(left) == typed(right))


@given(st.dictionaries(st.text(max_size=3, alphabet="abcé青"), st.integers(0, 9), max_size=6))
def test_canonical_ignores_the_order_of_keys(value: dict[str, int]) -> None:
    backwards = dict(reversed(value.items()))
    assert identity.canonical(backwards) == identity.canonical(value)


@pytest.mark.parametrize(
    "value",
    [
        0.5,
        float("nan"),
        {"a": [{"b": 1.0}]},
        ("x", (2.5,)),
        "\ud800",
        {"\udfff": 1},
        2**53,
        -(2**53),
    ],
    ids=repr,
)
def test_what_two_machines_could_write_differently_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        identity.canonical(value)  # type: ignore[arg-type]


def test_minted_ids_are_stable_and_well_formed() -> None:
    minted = identity.mint(SECRET, "tsk", "gsm8k", 17)
    assert ID.match(minted)
    assert minted == identity.mint(SECRET, "tsk", "gsm8k", 17)
    # A golden value: changing how ids are made orphans every workspace there is.
    assert minted == "tsk_j647kqounuzevg7djywga4lqza"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("ab", "c"), ("a", "bc")),
        (("a", 1), ("a", "1")),
        (("a",), ("a", "")),
        (("a", "b"), ("b", "a")),
        (('a","b',), ("a", "b")),
    ],
)
def test_different_places_never_share_an_id(
    left: tuple[str | int, ...], right: tuple[str | int, ...]
) -> None:
    assert identity.mint(SECRET, "tsk", *left) != identity.mint(SECRET, "tsk", *right)


def test_an_id_depends_on_the_secret_and_the_prefix() -> None:
    here = identity.mint(SECRET, "tsk", "a", 1)
    assert here != identity.mint(b"t" * 32, "tsk", "a", 1)
    assert here.removeprefix("tsk") != identity.mint(SECRET, "smp", "a", 1).removeprefix("smp")


@pytest.mark.parametrize("prefix", ["", "TSK", "xxx", "tsk_", "../tsk"])
def test_unknown_prefixes_are_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="unknown id prefix"):
        identity.mint(SECRET, prefix, "a")
    with pytest.raises(ValueError, match="unknown id prefix"):
        identity.random_id(prefix)


def test_random_ids_are_well_formed_and_differ() -> None:
    made = [identity.random_id("act") for _ in range(200)]
    assert len(set(made)) == 200
    assert all(ID.match(one) for one in made)
    assert len({identity.new_salt() for _ in range(200)}) == 200
    assert re.fullmatch(r"[0-9a-f]{32}", identity.new_salt())


@given(st.binary(min_size=1, max_size=80), st.text(), st.text())
def test_a_minter_gives_the_ids_that_mint_gives(secret: bytes, place: str, last: str) -> None:
    whole = identity.mint(secret, "tsk", place, 7, last)
    assert identity.Minter(secret, "tsk", place, 7)(last) == whole
    with pytest.raises(ValueError, match="unknown id prefix"):
        identity.Minter(secret, "xxx", place)


@given(st.binary(min_size=1, max_size=80), st.integers(0, 300), st.integers(0, 2**32))
def test_a_minter_gives_many_ids_as_it_gives_one(secret: bytes, count: int, seed: int) -> None:
    """Of one text each and of two, across the number that is spelled at once."""
    minter = identity.Minter(secret, "ann", seed)
    lasts, more = [f'{place}"\\青' for place in range(count)], ["x"] * count
    assert minter.all(lasts) == [minter(last) for last in lasts]
    assert minter.all(lasts, more) == [minter(last, "x") for last in lasts]
    assert minter.all(iter(lasts)) == minter.all(lasts)
    with pytest.raises(ValueError, match=r"shorter|longer"):
        minter.all([*lasts, "one more"], more)


@given(st.binary(max_size=100), st.binary(max_size=200))
def test_a_keyed_digest_is_the_hmac_of_the_standard_library(secret: bytes, message: bytes) -> None:
    assert identity.keyed(secret, message) == hmac.digest(secret, message, "sha256")


@given(st.lists(st.text(st.characters(max_codepoint=127)) | st.text(), max_size=5))
def test_a_list_of_texts_is_written_as_the_rfc8785_library_writes_it(words: list[str]) -> None:
    assert texts(words).encode() == rfc8785.dumps(words)


def test_salts_drawn_at_once_are_as_many_and_differ() -> None:
    drawn = list(identity.new_salts(100))
    assert len(set(drawn)) == 100
    assert all(re.fullmatch(r"[0-9a-f]{32}", salt) for salt in drawn)
    assert list(identity.new_salts(0)) == []


def task(**changes: object) -> Task:
    fields: dict[str, object] = {
        "id": "tsk_1", "project": "prj_1", "guideline": "gdl_1", "kind": Kind.FREE,
        "samples": ("smp_1",), "prompt": "1 + 1 = ?", "group": "g", "salt": "00" * 16,
    }  # fmt: skip
    return Task(**(fields | changes))  # type: ignore[arg-type]


def test_a_commitment_is_a_golden_value() -> None:
    # Changing how commitments are made breaks every release there is: add a format, keep this.
    assert (
        identity.commitment(task())
        == "72fbd6bbf7eeefcfb201ba34c45a1ea3e661d128e81f80b32537cfecc0efd031"
    )


def test_a_commitment_is_the_same_in_another_process() -> None:
    code = (
        "from qinglan.provenance import identity; from qinglan.records import Origin, Sample;"
        "print(identity.commitment(Sample(id='s', origin=Origin(source='f', channel='own'),"
        " row=1, text='青', salt='0')))"
    )
    here = Sample(id="s", origin=Origin(source="f", channel="own"), row=1, text="青", salt="0")
    for seed in ("0", "1"):
        env = os.environ | {"PYTHONHASHSEED": seed}
        run = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True)
        assert run.stdout.decode().strip() == identity.commitment(here)


@pytest.mark.parametrize("field", Task.identity)
def test_every_identity_field_changes_the_commitment(field: str) -> None:
    other = {"samples": ("smp_2",), "options": ("a", "b"), "kind": Kind.STEPS}.get(field, "other")
    assert identity.commitment(task(**{field: other})) != identity.commitment(task())


def test_the_salt_hides_a_short_answer() -> None:
    first = AnswerKey(task="tsk_1", value="2", salt=identity.new_salt())
    second = AnswerKey(task="tsk_1", value="2", salt=identity.new_salt())
    assert identity.commitment(first) != identity.commitment(second)


def test_records_of_different_types_never_commit_alike() -> None:
    free = FreeAnswer(text="A")
    choice = ChoiceAnswer(option="A")
    commitments = {
        identity.commitment(
            Annotation(id="ant_1", task="tsk_1", annotator="ann_1", answer=answer, salt="0")
        )
        for answer in (free, choice)
    }
    assert len(commitments) == 2
    assert identity.commitment(free) != identity.commitment(choice)


@pytest.mark.parametrize(("one", "same"), [("0.5", "0.500000"), ("1", "1.000000"), ("0", "-0.0")])
def test_equal_records_commit_alike(one: str, same: str) -> None:
    """A probability read back from a table carries other trailing zeros than when it was made."""
    left, right = (
        Verdict(id="v", task="t", probability=Decimal(text), votes=1, method="m")
        for text in (one, same)
    )
    assert left == right
    assert identity.commitment(left) == identity.commitment(right)


@given(values)
def test_canonical_bytes_are_those_of_the_rfc8785_library(value: object) -> None:
    """The oracle: the fast path writes what the library writes."""
    assert identity.canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [{"é": 1.0}, [{"é": [0.5]}], {"a": float("nan")}])
def test_no_float_hides_behind_an_unusual_name(value: object) -> None:
    with pytest.raises(ValueError, match="float"):
        identity.canonical(value)  # type: ignore[arg-type]

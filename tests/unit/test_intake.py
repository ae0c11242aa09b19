"""Intake: nothing good is lost, nothing bad gets through, nothing large is held."""

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglan.errors import InputError, LimitError
from qinglan.intake import JsonValue, Limits, Row, fingerprint, jsonl_rows, rows, values
from qinglan.intake.values import BadRow, parse_object
from qinglan.records import Reason, SetAside

GOOD = b'{"a": 1}'


def read(path: Path, data: bytes, **given: Any) -> list[Row | SetAside]:
    path.write_bytes(data)
    return list(rows(path, **given))


def good(found: list[Row | SetAside]) -> list[tuple[int, dict[str, JsonValue]]]:
    return [(row.line, dict(row.values)) for row in found if isinstance(row, Row)]


def bad(found: list[Row | SetAside]) -> list[tuple[int | None, Reason, str | None]]:
    return [(row.line, row.reason, row.field) for row in found if isinstance(row, SetAside)]


@pytest.mark.parametrize(
    ("line", "reason", "field"),
    [
        (b"{", Reason.BAD_JSON, None),
        (b"{'a': 1}", Reason.BAD_JSON, None),
        (b'{"a": 1} {"a": 2}', Reason.BAD_JSON, None),
        (b'{"a": "\x01"}', Reason.BAD_JSON, None),
        (b'{"a": "\x00"}', Reason.BAD_JSON, None),
        (b"[1]", Reason.BAD_VALUE, None),
        (b'"text"', Reason.BAD_VALUE, None),
        (b"null", Reason.BAD_VALUE, None),
        (b'{"a": 1, "a": 2}', Reason.DUPLICATE_KEY, "a"),
        (b'{"b": {"a": 1, "\\u0061": 2}}', Reason.DUPLICATE_KEY, "a"),
        (b'{"a": NaN}', Reason.BAD_VALUE, None),
        (b'{"a": -Infinity}', Reason.BAD_VALUE, None),
        (b'{"b": {"a": ["\\ud800"]}}', Reason.BAD_ENCODING, "b.a"),
        (b'{"\\udfff": 1}', Reason.BAD_ENCODING, "?"),
        (b'{"b": {"\\ud800": 1}}', Reason.BAD_ENCODING, "b.?"),
        (b'{"a": "x\\u0000y"}', Reason.BAD_VALUE, "a"),
        (b'{"a\\u0000": 1}', Reason.BAD_VALUE, "a?"),
        (b'{"a": "\xff"}', Reason.BAD_ENCODING, None),
        (b'{"a": "\xed\xa0\x80"}', Reason.BAD_ENCODING, None),
        ("中文".encode("gbk"), Reason.BAD_ENCODING, None),
        (b'{"a": ' + b"9" * 5000 + b"}", Reason.TOO_LARGE, None),
        (b'{"a": 1.' + b"9" * 5000 + b"}", Reason.TOO_LARGE, None),
        (b'{"a": 1e999999999}', Reason.TOO_LARGE, None),
        (b'{"a": 1e99999999999999999999999}', Reason.TOO_LARGE, None),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", Reason.TOO_DEEP, None),
        (b'{"a":' * 100_000, Reason.TOO_DEEP, None),
        (b"[" * 1_000_000, Reason.TOO_DEEP, None),
        (b'{"a": "' + b"x" * 5_000_000 + b'"}', Reason.TOO_LARGE, "a"),
    ],
)
def test_a_bad_line_is_set_aside_with_its_place_and_its_neighbours_are_kept(
    tmp_path: Path, line: bytes, reason: Reason, field: str | None
) -> None:
    found = read(tmp_path / "f.jsonl", GOOD + b"\n" + line + b"\n" + GOOD)
    assert good(found) == [(1, {"a": 1}), (3, {"a": 1})]
    assert bad(found) == [(2, reason, field)]
    aside = next(row for row in found if isinstance(row, SetAside))
    assert aside.file == str(tmp_path / "f.jsonl")
    aside.model_dump_json()  # can be stored: no lone surrogate has come along


def test_numbers_keep_their_digits(tmp_path: Path) -> None:
    found = read(tmp_path / "f.jsonl", b'{"a": 0.10, "b": 12345678901234567890, "c": 1E2, "d": -0}')
    values = good(found)[0][1]
    assert values == {"a": Decimal("0.10"), "b": 12345678901234567890, "c": Decimal("1E+2"), "d": 0}
    assert str(values["a"]) == "0.10"


def test_mark_line_ends_and_blank_lines_are_layout(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbf{"a": 1}\r\n\r\n  \n{"a": "\xef\xbb\xbf"}'
    assert good(read(tmp_path / "f.jsonl", data)) == [(1, {"a": 1}), (4, {"a": "\ufeff"})]


def test_depth_counts_brackets_outside_strings_only() -> None:
    limits = Limits(max_depth=3)
    assert parse_object(b'{"a": "' + b"[{" * 500 + b'\\"["}', limits) == {"a": "[{" * 500 + '"['}
    assert parse_object(b'{"a": [[1], [2], [3], [4]]}', limits)
    # Many quotes, none closed: eaten once, not once a quote.
    with pytest.raises(Exception, match="bad_json"):
        parse_object(b'{"' + b'\\"' * 1_000_000 + b"[[[[", limits)


def test_a_line_of_any_length_takes_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    with path.open("wb") as file:
        file.write(GOOD + b'\n{"a": "')
        file.seek(2**29, os.SEEK_CUR)  # half a gigabyte, sparse: as good as two, and faster
        file.write(b'"}\n' + GOOD)
    limits = Limits(max_row_bytes=2**20)
    tracemalloc.start()
    found = list(rows(path, limits=limits))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert bad(found) == [(2, Reason.TOO_LARGE, None)]
    assert good(found) == [(1, {"a": 1}), (3, {"a": 1})]
    assert peak < 16 * 2**20


def test_a_line_at_the_limit_is_kept_and_one_beyond_is_not(tmp_path: Path) -> None:
    limits = Limits(max_row_bytes=len(GOOD))
    for end in (b"\n", b"\r\n"):
        found = read(tmp_path / "f.jsonl", GOOD + end + GOOD + b" " + end + GOOD, limits=limits)
        assert (good(found), bad(found)) == (
            [(1, {"a": 1}), (3, {"a": 1})],
            [(2, Reason.TOO_LARGE, None)],
        )


def test_reading_goes_on_after_the_line_where_it_stopped(tmp_path: Path) -> None:
    data = b'{"a": 1}\nbad\n\n{"a": 4}\n{"a": 5}\n'
    whole = read(tmp_path / "f.jsonl", data)
    assert [row.line for row in whole] == [1, 2, 4, 5]
    for done, row in enumerate(whole):
        assert list(rows(tmp_path / "f.jsonl", start=row.line or 0)) == whole[done + 1 :]


@pytest.mark.parametrize("data", [b"", b"\n\n \r\n"])
@pytest.mark.parametrize("name", ["f.jsonl", "f.csv"])
def test_a_file_without_rows_is_an_error(tmp_path: Path, data: bytes, name: str) -> None:
    with pytest.raises(InputError, match="no rows"):
        read(tmp_path / name, data)


def test_a_file_that_cannot_be_used_names_itself_and_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "f.json").write_bytes(GOOD)
    (tmp_path / "utf16.jsonl").write_bytes('{"a": 1}'.encode("utf-16"))
    (tmp_path / "loop.jsonl").symlink_to(tmp_path / "loop.jsonl")
    (tmp_path / "folder.jsonl").mkdir()
    os.mkfifo(tmp_path / "pipe.jsonl")
    cases = {
        "missing.jsonl": "intake.no_file", "folder.jsonl": "intake.folder",
        "pipe.jsonl": "intake.not_regular", "loop.jsonl": "intake.unreadable",
        "f.json": "intake.unknown_format", "utf16.jsonl": "intake.encoding",
        "f.json/x.jsonl": "intake.no_file", "nul\0.jsonl": "intake.unreadable",
    }  # fmt: skip
    for name, key in cases.items():
        with pytest.raises(InputError) as caught:
            list(rows(tmp_path / name))
        assert caught.value.key == f"error.{key}", name
        for language in ("en", "zh"):
            assert name in caught.value.say(language)
            assert "\n" not in caught.value.say(language)


def test_checks_come_at_the_call_not_at_the_first_row(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        rows(tmp_path / "missing.jsonl")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no /dev/zero here")
def test_a_device_is_refused() -> None:
    with pytest.raises(InputError, match="not a regular file"):
        rows("/dev/zero", format="jsonl")
    with pytest.raises(InputError, match="not a regular file"):
        fingerprint("/dev/zero")


def test_links_may_not_lead_out_of_a_folder(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "in-not"
    inside.mkdir()
    outside.mkdir()
    for folder in (inside, outside):
        (folder / "f.jsonl").write_bytes(GOOD)
    (inside / "near.jsonl").symlink_to(inside / "f.jsonl")
    (inside / "far.jsonl").symlink_to(outside / "f.jsonl")
    (inside / "up").symlink_to(outside)
    assert len(list(rows(inside / "near.jsonl", within=inside))) == 1
    for name in ("far.jsonl", "up/f.jsonl", "../in-not/f.jsonl", "/etc/hostname"):
        with pytest.raises(InputError) as caught:
            rows(inside / name, format="jsonl", within=inside)
        assert caught.value.key == "error.intake.outside"


def test_limits_on_files_and_rows(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    with pytest.raises(LimitError, match="split the file"):
        read(path, GOOD * 2, limits=Limits(max_file_bytes=10))
    with pytest.raises(LimitError, match="more than 2 rows"):
        read(path, b"\n".join([GOOD] * 3), limits=Limits(max_rows=2))
    found = read(path, b'{"a": 1, "b": 2}', limits=Limits(max_fields=1))
    assert bad(found) == [(1, Reason.TOO_LARGE, None)]
    with pytest.raises(ValueError, match="max_depth"):
        Limits(max_depth=0)


def test_fingerprint(tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    (tmp_path / "f.bin").write_bytes(data)
    assert fingerprint(tmp_path / "f.bin") == (hashlib.sha256(data).hexdigest(), len(data))


def test_csv_with_quotes_line_ends_and_formulas(tmp_path: Path) -> None:
    data = (
        b'\xef\xbb\xbfid, text \r\n1,"two\r\nlines, ""quoted"""\r\n\r\n2,=1+1\r\n3,\xe4\xb8\xad\r\n'
    )
    assert good(read(tmp_path / "f.csv", data)) == [
        (2, {"id": "1", "text": 'two\nlines, "quoted"'}),
        (5, {"id": "2", "text": "=1+1"}),
        (6, {"id": "3", "text": "中"}),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"1", Reason.BAD_VALUE), (b"1,2,3", Reason.BAD_VALUE), (b"1,\x00", Reason.BAD_VALUE),
        (b"1,\xff", Reason.BAD_ENCODING), (b"1,a\rb", Reason.BAD_VALUE),
        (b"1," + b"x" * 300, Reason.TOO_LARGE), (b"1," + b"x" * 3000, Reason.TOO_LARGE),
        (b'1,"open', Reason.BAD_VALUE),
    ],
)  # fmt: skip
def test_a_bad_csv_row_is_set_aside_and_its_neighbours_are_kept(
    tmp_path: Path, line: bytes, reason: Reason
) -> None:
    limits = Limits(max_row_bytes=1000, max_field_chars=200)
    found = read(tmp_path / "f.csv", b"a,b\n1,x\n" + line + b"\n2,y\n3,z\n", limits=limits)
    assert good(found) == [
        (n, {"a": a, "b": b}) for n, a, b in [(2, "1", "x"), (4, "2", "y"), (5, "3", "z")]
    ]
    assert [(line, reason) for line, reason, _ in bad(found)] == [(3, reason)]


@pytest.mark.parametrize(
    ("lines", "kept", "set_aside"),
    [
        (['1,5" pipe', "2,x", '3,6" pipe', "4,y"], "1234", []),
        (['1,5" pipe', "2,x"], "12", []),
        (["1,x", '2,"open', "3,y", "4,z"], "134", [3]),
        (['1,5" pipe', "2,x", '3,"open', "4,y", '5,6" pipe', "6,z"], "12456", [4]),
        (['1,"open', "2,x", '3,5" pipe', "4,y"], "234", [2]),
        (['1,"a"b', "2,x"], "2", [2]),
    ],
)
def test_a_stray_quote_does_not_swallow_rows(
    tmp_path: Path, lines: list[str], kept: str, set_aside: list[int]
) -> None:
    found = read(tmp_path / "f.csv", "\n".join(["a,b", *lines]).encode())
    assert "".join(str(row["a"]) for _, row in good(found)) == kept
    assert [line for line, _, _ in bad(found)] == set_aside
    assert [row.line for row in found] == list(range(2, len(lines) + 2))
    for row in found:
        after = [later for later in found if (later.line or 0) > (row.line or 0)]
        assert list(rows(tmp_path / "f.csv", start=row.line or 0)) == after


def test_a_quote_in_the_header_keeps_the_rows_behind_it(tmp_path: Path) -> None:
    found = read(tmp_path / "f.csv", b'a,5" pipe\n1,x\n2,6" y\n')
    assert good(found) == [(2, {"a": "1", '5" pipe': "x"}), (3, {"a": "2", '5" pipe': '6" y'})]


def test_bad_bytes_inside_a_quoted_cell_cost_their_own_row(tmp_path: Path) -> None:
    found = read(tmp_path / "f.csv", b'a,b\n1,"x\n2,\xff\n3,y"\n4,z\n')
    assert good(found) == [(5, {"a": "4", "b": "z"})]
    assert bad(found) == [(2, Reason.BAD_ENCODING, "b")]


def test_many_open_quotes_take_linear_time_and_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b'a,b\n1,"' + b"\n" * 200_000 + b"2,x\n" * 50_000 + b'"\n')
    found = list(rows(path))
    assert len(good(found)) == 50_000
    assert len(bad(found)) == 2


@pytest.mark.parametrize(
    ("header", "key"),
    [
        (b"a,,b", "unnamed_column"), (b"a,b,a", "repeated_column"), (b"\xff,a", "encoding"),
        (b"b,c", "missing_column"), (b'"a', "bad_header"), (b"\xff\xfea\x00", "encoding"),
    ],
)  # fmt: skip
def test_a_bad_csv_header_is_an_error(tmp_path: Path, header: bytes, key: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path / "f.csv", header + b"\n1,2\n", required=["a"])
    assert caught.value.key == f"error.intake.{key}"
    assert "f.csv" in caught.value.say("zh")


CELL = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\r"), max_size=20
)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8))
def test_whatever_a_csv_writer_writes_is_read_back(table: list[tuple[str, str]]) -> None:
    import tempfile

    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b"), *table])
    with tempfile.TemporaryDirectory() as folder:
        found = read(Path(folder) / "f.csv", text.getvalue().encode())
    assert bad(found) == []
    assert [tuple(row.values()) for _, row in good(found)] == table


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.recursive(
            st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=3), inner, max_size=3)
            ),
            max_leaves=8,
        ),
        max_size=5,
    )
)  # fmt: skip
def test_whatever_json_can_say_is_read_back_unless_it_has_a_nul(value: dict[str, Any]) -> None:
    line = json.dumps(value).encode()
    if b"\\u0000" in line and "\0" in json.dumps(value, ensure_ascii=False).encode().decode(
        "unicode_escape", "ignore"
    ):
        with pytest.raises(Exception, match="bad_value"):
            parse_object(line, Limits())
    else:
        assert parse_object(line, Limits()) == value


WORDS = st.lists(
    st.sampled_from(
        ["a", "b", "\\", '\\"', "\\\\", "\\u0022", "\\u0061", "\\u0000", "\\ud800", "\\n", '"',
         ",", ":", "{", "}", "[", "\0", "\n", "é", "青", '"a":"b",']
    ),
    max_size=4,
).map("".join)  # fmt: skip
VALUES = st.sampled_from(
    ["true", "null", "1", "-0", "123456", "1.0", "1e999", "NaN", "[]", '["a"]', "{}"]
)
GAPS = st.sampled_from(["", "", " ", "\t", "\r"])


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """What looks like an object, and often is one: keys twice, escapes, stray marks, gaps."""
    members = draw(st.lists(st.tuples(WORDS, WORDS.map('"{}"'.format) | VALUES), max_size=4))
    gap = lambda: draw(GAPS)  # noqa: E731
    said = ",".join(f'{gap()}"{key}"{gap()}:{gap()}{value}{gap()}' for key, value in members)
    return f"{gap()}{{{said}}}{gap()}".encode()


@given(lines(), st.binary(max_size=1), st.integers(0, 80))
def test_the_quick_way_to_read_a_line_tells_what_the_exact_one_tells(
    line: bytes, stray: bytes, place: int
) -> None:
    line = line[:place] + stray + line[place:]
    limits = Limits(max_field_chars=12, max_digits=5, max_fields=3)

    def told() -> object:
        try:
            value = parse_object(line, limits)
        except BadRow as row:
            return row.reason, row.field, row.detail
        return [(key, type(one), one) for key, one in value.items()]

    quick = told()
    with mock.patch.object(values, "_plain", return_value=None):
        assert told() == quick


@pytest.mark.parametrize(
    "line",
    [
        b'{"a": "x", "a": ""}', b'{"a":"","a":""}', b'{"a": null, "a": null}',
        b'{"a": "\\\\", "a": "\\\\"}', b'{"a": "x", "\\u0061": "x"}', b'{"a": "x\\"", "a": "y"}',
    ],
)  # fmt: skip
def test_a_key_that_comes_twice_is_never_passed_over(line: bytes) -> None:
    with pytest.raises(BadRow) as found:
        parse_object(line, Limits())
    assert (found.value.reason, found.value.field) == (Reason.DUPLICATE_KEY, "a")


def test_texts_numbers_and_truths_are_read_the_quick_way() -> None:
    for line in (b'{"q": "a \\"b\\" \\n c", "z": "", "t": true, "n": null, "i": -12}', b"{}"):
        assert values._plain(line, 3) == json.loads(line)
    assert values._plain(b'{"i": -123}', 3) is None


@given(
    st.lists(
        st.sampled_from([b"a", b"bb", b"\r", b"\n", b"\r\n", b"\xef\xbb\xbf", b"c" * 9]),
        max_size=9,
    ),
    st.integers(3, 9),
    st.integers(1, 6),
)  # fmt: skip
def test_lines_are_the_same_however_they_fall_into_pieces(
    parts: list[bytes], piece: int, most: int
) -> None:
    data = b"".join(parts)
    *ended, last = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    bodies = [line.removesuffix(b"\r") for line in ended] + ([last] if last else [])
    expected = [
        (number, body if len(body) <= most else None) for number, body in enumerate(bodies, 1)
    ]
    with mock.patch.object(jsonl_rows, "_PIECE", piece):
        found = list(jsonl_rows.read_lines(io.BytesIO(data), "f", Limits(max_row_bytes=most)))
    assert found == expected


@pytest.mark.parametrize("around", ["{}", " {}", "{} ", "\t{}\t", "{}\r"])
def test_white_space_around_an_object_is_nothing(around: str) -> None:
    line = around.replace("{}", '{"a": [1, {"b": 2}]}').encode()
    assert parse_object(line, Limits()) == {"a": [1, {"b": 2}]}


@pytest.mark.parametrize(
    "line",
    [
        b'{"a": 1} {"b": 2}', b'{"a": 1},', b'{"a": 1', b'{"a" 1}', b"{", b"", b" ", b"nul", b"[1",
        b'{"a": 1}x', b'x{"a": 1}', b'{"a": "\n"}', b'{"a": 1,}', b"{'a': 1}",
    ],
)  # fmt: skip
def test_what_is_no_single_object_is_bad_json_and_says_where(line: bytes) -> None:
    """The place is that of the standard library, whichever way the line was read."""
    with pytest.raises(json.JSONDecodeError) as expected:
        json.loads(line)
    with pytest.raises(BadRow) as found:
        parse_object(line, Limits())
    assert found.value.reason is Reason.BAD_JSON
    assert found.value.detail == f"char {expected.value.pos + 1}"


@pytest.mark.parametrize(
    ("line", "most", "deep"),
    [
        (b'{"a": 1}', 1, False), (b'{"a": {}}', 1, True), (b'{"a": []}', 1, True),
        (b' {"a": 1}', 1, False), (b'{"a": {"b": []}}', 3, False), (b'{"a": {"b": []}}', 2, True),
        (b'{"a": "{[{["}', 1, False),
    ],
)  # fmt: skip
def test_depth_is_counted_whatever_the_line_begins_with(line: bytes, most: int, deep: bool) -> None:
    limits = Limits(max_depth=most)
    if deep:
        with pytest.raises(BadRow) as found:
            parse_object(line, limits)
        assert found.value.reason is Reason.TOO_DEEP
    else:
        assert parse_object(line, limits)


def parquet(path: Path, table: dict[str, Any], **given: Any) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table(table), path, **given)
    return path


def test_parquet_rows_are_exact_and_bad_ones_set_aside(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "f.parquet",
        {
            "a": [1, 2, 3, None],
            "b": [0.1, float("nan"), float("inf"), None],
            "c": ["中", "x", "y", "n\0l"],
            "d": [[{"e": 0.5}], [], None, []],
        },
    )
    found = list(rows(path))
    assert good(found) == [
        (1, {"a": 1, "b": Decimal("0.1"), "c": "中", "d": [{"e": Decimal("0.5")}]})
    ]
    assert bad(found) == [
        (2, Reason.BAD_VALUE, "b"), (3, Reason.BAD_VALUE, "b"), (4, Reason.BAD_VALUE, "c"),
    ]  # fmt: skip
    assert [row.line for row in rows(path, start=2)] == [3, 4]


def test_parquet_bytes_and_times(tmp_path: Path) -> None:
    import datetime

    path = parquet(tmp_path / "f.parquet", {"t": [datetime.date(2025, 1, 2)]})
    assert good(list(rows(path))) == [(1, {"t": "2025-01-02"})]
    path = parquet(tmp_path / "f.parquet", {"t": [b"\xff"]})
    assert bad(list(rows(path))) == [(1, Reason.BAD_VALUE, "t")]


def test_a_parquet_bomb_that_says_its_size_is_refused_unread(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "f.parquet",
        {"a": ["x" * 1000 + str(i) for i in range(20_000)]},
        use_dictionary=False,
    )
    assert path.stat().st_size < 2_000_000
    with pytest.raises(LimitError, match="smaller row groups"):
        list(rows(path, limits=Limits(max_group_bytes=10_000_000)))
    with pytest.raises(LimitError, match="more than 100 rows"):
        list(rows(path, limits=Limits(max_rows=100)))


def test_a_parquet_bomb_of_one_string_many_times_is_unfolded_row_by_row(tmp_path: Path) -> None:
    big = "x" * 3_000_000
    import pyarrow as pa

    folded = pa.DictionaryArray.from_arrays(pa.array([0] * 500, pa.int32()), [big])
    path = parquet(tmp_path / "f.parquet", {"a": folded}, store_schema=False)
    assert path.stat().st_size < 1_000_000
    code = (
        # VmHWM and not ru_maxrss, which a child inherits from a parent that was large.
        "import re, sys; from qinglan.intake import rows\n"
        "n = sum(len(row.values['a']) for row in rows(sys.argv[1]))\n"
        "print(n, re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"
    )
    out = subprocess.run(
        [sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True
    ).stdout
    total, peak_kib = map(int, out.split())
    assert total == 500 * 3_000_000
    assert peak_kib < 500 * 1024  # a batch unfolded at once is 768 MB
    limits = Limits(max_field_chars=1_000_000)
    assert {row.reason for row in rows(path, limits=limits) if isinstance(row, SetAside)} == {
        Reason.TOO_LARGE
    }


def test_damaged_parquet_is_an_error_with_the_file_name(tmp_path: Path) -> None:
    path = parquet(tmp_path / "f.parquet", {"a": list(range(5000))}, compression="gzip")
    data = path.read_bytes()
    for broken in (
        b"PAR1",
        b"not parquet at all",
        data[:-20],
        data[:50] + b"\xff" * 500 + data[550:],
    ):
        path.write_bytes(broken)
        with pytest.raises(InputError) as caught:
            list(rows(path))
        assert caught.value.key == "error.intake.corrupt"
        assert "f.parquet" in caught.value.say("zh")
    path = parquet(path, {"a": [1]})
    with pytest.raises(InputError, match="missing"):
        list(rows(path, required=["b"]))


def test_reading_text_loads_no_pyarrow(tmp_path: Path) -> None:
    (tmp_path / "f.jsonl").write_bytes(GOOD)
    code = (
        "import sys; from qinglan.intake import rows; from qinglan.sources import files\n"
        "assert list(rows(sys.argv[1])); "
        "assert not {'pyarrow', 'polars', 'numpy'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "f.jsonl")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr

"""Parquet, where a small file may unfold into more than memory holds.

The footer states how large each row group is once uncompressed, so a bomb that says what it is
gets refused before a byte of it is read. One kind does not say: a long string stored once and
referred to by every row. So text columns are read as dictionaries, batches are small, and a
batch is unfolded row by row where unfolding it whole would be large. PyArrow is imported here
on use: it takes a third of a second.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qinglan.errors import InputError, LimitError
from qinglan.intake.csv_rows import check_header
from qinglan.intake.files import open_file
from qinglan.intake.limits import Limits
from qinglan.intake.values import BadRow, JsonValue, Row, check_values
from qinglan.records import Reason, SetAside

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

__all__ = ["read"]

_BATCH_ROWS = 256
_UNFOLD_BYTES = 64 * 2**20


def read(
    name: str, limits: Limits, start: int, required: frozenset[str], *, binary: bool = False
) -> Iterator[Row | SetAside]:
    """Rows of a Parquet file. Its numbers stay exact: doubles come as ``Decimal``.

    A row with bytes in it is set aside, but where ``binary`` says that they are waited for.

    Raises:
        InputError: no Parquet, damaged, a column twice, or one of ``required`` missing.
        LimitError: more rows or larger row groups than ``limits`` allow.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with open_file(name, limits) as handle:
        try:
            file = pq.ParquetFile(handle)
            _judge(file, name, limits, required)
            text = [f.name for f in file.schema_arrow if _is_text(f.type)]
            file = pq.ParquetFile(handle, metadata=file.metadata, read_dictionary=text)
            number = 0
            for batch in file.iter_batches(batch_size=_BATCH_ROWS):
                if number + batch.num_rows > start:
                    yield from _read_batch(batch, name, number, limits, start, binary)
                number += batch.num_rows
        except (pa.ArrowException, OSError, OverflowError) as error:
            why = (str(error).splitlines() or [""])[0][:200]
            raise InputError("intake.corrupt", file=name, why=why) from error


def _judge(file: pq.ParquetFile, name: str, limits: Limits, required: frozenset[str]) -> None:
    """Refuse by the footer alone."""
    check_header([field.name for field in file.schema_arrow], name, required)
    footer = file.metadata
    if footer.num_rows > limits.max_rows:
        raise LimitError("intake.too_many_rows", file=name, limit=limits.max_rows)
    if footer.num_rows == 0:
        raise InputError("intake.empty", file=name)
    if footer.num_columns > limits.max_fields:
        raise LimitError("intake.too_many_columns", file=name, limit=limits.max_fields)
    for index in range(footer.num_row_groups):
        group = footer.row_group(index)
        columns = [group.column(i).total_uncompressed_size for i in range(group.num_columns)]
        size = max(group.total_byte_size, sum(columns), *columns)
        if size > limits.max_group_bytes or size < 0 or min(columns) < 0:
            raise LimitError(
                "intake.group_too_large", file=name, size=size, limit=limits.max_group_bytes
            )


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_binary(kind))


def _read_batch(
    batch: pa.RecordBatch, name: str, before: int, limits: Limits, start: int, binary: bool
) -> Iterator[Row | SetAside]:
    """Rows of one batch, ``before`` rows into the file."""
    if _unfolded_bytes(batch) <= _UNFOLD_BYTES:
        pieces: Iterator[Any] = iter(batch.to_pylist())
    else:
        pieces = (batch.slice(i, 1).to_pylist()[0] for i in range(batch.num_rows))
    for number, piece in enumerate(pieces, start=before + 1):
        if number <= start:
            continue
        try:
            values = {key: _value(item, key, 1, limits, binary) for key, item in piece.items()}
            check_values(values, limits)
            yield Row(name, number, values)
        except BadRow as bad:
            yield SetAside(
                stage="import", reason=bad.reason, file=name, line=number, field=bad.field,
                detail=bad.detail,
            )  # fmt: skip


def _unfolded_bytes(batch: pa.RecordBatch) -> int:
    """An upper bound of a batch's size once each row has its own copy of its strings."""
    import pyarrow as pa
    import pyarrow.compute as pc

    size = 0
    for column in batch.columns:
        if pa.types.is_dictionary(column.type) and len(column.dictionary):
            longest = pc.max(pc.binary_length(column.dictionary)).as_py() or 0
            size += longest * len(column)
        else:
            size += column.nbytes
    return size


def _value(item: object, field: str, depth: int, limits: Limits, binary: bool) -> JsonValue:
    """A Parquet value as a JSON value.

    Raises:
        BadRow: NaN, infinity, bytes, or nesting beyond the limit.
    """
    if item is None or isinstance(item, (bool, int, str, Decimal)):
        return item
    if isinstance(item, bytes) and binary:
        if len(item) > limits.max_row_bytes:
            detail = f"{len(item)} > {limits.max_row_bytes}"
            raise BadRow(Reason.TOO_LARGE, field=field, detail=detail)
        return item
    if depth > limits.max_depth:
        raise BadRow(Reason.TOO_DEEP, field=field, detail=f"> {limits.max_depth}")
    if isinstance(item, float):
        if not math.isfinite(item):
            raise BadRow(Reason.BAD_VALUE, field=field, detail=str(item))
        return Decimal(repr(item))
    if isinstance(item, (datetime.date, datetime.time)):
        return item.isoformat()
    if isinstance(item, list):
        return [_value(inner, field, depth + 1, limits, binary) for inner in item]
    if isinstance(item, dict):
        return {
            str(key): _value(inner, f"{field}.{key}", depth + 1, limits, binary)
            for key, inner in item.items()
        }
    raise BadRow(Reason.BAD_VALUE, field=field, detail=type(item).__name__)

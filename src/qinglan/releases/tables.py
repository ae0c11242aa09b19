"""The data files of one split: JSON Lines, whose lines are what the root commits to, and Parquet,
which says the same with types.

Written row by row and in flat memory. The bytes depend on the rows and on the versions of the
libraries only, so the same rows under the same lockfile give the same files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from qinglan.records import Split
from qinglan.releases.rows import Data

GROUP_ROWS = 2_000
GROUP_BYTES = 32 * 2**20
_READ_ROWS = 256


def jsonl_name(split: Split) -> str:
    """Name of the split's JSON Lines file inside the release."""
    return f"data/{split.value}.jsonl"


def parquet_name(split: Split) -> str:
    """Name of the split's Parquet file inside the release."""
    return f"data/{split.value}.parquet"


@cache
def schema(*, scaled: bool = False, illustrated: bool = False) -> Any:  # noqa: ANN401 - a pyarrow.Schema, imported late
    """The columns of a data row. Parquet holds the probability as a decimal, JSON as its text.

    ``scaled``: with those that only the kinds in ``scales.KINDS`` have; ``illustrated``: with the
    paths of pictures.
    """
    import pyarrow as pa

    text, texts = pa.string(), pa.list_(pa.string())
    message = pa.struct([("role", text), ("content", text)])
    origin = pa.struct([(n, text) for n in ("source", "channel", "licence", "family", "part")])
    check = pa.struct([(n, text) for n in ("verifier", "outcome", "answer", "reason")])
    columns: list[tuple[str, Any]] = [
        ("id", text), ("split", text), ("kind", text), ("prompt", text), ("options", texts),
        ("answer", text), ("steps", texts), ("final", text), ("because", text),
        ("chosen", text), ("rejected", text), ("messages", pa.list_(message)),
        ("value", text), ("probability", pa.decimal128(7, 6)), ("votes", pa.int64()),
        ("method", text), ("skill", text), ("group", text), ("annotator", text),
        ("annotator_type", text), ("simulated", pa.bool_()), ("origins", pa.list_(origin)),
        ("checks", pa.list_(check)),
    ]  # fmt: skip
    if scaled:
        score = pa.struct([("criterion", text), ("side", text), ("score", pa.int64())])
        span = pa.struct(
            [("start", pa.int64()), ("end", pa.int64()), ("label", text), ("text", text)]
        )
        estimate = pa.struct([(name, text) for name in ("name", "value", "low", "high")])
        columns += [
            ("scores", pa.list_(score)), ("ranked", texts), ("spans", pa.list_(span)),
            ("estimates", pa.list_(estimate)),
        ]  # fmt: skip
    if illustrated:
        columns.append(("images", texts))
    return pa.schema(columns)


class SplitFiles:
    """The two open files of one split."""

    def __init__(
        self, folder: Path, split: Split, *, scaled: bool = False, illustrated: bool = False
    ) -> None:
        import pyarrow.parquet as pq

        self._schema = schema(scaled=scaled, illustrated=illustrated)

        self._lines = (folder / jsonl_name(split)).open("xb")
        self._table = (folder / parquet_name(split)).open("xb")
        self._parquet = pq.ParquetWriter(
            self._table, self._schema, compression="zstd", version="2.6"
        )
        self._waiting: list[Data] = []
        self._bytes = 0
        self.rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._flush()
            self._parquet.close()
            for file in (self._lines, self._table):
                file.flush()
                os.fsync(file.fileno())
        finally:
            self._lines.close()
            self._table.close()

    def add(self, data: Data, line: bytes) -> None:
        """Append one row; ``line`` is its canonical JSON without the line end."""
        self._lines.write(line + b"\n")
        self._waiting.append(typed(data))
        self._bytes += len(line)
        self.rows += 1
        if len(self._waiting) >= GROUP_ROWS or self._bytes >= GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            import pyarrow as pa

            self._parquet.write_batch(pa.RecordBatch.from_pylist(self._waiting, self._schema))
            self._waiting, self._bytes = [], 0


def typed(data: Data) -> Data:
    """A data row as Parquet holds it."""
    probability = data["probability"]
    return {**data, "probability": None if probability is None else Decimal(probability)}


def read_parquet(
    path: Path, *, rows: int, most_bytes: int, scaled: bool = False, illustrated: bool = False
) -> Iterator[Data]:
    """The rows of a Parquet file, some at a time.

    Args:
        path: the file.
        rows: how many it must have.
        most_bytes: the most that its columns may unpack to, in bytes; a bomb says more.
        scaled: as for ``schema``.
        illustrated: likewise.

    Raises:
        ValueError: it is no Parquet file, has other columns, or breaks one of the bounds.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            meta = file.metadata
            size = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
            if meta.num_rows != rows:
                raise ValueError(f"{meta.num_rows} rows, not {rows}")
            if size > most_bytes:
                raise ValueError(f"its columns unpack to {size} bytes")
            if not file.schema_arrow.equals(schema(scaled=scaled, illustrated=illustrated)):
                raise ValueError("other columns than a release has")
            for batch in file.iter_batches(_READ_ROWS):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise ValueError(str(error).splitlines()[0]) from error

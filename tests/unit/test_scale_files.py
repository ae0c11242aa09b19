"""Numbers, rubrics and rankings of a file: planted truth, the contract of the JSON, bad rows."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from test_quality_rubrics import simulate

from qinglan.errors import InputError, RowError
from qinglan.intervals import Interval
from qinglan.quality import scale_files
from qinglan.quality.scale_files import number_file, ranking_file, rubric_file
from qinglan.quality.scale_tables import has_rankings, read_scores


def put(folder: Path, text: str, name: str = "given.csv") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def sound(found: dict[str, Any]) -> dict[str, Any]:
    """``found``, if it is the JSON that it becomes."""
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    return found


@pytest.fixture(scope="module")
def lengths(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Four people measure 60 things; cy reads 5 too much, and dee slips a digit now and then."""
    rng = np.random.default_rng(0)
    true = rng.normal(100, 10, 60)
    rows, folder = ["task,annotator,label"], tmp_path_factory.mktemp("numbers")
    for who, bias, spread in (("ann", 0, 1), ("bo", 0, 2), ("cy", 5, 1), ("dee", 0, 1)):
        for i, value in enumerate(true):
            slip = 10 if who == "dee" and i % 15 == 0 else 1
            rows.append(f"t{i},{who},{(value + bias + rng.normal(0, spread)) * slip:.3f}")
    truth = ["task,truth", *(f"t{i},{value:.4f}" for i, value in enumerate(true))]
    return put(folder, "\n".join(rows)), put(folder, "\n".join(truth), "truth.csv")


def test_numbers_of_a_file(lengths: tuple[Path, Path], tmp_path: Path) -> None:
    labels, truth = lengths
    report = number_file(labels, truth=truth)
    found = sound(report.to_json())
    assert (found["kind"], found["tasks"], found["annotators"], found["labels"]) == (
        "number", 60, 4, 240,
    )  # fmt: skip
    # A slip of 900 spoils a plain mean; biases are told up to the mean of all.
    assert found["error"]["high"] < found["mean_error"]["score"]
    bias = {line["annotator"]: line["bias"] for line in found["bias"]}
    assert bias["cy"] - bias["ann"] == pytest.approx(5, abs=0.7)
    report.write(tmp_path / "out.csv")
    report.write(tmp_path / "out.parquet")
    with (tmp_path / "out.csv").open() as file:
        header, *rows = csv.reader(file)
    assert header == ["task", "value", "low", "high"]
    table = pl.read_parquet(tmp_path / "out.parquet")
    assert [float(row[1]) for row in rows] == table["value"].to_list()
    known = dict(csv.reader(truth.read_text().splitlines()))
    # What all are off by together cannot be seen; what is left lies in the intervals.
    shift = np.median([float(row[1]) - float(known[row[0]]) for row in rows])
    held = [float(r[2]) <= float(known[r[0]]) + shift <= float(r[3]) for r in rows]
    assert np.mean(held) >= 0.85


def test_without_truth_errors_are_unknown(lengths: tuple[Path, Path]) -> None:
    found = sound(number_file(lengths[0]).to_json())
    assert (found["error"], found["mean_error"]) == (None, None)


def test_an_interval_around_nothing_is_unknown_and_not_nought() -> None:
    assert scale_files._ends(Interval(None, 0.0, 1.0, 0.95)) is None
    assert scale_files._ends(Interval(0.0, 0.0, 1.0, 0.95)) == {
        "score": 0.0, "low": 0.0, "high": 1.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "says"),
    [("t2,ann,many", "line 3, field label: 'many'"), ("t2,ann,", "line 3, field label"),
     ("t1,ann,4", "line 3: t1, ann was already given in line 2")],
)  # fmt: skip
def test_a_bad_number_names_its_line(tmp_path: Path, row: str, says: str) -> None:
    with pytest.raises(RowError) as caught:
        number_file(put(tmp_path, f"task,annotator,label\nt1,ann,1\n{row}\n"))
    assert says in caught.value.say("en")


def test_a_known_value_that_is_no_number_names_its_line(tmp_path: Path) -> None:
    labels = put(tmp_path, "task,annotator,label\nt1,ann,1\nt1,bo,2\n")
    with pytest.raises(RowError, match="line 2, field truth: 'high'"):
        number_file(labels, truth=put(tmp_path, "task,truth\nt1,high\n", "truth.csv"))


def test_rubrics_of_a_file(tmp_path: Path) -> None:
    """The strict rater is told from the mild one, and scores keep their own names."""
    work, rater, item, score, theta = simulate(works=120)
    rows = [f"w{w},r{r},c{i},{s + 1}" for w, r, i, s in zip(work, rater, item, score, strict=True)]
    text = "task,annotator,criterion,label\n" + "\n".join(rows)
    report = rubric_file(put(tmp_path, text))
    found = sound(report.to_json())
    assert found["levels"] == [1, 2, 3, 4, 5]
    strict = {line["annotator"]: line for line in found["severity"]}
    assert strict["r0"]["high"] < strict["r4"]["low"]
    assert {line["criterion"] for line in found["difficulty"]} == {"c0", "c1", "c2"}
    assert (len(found["thresholds"]), found["annotators"], found["labels"]) == (4, 5, len(work))
    rows_out = list(report.rows())
    quality = {str(row[0]): row for row in rows_out}
    ours = [float(quality[f"w{w}"][1]) for w in range(120)]
    assert np.corrcoef(ours, theta)[0, 1] > 0.85
    assert all(1 <= float(row[4]) <= 5 for row in rows_out)


def test_scores_are_levels_however_written_and_the_last_may_win(tmp_path: Path) -> None:
    text = "task,annotator,label\na,x,1\nb,x,2.0\na,y,1.0\nb,y,2\na,x,2\n"
    file = put(tmp_path, text)
    with pytest.raises(RowError, match="line 6"):
        rubric_file(file)
    table = read_scores(file, "last")
    assert (table.levels, table.replaced, table.criteria) == ([1.0, 2.0], 1, [""])
    assert table.score.tolist() == [1, 0, 1, 1]


@pytest.mark.parametrize("scores", [["1", "1"], [str(i) for i in range(21)]])
def test_one_score_or_too_many_are_no_rubric(tmp_path: Path, scores: list[str]) -> None:
    rows = [f"t{i},a,{score}" for i, score in enumerate(scores)]
    with pytest.raises(InputError, match="2 to 20"):
        rubric_file(put(tmp_path, "task,annotator,label\n" + "\n".join(rows)))


def test_a_word_is_no_score(tmp_path: Path) -> None:
    with pytest.raises(RowError, match="line 3, field label: 'good'"):
        rubric_file(put(tmp_path, "task,annotator,label\na,x,1\nb,x,good\n"))


def test_rankings_of_a_file(tmp_path: Path) -> None:
    file = put(tmp_path, "ranking,shown\n" + "A > B,A|B|C\nB > A > C,A | B | C | D\n" * 8)
    assert has_rankings(file)
    found = sound(ranking_file(file).to_json())
    assert [item["item"] for item in found["items"]][2:] == ["C", "D"]
    assert found["rankings"] == 16
    last = found["items"][-1]
    assert (last["item"], last["rankings"], last["rank"]) == ("D", 8, 4)
    assert last["low"] < last["score"] < last["high"]


@pytest.mark.parametrize(
    "row", ["A > A", "A", "A > > B", "A > B,A|C"],
)  # fmt: skip
def test_a_bad_ranking_names_its_line(tmp_path: Path, row: str) -> None:
    header = "ranking,shown" if "|" in row else "ranking"
    good = "A > B,A|B" if "|" in row else "A > B"
    with pytest.raises(RowError, match="line 3, field ranking"):
        ranking_file(put(tmp_path, f"{header}\n{good}\n{row}\n"))


def test_a_file_of_votes_has_no_rankings(tmp_path: Path) -> None:
    assert not has_rankings(put(tmp_path, "left,right,winner\nA,B,left\n"))

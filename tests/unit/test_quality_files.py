"""File-level consensus, agreement and rank: the contract of their JSON, and files gone wrong."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest
from test_quality_consensus import DATA, SETS, read

from qinglan import wording
from qinglan.errors import InputError, RowError, UsageError
from qinglan.flow.reliability_plot import check_plot, plot_reliability
from qinglan.quality.cells import safe
from qinglan.quality.files import agreement_file, consensus_file, rank_file
from qinglan.quality.tables import read_labels, read_truth

GOOD = "item,worker,label\nq1,ann,yes\nq1,bo,yes\nq2,ann,no\nq2,bo,yes\nq2,cy,no\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def put(folder: Path, text: str | bytes, name: str = "labels.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.data
@pytest.mark.parametrize("name", SETS)
def test_real_sets_by_majority(name: str) -> None:
    read(name)
    known = {
        "bluebird": 0.759,
        "cf": 0.882,
        "dog": 0.822,
        "ms": 0.704,
        "rte": 0.897,
        "sentiment": 0.934,
    }
    report = consensus_file(
        DATA / name / "label.csv", method="majority", truth=DATA / name / "truth.csv"
    ).to_json()
    assert report["accuracy"] == pytest.approx(known[name], abs=6e-4)
    assert report["accuracy"] == report["majority_accuracy"]
    assert report["truth_unlabelled"] == 0


def test_the_contract_of_the_json(folder: Path) -> None:
    truth = put(folder, "task,truth\nq1,yes\nq2,yes\nq9,no\n", "truth.csv")
    report = consensus_file(put(folder, GOOD), method="dawid-skene", truth=truth)
    found = report.to_json()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert {"method", "tasks", "annotators", "labels", "accuracy", "majority_accuracy"} <= set(
        found
    )
    assert (found["method"], found["tasks"], found["annotators"], found["labels"]) == (
        "dawid-skene", 2, 3, 5,
    )  # fmt: skip
    assert found["majority_accuracy"] == 0.5
    assert (found["truth_tasks"], found["truth_unlabelled"]) == (3, 1)
    assert {row["annotator"] for row in found["reliability"]} == {"ann", "bo", "cy"}  # type: ignore[index, union-attr]


def test_without_truth_accuracy_is_unknown(folder: Path) -> None:
    found = consensus_file(put(folder, GOOD), method="majority").to_json()
    assert found["accuracy"] is None
    assert found["majority_accuracy"] is None


def test_a_tie_shares_the_credit(folder: Path) -> None:
    labels = put(folder, "task,annotator,label\n1,a,x\n1,b,y\n")
    truth = put(folder, "task,label\n1,x\n", "truth.csv")
    assert consensus_file(labels, method="majority", truth=truth).to_json()["accuracy"] == 0.5


def test_a_true_class_that_nobody_gave_is_wrong(folder: Path) -> None:
    labels = put(folder, "task,annotator,label\n1,a,x\n1,b,x\n")
    truth = put(folder, "task,truth\n1,z\n", "truth.csv")
    assert consensus_file(labels, method="majority", truth=truth).to_json()["accuracy"] == 0.0


def test_output_as_csv_and_parquet_agree(folder: Path) -> None:
    labels = put(folder, GOOD)
    consensus_file(labels, method="majority", out=folder / "out.csv")
    consensus_file(labels, method="majority", out=folder / "out.parquet")
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["task", "label", "probability", "p_no", "p_yes"]
    assert lines[1] == ["q1", "yes", "1.0", "0.0", "1.0"]
    assert lines[2][:2] == ["q2", "no"]
    table = pl.read_parquet(folder / "out.parquet")
    assert table.columns == lines[0]
    assert [[str(cell) for cell in row] for row in table.rows()] == lines[1:]
    assert sorted(path.name for path in folder.iterdir()) == [
        "labels.csv",
        "out.csv",
        "out.parquet",
    ]


def test_another_extension_is_refused_before_the_work(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"\.csv or \.parquet"):
        consensus_file(folder / "missing.csv", out=folder / "out.xlsx")


def test_formulas_are_disarmed_and_numbers_are_not(folder: Path) -> None:
    labels = put(folder, 'item,worker,label\n"=HYPERLINK(""x"")",a,-1\n＝1+1,a,@x\n')
    consensus_file(labels, method="majority", out=folder / "out.csv")
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for line in list(csv.reader(file))[1:] for cell in line[:2]]
    assert cells == ['\'=HYPERLINK("x")', "-1", "'＝1+1", "'@x"]
    assert safe("-1e3") == "-1e3"
    assert safe("-1+2") == "'-1+2"


def test_numbers_sort_as_numbers(folder: Path) -> None:
    table = read_labels(put(folder, "item,worker,label\n1,a,10\n2,a,9\n3,a,2\n"))
    assert table.classes == ["2", "9", "10"]
    assert [table.classes[i] for i in table.label] == ["10", "9", "2"]


BAD: dict[str, tuple[str | bytes, str]] = {
    "no column": ("item,label\n1,x\n", "no column worker | annotator (it has: item, label)"),
    "two columns": ("item,task,worker,label\n1,1,a,x\n", "more than one of the columns item |"),
    "header only": ("item,worker,label\n", "no rows"),
    "missing label": ("item,worker,label\n1,a,x\n2,a,\n", "line 3, field label"),
    "nan": ("item,worker,label\n1,a,NaN\n", "line 2, field label"),
    "short row": ("item,worker,label\n1,a,x\n2,a\n3,a,x\n", "line 3"),
    "long row": ("item,worker,label\n1,a,x\n2,a,x,y\n", "line 3"),
    "not utf-8": (b"item,worker,label\n1,a,x\n2,\xff,x\n", "line 3"),
    "nul": (b"item,worker,label\n1,a,x\n2,a\0,x\n", "line 3"),
    "repeated": ("item,worker,label\n1,a,x\n2,a,x\n1,a,y\n", "line 4: 1, a was already given"),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(BAD))
def test_a_bad_file_is_one_clear_error(folder: Path, case: str) -> None:
    text, says = BAD[case]
    path = put(folder, text)
    with pytest.raises(InputError) as caught:
        consensus_file(path)
    for language in wording.LANGUAGES:
        message = caught.value.say(language)
        assert "labels.csv" in message
        assert "\n" not in message
    assert says in caught.value.say("en")
    with pytest.raises(InputError):
        agreement_file(path)


def test_a_missing_and_an_empty_file(folder: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.csv"):
        consensus_file(folder / "nowhere.csv")
    with pytest.raises(InputError, match=r"labels\.csv"):
        consensus_file(put(folder, ""))
    with pytest.raises(InputError):
        consensus_file(folder)


def test_the_last_of_two_labels_wins_where_asked(folder: Path) -> None:
    path = put(folder, "item,worker,label\n1,a,x\n1,b,y\n1,a,y\n")
    found = consensus_file(path, method="majority", duplicates="last").to_json()
    assert (found["labels"], found["replaced"]) == (2, 1)
    assert read_labels(path, "last").classes == ["x", "y"]


def test_quotes_line_breaks_byte_order_mark_and_other_columns(folder: Path) -> None:
    text = '\ufeffitem,note,worker,label\n"a\nb","x, y",w,"1"\nc,,w,2\n'
    table = read_labels(put(folder, text))
    assert table.tasks == ["a\nb", "c"]
    assert table.classes == ["1", "2"]


def test_the_careful_reader_reads_as_the_fast_one(folder: Path) -> None:
    plain = read_labels(put(folder, GOOD))
    marked = read_labels(put(folder, "\ufeff" + GOOD, "marked.csv"))
    lines = [json.dumps(dict(zip(("item", "worker", "label"), line.split(","), strict=True)))
             for line in GOOD.splitlines()[1:]]  # fmt: skip
    other = read_labels(put(folder, "\n".join(lines), "labels.jsonl"))
    for table in (marked, other):
        assert (table.tasks, table.annotators, table.classes) == (
            plain.tasks, plain.annotators, plain.classes,
        )  # fmt: skip
        np.testing.assert_array_equal(table.label, plain.label)


def test_numbers_in_jsonl_are_labels_too(folder: Path) -> None:
    path = put(folder, '{"task": 1, "annotator": "a", "label": 3}\n', "labels.jsonl")
    assert read_labels(path).classes == ["3"]
    with pytest.raises(RowError, match="line 1, field label"):
        read_labels(put(folder, '{"task": 1, "annotator": "a", "label": [3]}\n', "l.jsonl"))
    with pytest.raises(RowError, match="line 1, field label"):
        read_labels(put(folder, '{"task": 1, "annotator": "a", "label": null}\n', "l.jsonl"))


def test_truth_given_twice_is_an_error(folder: Path) -> None:
    with pytest.raises(RowError, match="line 3: 1 was already given in line 2"):
        read_truth(put(folder, "item,truth\n1,x\n1,y\n"))


def test_agreement_of_a_file(folder: Path) -> None:
    text = "item,worker,label\n" + "".join(f"{t},{w},{t % 3}\n" for t in range(9) for w in "ab")
    found = agreement_file(put(folder, text)).to_json()
    assert {"alpha", "low", "high"} <= set(found)
    assert found["alpha"] == 1.0
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_agreement_by_class_and_by_annotator(folder: Path) -> None:
    found: Any = agreement_file(put(folder, GOOD)).to_json()
    assert [part["label"] for part in found["by_class"]] == ["no", "yes"]
    assert [part["annotator"] for part in found["by_annotator"]] == ["ann", "bo", "cy"]
    assert [part["tasks"] for part in found["by_annotator"]] == [2, 2, 1]
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_ordinal_agreement_needs_numbers(folder: Path) -> None:
    with pytest.raises(InputError, match="line 2, field label: 'yes' is not a number"):
        agreement_file(put(folder, GOOD), level="ordinal")
    with pytest.raises(UsageError, match="nominal, ordinal, interval"):
        agreement_file(put(folder, GOOD), level="ratio")  # type: ignore[arg-type]


def test_nothing_to_agree_on_is_unknown_not_nought(folder: Path) -> None:
    found = agreement_file(put(folder, "item,worker,label\n1,a,x\n2,b,y\n")).to_json()
    assert (found["alpha"], found["low"], found["high"]) == (None, None, None)


def test_rank_of_a_file(folder: Path) -> None:
    text = "left,right,winner\n" + "A,B,left\nB,A,right\nA,C,A\nB,C,B\nC,B,tie\n" * 5
    found = rank_file(put(folder, text)).to_json()
    items = found["items"]
    assert isinstance(items, list)
    assert [item["item"] for item in items] == ["A", "B", "C"]  # type: ignore[index, call-overload]
    assert {"score", "low", "high"} <= set(items[0])  # type: ignore[arg-type]
    assert (found["votes"], found["ties"], found["groups"]) == (25, 5, 1)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_file_that_says_who_voted_ranks_the_voters_too(folder: Path) -> None:
    """Ann sees what is better, Bo guesses: two wins and two losses against each."""
    rows = [f"{a},{b},left,ann" for a, b in ("AB", "BC", "AC") for _ in range(8)]
    rows += [f"{b},{a},right,ann" for a, b in ("AB", "BC", "AC") for _ in range(8)]
    rows += [f"{a},{b},{side},bo" for a, b in ("AB", "BC", "AC") for side in ("left", "right") * 4]
    report = rank_file(put(folder, "left,right,winner,annotator\n" + "\n".join(rows)))
    found: Any = report.to_json()
    assert [item["item"] for item in found["items"]] == ["A", "B", "C"]
    ann, bo = found["annotators"]
    assert (ann["annotator"], bo["annotator"]) == ("ann", "bo")
    assert bo["discrimination"]["high"] < ann["discrimination"]["low"]
    assert bo["discrimination"]["low"] < 0 < bo["discrimination"]["high"]
    assert set(bo["left_advantage"]) == {"score", "low", "high"}
    assert (bo["votes"], bo["tie_rate"], found["alarms"]) == (24, None, [])
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_too_many_voters_count_alike_and_it_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qinglan.quality.files.CELLS", 3)
    report = rank_file(put(folder, "left,right,winner,annotator\nA,B,left,ann\nA,B,left,bo\n"))
    found: Any = report.to_json()
    assert (found["annotators"], found["alarms"]) == ([], ["alarm.quality.alike"])


@pytest.mark.parametrize(
    ("row", "says"),
    [("A,B,C", "line 3: the winner 'C' is neither"), ("A,B,", "line 3, field winner"),
     ("A,A,left", "line 3: A is compared with itself")],
)  # fmt: skip
def test_bad_votes_name_their_line(folder: Path, row: str, says: str) -> None:
    with pytest.raises(RowError) as caught:
        rank_file(put(folder, f"left,right,winner\nA,B,left\n{row}\nB,A,tie\n"))
    assert says in caught.value.say("en")


def test_ten_thousand_classes_are_handled_or_refused(folder: Path) -> None:
    text = "item,worker,label\n" + "".join(
        f"{i // 2},w{i % 2},c{i % 9_999}\n" for i in range(20_000)
    )
    path = put(folder, text)
    with pytest.raises(InputError, match="majority"):
        consensus_file(path, method="dawid-skene")
    assert consensus_file(path, method="majority").to_json()["tasks"] == 10_000


def test_stated_is_held_against_true(folder: Path) -> None:
    """Two are sure on three tasks and right on two; on the fourth they part."""
    labels = put(folder, "task,annotator,label\n" + "".join(
        f"q{i},{who},{said}\n" for i, both in enumerate(("yy", "yy", "nn", "yn"))
        for who, said in zip(("ann", "bo"), both, strict=True)
    ))  # fmt: skip
    truth = put(folder, "task,truth\nq0,y\nq1,n\nq2,n\n", "truth.csv")
    found = consensus_file(labels, method="majority", truth=truth).to_json()
    assert found["calibration_error"] == pytest.approx(1 / 3, abs=1e-6)
    assert found["calibration_by_chance"] == 0
    assert found["too_sure_by"] == pytest.approx(1 / 3, abs=1e-6)
    assert consensus_file(labels, method="majority").to_json()["calibration_error"] is None


def test_gold_moves_the_judgement_and_is_not_scored(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three who agree on what is wrong outvote two who are right, until gold tells."""
    monkeypatch.setattr("qinglan.quality.auto.EBCC_CELLS", 0)
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 120)
    rows = [
        (f"q{t}", who, int(z if rng.random() < 0.85 else 1 - z) if who > "c" else int(1 - z))
        for t, z in enumerate(truth) for who in "abcde"
    ]  # fmt: skip
    labels = put(folder, "task,annotator,label\n" + "".join(f"{t},{w},{v}\n" for t, w, v in rows))
    names = ["task,truth", *(f"q{t},{z}" for t, z in enumerate(truth))]
    every = put(folder, "\n".join(names) + "\n", "truth.csv")
    some = put(folder, "\n".join([*names[:61], "q999,1", "q100,9"]) + "\n", "gold.csv")
    alone = consensus_file(labels, truth=every)
    told = consensus_file(labels, truth=every, gold=some)
    assert alone.accuracy is not None
    assert told.accuracy is not None
    assert alone.accuracy.estimate < 0.3
    assert told.accuracy.estimate > 0.8
    assert (alone.truth_tasks, told.truth_tasks) == (120, 59)  # 60 and q100 are gold
    with pytest.raises(UsageError, match="--gold"):
        consensus_file(labels, method="ibcc", gold=some)


@pytest.mark.parametrize(("language", "title"), [("en", "Stated and true"), ("zh", "把握与事实")])
def test_the_plot_of_a_file_speaks_the_persons_language(
    folder: Path, monkeypatch: pytest.MonkeyPatch, language: str, title: str
) -> None:
    monkeypatch.setenv("QINGLAN_LANG", language)
    truth = put(folder, "task,truth\nq1,yes\nq2,no\n", "truth.csv")
    report = consensus_file(put(folder, GOOD), method="majority", truth=truth)
    target = folder / "plot.svg"
    plot_reliability(report, target)
    drawn = ElementTree.fromstring(target.read_text("utf-8"))
    told = {child.tag.rpartition("}")[2]: child.text or "" for child in drawn}
    assert told["title"] == title
    assert "(n = 2)" in told["desc"]
    assert not (folder / ".plot.svg.part").exists()


def test_a_plot_that_cannot_be_is_refused(folder: Path) -> None:
    truth = put(folder, "task,truth\nq7,yes\n", "truth.csv")
    with pytest.raises(UsageError, match=r"\.svg"):
        check_plot(folder / "plot.png", truth)
    with pytest.raises(UsageError, match="--truth"):
        check_plot(folder / "plot.svg", None)
    check_plot(folder / "plot.SVG", truth)
    report = consensus_file(put(folder, GOOD), method="majority", truth=truth)
    with pytest.raises(UsageError, match="--truth"):
        plot_reliability(report, folder / "plot.svg")

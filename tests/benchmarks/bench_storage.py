"""Import a million annotations and stream them back: seconds, and peak memory of the process.

Run by hand, never as a timed test::

    PYTHONPATH=src python tests/benchmarks/bench_storage.py [ANNOTATIONS] [DATABASE-URL]

Five annotators answer each task; each task has a sample and a key; ids are spread like the real
ones, so that indexes meet keys in random order. Writes go through ``Storage.write`` in batches
of 5,000, each batch fsynced before the next.
"""

from __future__ import annotations

import hashlib
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from qinglan.records import (
    Activity,
    Annotation,
    Annotator,
    AnswerKey,
    Check,
    FreeAnswer,
    Guideline,
    Kind,
    Origin,
    Outcome,
    Project,
    Sample,
    Task,
    Verdict,
)
from qinglan.storage import (
    Storage,
    activities,
    annotators,
    checks,
    counts,
    guidelines,
    history,
    keys,
    projects,
    releases,
    samples,
    tasks,
    verdicts,
)
from qinglan.storage import annotations as answers

OVERLAP = 5
BATCH = 5_000
ORIGIN = Origin(source="bench.jsonl", channel="own", licence="MIT")


def name(prefix: str, number: int) -> str:
    return f"{prefix}_{hashlib.sha256(str(number).encode()).hexdigest()[:26]}"


def task_of(n: int) -> Task:
    return Task(
        id=name("tsk", n), project="prj_1", guideline="gdl_1", kind=Kind.FREE,
        samples=(name("smp", n),), prompt=f"{n}: " + "A train leaves at noon. " * 10,
        group=str(n), salt="0" * 32,
    )  # fmt: skip


def sample_of(n: int) -> Sample:
    text = "A train leaves at noon. " * 20
    return Sample(id=name("smp", n), origin=ORIGIN, row=n + 1, text=text, salt="0" * 32)


def annotation_of(n: int) -> Annotation:
    return Annotation(
        id=name("ann", n), task=name("tsk", n // OVERLAP), annotator=f"ant_{n % OVERLAP}",
        answer=FreeAnswer(text="First, ... " * 15 + f"So it is {n % 7}."), salt="0" * 32,
    )  # fmt: skip


def check_of(n: int) -> Check:
    return Check(annotation=name("ann", n), verifier="maths", outcome=Outcome.VERIFIED, answer="1")


def verdict_of(n: int) -> Verdict:
    return Verdict.model_validate(
        {"id": name("vdt", n), "task": name("tsk", n), "value": "1", "probability": "0.75",
         "annotation": name("ann", n * OVERLAP), "votes": OVERLAP, "method": "majority"}
    )  # fmt: skip


def report(what: str, number: int, run: Callable[[], object]) -> None:
    started, used = time.perf_counter(), time.process_time()
    run()
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{what:<28} {number:>9,} {seconds:8.2f} s {cpu:8.2f} s CPU {number / seconds:>10,.0f}/s"
        f"  peak {peak:5.0f} MiB",
        flush=True,
    )


def begin(conn: Connection) -> None:
    now = datetime.now(UTC)
    activities.add(conn, Activity(id="act", verb="bench", actor="me", code="0", started=now))
    guidelines.add(conn, Guideline(id="gdl_1", kind=Kind.FREE, version=1, en="", zh=""))
    projects.add(conn, Project(id="prj_1", name="bench", kind=Kind.FREE, guideline="gdl_1"))
    people = (
        Annotator(id=f"ant_{n}", project="prj_1", type="person", name=str(n), origin=ORIGIN)
        for n in range(OVERLAP)
    )
    annotators.add(conn, people, "act")


def spans(total: int) -> Iterator[range]:
    return (range(start, min(start + BATCH, total)) for start in range(0, total, BATCH))


def load_tasks(storage: Storage, total: int) -> None:
    def keep(conn: Connection, span: range) -> None:
        samples.add(conn, map(sample_of, span), "act")
        tasks.add(conn, map(task_of, span), "act")
        made = (AnswerKey(task=name("tsk", n), value="1", salt="0" * 32) for n in span)
        keys.add(conn, made, "act")

    for span in spans(total):
        storage.write(lambda conn, span=span: keep(conn, span))


def load_annotations(storage: Storage, total: int) -> None:
    for span in spans(total):
        given = ((annotation_of(n), str(n % 7), None) for n in span)
        storage.write(lambda conn, given=given: answers.add(conn, given, "act"))


def load_checks(storage: Storage, total: int) -> None:
    for span in spans(total):
        storage.write(lambda conn, span=span: checks.add(conn, map(check_of, span), "act"))


def load_verdicts(storage: Storage, total: int) -> None:
    for span in spans(total):
        storage.write(lambda conn, span=span: verdicts.replace(conn, map(verdict_of, span), "act"))


def drain(storage: Storage, stream: Callable[[Connection, str], Iterator[object]]) -> int:
    with storage.read() as conn:
        return sum(1 for _ in stream(conn, "prj_1"))


def submit_at_once(storage: Storage, total: int, threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        write = lambda n: storage.write(lambda c: history.append(c, "prj_1", {"n": n}))  # noqa: E731
        list(pool.map(write, range(total)))


def walk_unchecked(storage: Storage) -> None:
    after = None
    while True:
        with storage.read() as conn:
            page = answers.unchecked(conn, "prj_1", "other", after, BATCH)
        if not page:
            return
        after = page[-1].annotation.id


def main(total: int, url: str) -> None:
    count = total // OVERLAP
    with Storage.open(url) as storage:
        storage.write(begin)
        report("write tasks, samples, keys", count, lambda: load_tasks(storage, count))
        report("write annotations", total, lambda: load_annotations(storage, total))
        report("write checks", total, lambda: load_checks(storage, total))
        report("write verdicts", count, lambda: load_verdicts(storage, count))
        report("judge again, no news", count, lambda: load_verdicts(storage, count))
        report("stream tasks", count, lambda: drain(storage, tasks.stream))
        report("stream votes", total, lambda: drain(storage, answers.votes))
        report("page unchecked", total, lambda: walk_unchecked(storage))
        report("stream checks", total, lambda: drain(storage, checks.stream))
        report("stream released rows", count, lambda: drain(storage, releases.rows))
        with storage.read() as conn:
            report("count the line", total, lambda: counts.line(conn, "prj_1"))
        report("submits, 1 thread", 2000, lambda: submit_at_once(storage, 2000, 1))
        report("submits, 16 threads", 2000, lambda: submit_at_once(storage, 2000, 16))


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        place = f"sqlite:///{Path(folder) / 'bench.db'}"
        main(size, sys.argv[2] if len(sys.argv) > 2 else place)

"""``judge`` hears the tiers that a lead gave, and says how far each can be relied on."""

from __future__ import annotations

import json
import random
from pathlib import Path

from flow_example import OWN, SIMULATED

import qinglan
from qinglan.flow import tiers
from qinglan.records import Actor, Role

LEAD = Actor(name="lead", role=Role.LEAD)
OPTIONS = ["red", "green", "blue"]


def test_a_judgement_and_its_report_tell_each_tier(tmp_path: Path) -> None:
    """Sixty choices; two experts who are always right, four of a crowd who guess half the time,
    and one without a tier. Nobody has a seat.
    """
    dice = random.Random(5)
    tasks, given = [], []
    for n in range(60):
        key = OPTIONS[n % 3]
        tasks.append({"id": f"q{n}", "question": f"Which, {n}?", "options": OPTIONS, "key": key})
        for name in ("eva", "ewa", "c1", "c2", "c3", "c4", "zoe"):
            sure = name.startswith("e") or dice.random() < 0.5
            said = key if sure else dice.choice(OPTIONS)
            given.append({"task": f"q{n}", "who": name, "said": said})
    for name, rows in (("tasks", tasks), ("answers", given)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    fields = ["id=id", "prompt=question", "options=options"]
    with qinglan.init(tmp_path / "ws") as ws:
        ws.load("p", tmp_path / "tasks.jsonl", kind="choice", fields=fields, terms=OWN)
        ws.load_answers(
            "p", tmp_path / "answers.jsonl", annotator_type="person", tasks_from="questions",
            fields=["task=task", "annotator=who", "option=said"], terms=SIMULATED,
        )  # fmt: skip
        assert ws.judge("p").tiers == ()
        tiers.name_tiers(ws._context, LEAD, "p", ["crowd", "<b>expert"])
        for name in ("eva", "ewa"):
            tiers.give_tier(ws._context, LEAD, "p", name, "<b>expert", "degree")
        for name in ("c1", "c2", "c3", "c4"):
            tiers.give_tier(ws._context, LEAD, "p", name, "crowd", "open call")
        done = ws.judge("p")
        found = {one.tier: one for one in done.tiers}
        page = ws.report("p", tmp_path / "report.html").read_text(encoding="utf-8")
    assert list(found) == ["<b>expert", "crowd", None]
    assert [one.annotators for one in found.values()] == [2, 4, 1]
    assert [one.labels for one in found.values()] == [120, 240, 60]
    expert, crowd = found["<b>expert"], found["crowd"]
    assert expert.low is not None
    assert crowd.high is not None
    assert expert.low > crowd.high
    assert "Tiers of people" in page
    assert "人员级别" in page
    assert "<b>expert" not in page

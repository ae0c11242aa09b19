"""A workspace with something on every page, and the list of its pages: who opens which.

What people write is long, in two languages, with formulas, code and tables, and names are longer
than anybody would choose: what does not break a page here breaks it nowhere.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from web_example import (
    KINDS,
    OWNER,
    PASSWORD,
    STEPS,
    Client,
    fill,
    join,
    seat,
    workspace,
)

from qinglan.flow import (
    arriving,
    conduct,
    lessons,
    pay,
    people,
    posing,
    review,
    tiers,
    tokens,
    verify,
    webhooks,
    work,
)
from qinglan.flow.context import Context
from qinglan.records import Actor, Kind, Role
from qinglan.work import Marks, Rules

__all__ = ["PASSWORD", "furnish", "stops", "workspace"]

RICH = """某城市的供水系统有 $n$ 个泵站，第 $i$ 个泵站的流量为 $q_i$。

$$\\sum_{i=1}^{n} q_i^2 = \\int_0^{\\infty} e^{-x}\\,dx + \\frac{a_1 + a_2 + a_3 + a_4 + a_5 + a_6}\
{b_1 + b_2 + b_3 + b_4 + b_5 + b_6 + b_7 + b_8 + b_9}$$

```python
def flow(stations: list[float], limit: float = 1e-9) -> float:
    return sum(q ** 2 for q in stations if abs(q) > limit)  # a line of code longer than a phone
```

| station 泵站 | flow 流量 | a column with a long heading | note |
|---|---:|---|---|
| A | 3.25 | x | averyveryverylongwordwithoutanybreaksinitatallwhatsoever |

What is **the total** flow (NN)?"""
LONG = "First, `q_1 = 3`. Then $q_2=4$, so $3^2+4^2=25$.\n\n所以答案是 **25**。\n\n" * 2
OTHER = "不对。应当先把单位换算成升每秒，再平方求和。\n\n```\nx = 1\n```"
BIG = "a-project-with-quite-a-long-name-for-municipal-water-supply-v2"
PERSON = "bartholomew.featherstonehaugh-cholmondeley@annotators.org"
GROUP = "欧阳锋·内蒙古自治区呼和浩特市标注一组"

Said = tuple[dict[str, Any], dict[str, Any]]
SAID: dict[Kind, Said] = {
    Kind.MARKS: (
        {"marks": ["right"] * 3},
        {"marks": ["right", "wrong"], "because": "Six, *not* eight.", "continuation": "So 7."},
    ),
    Kind.ALTERNATIVES: (
        {
            "steps": [
                {"ratings": ["right", "wrong"], "chosen": 0},
                {"ratings": ["neutral"], "chosen": 0},
                {"ratings": ["right", "right"], "chosen": 1},
            ],
            "finish": "solution",
        },
        {
            "steps": [
                {"ratings": ["right", "right"], "chosen": 1},
                {"ratings": ["wrong"], "written": "So $6 + 1 = 7$."},
            ],
            "finish": "found_error",
        },
    ),
    Kind.PREFERENCE: ({"winner": "left", "because": "它更清楚。"}, {"winner": "tie"}),
    Kind.COMPARISON: tuple(
        {"winner": winner, "left": scores, "right": scores[::-1] and scores, "because": "Hm."}
        for winner, scores in (
            ("left", [{"criterion": "accuracy", "score": 5}, {"criterion": "tone", "score": 1}]),
            ("right", [{"criterion": "accuracy", "score": 2}, {"criterion": "tone", "score": 2}]),
        )
    ),
    Kind.CHAT: tuple({"turns": [{"role": "assistant", "content": text}]} for text in (LONG, OTHER)),
    Kind.EDIT: (
        {"edited": "At 3 that is **6**, so 7.", "critique": "6 + 1 is 7."},
        {"edited": "At 3 that is **6**, so 8.", "critique": "没有问题。"},
    ),
    Kind.ITEM: tuple(
        {
            "question": "What is $2^5$?",
            "key": key,
            "difficulty": 3,
            "rubric": "It says why.",
            "sources": ["https://example.org/a/very/long/address/that/goes/on/and/on/and/on.html"],
        }
        for key in ("32", "25")
    ),
    Kind.CHOICE: ({"option": "A"}, {"option": "B"}),
    Kind.FREE: ({"text": LONG}, {"text": "7"}),
    Kind.STEPS: ({"steps": STEPS, "final": "7"}, {"steps": STEPS[:1], "final": "8"}),
    Kind.NUMBER: ({"value": "72.5 kg"}, {"value": "80 kg"}),
    Kind.RUBRIC: tuple(
        {"scores": [{"criterion": "accuracy", "score": a}, {"criterion": "tone", "score": b}]}
        for a, b in ((5, 2), (2, 0))
    ),
    Kind.RANKING: ({"order": [2, 1, 3], "because": "读起来更顺。"}, {"order": [3, 1, 2]}),
    Kind.SPANS: (
        {"spans": [{"label": "person", "start": 0, "end": 11}]},
        {"spans": [{"label": "place", "start": 13, "end": 15}]},
    ),
}  # type: ignore[assignment]
"""Two answers of each kind that do not agree."""


def _person(name: str) -> Actor:
    return Actor(name=name, role=Role.ANNOTATOR)


def _answer(context: Context, name: str, project: str, *payloads: dict[str, Any]) -> None:
    for payload in payloads:
        task = work.next_task(context, _person(name), project)
        assert task is not None
        work.submit(context, _person(name), project, task.task, task.token, payload)


def _every_kind(context: Context, folder: Path) -> None:
    """A project of each kind: a task that two answered and a reviewer may see, one for ``ann``."""
    for kind in KINDS:
        pair = {"a": LONG, "b": OTHER} if kind in (Kind.PREFERENCE, Kind.COMPARISON) else {}
        rows = [{"q": RICH.replace("(NN)", f"({n})"), **pair} for n in range(3)]
        project = f"k-{kind.value}"
        fill(context, folder, project, kind, rows, "ann", PERSON, GROUP, rules=Rules(overlap=2))
        for name, payload in zip((PERSON, GROUP), SAID[kind], strict=True):
            if kind is Kind.PREFERENCE and name == GROUP:
                payload = {"winner": "tie"}
            _answer(context, name, project, payload)
        _answer(context, "ann", project, SAID[kind][0])


def _known_tasks(context: Context, folder: Path) -> None:
    """A project whose people are new: they practise first."""
    rows = [{"q": RICH.replace("(NN)", f"({n})"), "k": "7"} for n in range(6)]
    fill(context, folder, "lessons", Kind.FREE, rows, fields=["prompt=q", "key=k"])
    for part, count in (("practice", 1), ("qualification", 2)):
        chosen = lessons.draw(context, OWNER, "lessons", count)
        words = dict.fromkeys(chosen, "平方和是 *7*，因为 $3 + 4 = 7$。")
        lessons.set_lessons(context, OWNER, "lessons", part, words)  # type: ignore[arg-type]
    seat(context, "lessons", "cyd")


def _big(context: Context, folder: Path) -> None:
    """A project in which everything that can happen has happened."""
    rows = [{"q": RICH.replace("(NN)", f"({n})"), "k": "7"} for n in range(6)]
    people = ("ann", PERSON, GROUP)
    fill(
        context, folder, BIG, Kind.FREE, rows, *people, rules=Rules(overlap=2),
        fields=["prompt=q", "key=k"],
    )  # fmt: skip
    pay.set_rate(context, OWNER, BIG, "1.25", "CNY", budget="250")
    for name in people:
        for n in range(3):
            text = "So 7." if name != "ann" else f"答案是 {n}"
            task = work.next_task(context, _person(name), BIG)
            if task is not None:
                work.submit(context, _person(name), BIG, task.task, task.token, {"text": text})
    verify.verify(context, OWNER, BIG)
    tiers.name_tiers(context, OWNER, BIG, ["crowd", "普通", "expert"])
    tiers.give_tier(context, OWNER, BIG, GROUP, "expert", "清华大学水利系博士，已核验学位证书。")
    tiers.add_credential(
        context, OWNER, BIG, GROUP, "PhD in hydraulic engineering, Tsinghua 2019",
        link="https://example.org/a/very/long/link/to/a/certificate/that/goes/on.pdf",
    )  # fmt: skip
    conduct.set_marks(context, OWNER, BIG, Marks())
    conduct.pause(context, OWNER, BIG, "ann", "Answers came within two seconds. 请看准则第三条。")
    flag = conduct.board(context, OWNER, BIG).flags[0].flag
    conduct.appeal(context, _person("ann"), BIG, flag.id, "I had seen these tasks; 我读过。")


def _programs_and_jobs(context: Context, port: int) -> dict[str, str]:
    """What is begun in the browser: judged, released, an import half done; where each stands."""
    lead, here = Client(port, join(context, "lee", Role.LEAD)), f"/office/projects/{BIG}"

    def step(path: str, **form: str) -> str:
        lead.get(path)
        answer = lead.post(path, **form)
        assert answer.status == 303, (path, answer.text)
        if "/jobs/" in answer.location:
            lead.settled(answer.location)
        return answer.location

    job = step(f"{here}/releases", does="judge", threshold="50", use_keys="1")
    step(f"{here}/releases", does="release", name="r1", purpose="training")
    step(
        f"{here}/guideline", does="keep", zh="请逐步判断。**注意**单位换算。",
        en="Judge step by step. **Mind** the units.", why="Units: 单位换算此前没有写明",
        touches="all", skills="",
    )  # fmt: skip
    file = context.folder / "import.jsonl"
    rows = [{"problem": RICH, "difficulty level": "hard", "answer": str(n)} for n in range(3)]
    file.write_text("".join(json.dumps(row) + "\n" for row in [*rows, {"x": "1"}]))
    arrival = arriving.keep(context, Actor(name="lea", role=Role.LEAD), BIG, "供水系统.jsonl", file)
    hook = webhooks.add(
        context, OWNER, BIG, "https://93.184.216.34/services/T000/averyverylongpath"
    )
    webhooks.test(context, OWNER, BIG, hook.id)
    tokens.create(context, OWNER, "lee", label="nightly export 每晚导出")
    return {
        "job": job,
        "import": f"{here}/import/{arrival.id}",
        "hook": f"{here}/webhooks/{hook.id}",
    }


def _disputed(context: Context, folder: Path) -> None:
    """Items that became tasks, and one whose key is disputed."""
    fill(context, folder, "blind", Kind.FREE, [{"q": "?"}], "cyd", "dan", rules=Rules(overlap=2))
    posing.pose(context, OWNER, "k-item", "blind", need=2)
    for name in ("cyd", "dan"):
        while (task := work.next_task(context, _person(name), "blind")) is not None:
            payload = {"text": "33"}
            work.submit(context, _person(name), "blind", task.task, task.token, payload)


def furnish(context: Context, folder: Path, port: int) -> dict[str, str]:
    """Fill the workspace; addresses that stand in no list, by name."""
    for name in ("ann", "cyd", PERSON, GROUP, "new"):
        join(context, name)
    for name, role in (("rae", Role.REVIEWER), ("aud", Role.AUDITOR), ("lea", Role.LEAD)):
        join(context, name, role)
    _every_kind(context, folder)
    _known_tasks(context, folder)
    _disputed(context, folder)
    _big(context, folder)
    found = _programs_and_jobs(context, port)
    found["invitation"] = f"/invite/{people.invite(context, OWNER, 'neu', Role.ANNOTATOR)}"
    reviewer = Actor(name="rae", role=Role.REVIEWER)
    reviews, closed = [], []
    for kind in KINDS:
        project = f"k-{kind.value}"
        page = review.review_queue(context, reviewer, project)
        reviews += [f"/office/projects/{project}/review/{one.task}" for one in page.lines[:1]]
        mine = work.queue(context, _person("ann"), project, "submitted").lines
        closed += [f"/desk/{project}/task/{one.task}" for one in mine[:1]]
    return found | {"reviews": " ".join(reviews), "closed": " ".join(closed[:3])}


def stops(found: dict[str, str], half: int | None = None) -> dict[str, list[str]]:
    """Every page with an address, by who opens it.

    Where ``half`` is 0 or 1, of pages that differ in their kind of work, or are there once full and
    once empty, every second one.
    """
    here, least = f"/office/projects/{BIG}", "/office/projects/k-free"
    some = slice(half, None, 1 if half is None else 2)
    tabs = ("", "/board", "/import", "/guideline", "/review", "/answers", "/conduct", "/tiers",
            "/asking", "/suggestions", "/pay", "/releases", "/webhooks", "/audit")  # fmt: skip
    kinds = [f"k-{kind.value}" for kind in KINDS]
    return {
        "": ["/sign-in", found["invitation"]],
        "new": ["/desk", "/nowhere"],
        "cyd": ["/desk/lessons/lessons"],
        "ann": [
            "/desk", *[f"/desk/{one}" for one in kinds][some],
            *(f"/desk/k-free/queue?part={one}" for one in ("todo", "drafts", "submitted")),
            "/desk/k-free/own", "/desk/k-free/before", f"/desk/{BIG}", f"/desk/{BIG}/queue",
            *found["closed"].split(), found["closed"].split()[0] + "/pictures",
        ],
        "lea": [
            "/office", "/office/new", "/office/people", "/office/tokens", "/office/audit",
            *(here + tab for tab in tabs), f"{here}/releases/r1", found["job"], found["import"],
            found["hook"], *[least + tab for tab in tabs][some], "/office/projects/blind/keys",
            *[f"/office/projects/{one}/answers" for one in kinds][some],
            "/office/projects/k-marks/suggestions", f"{here}/pictures",
            *(f"/office/projects/{one}/guideline" for one in ("k-rubric", "k-spans", "k-number")),
        ],
        "rae": [
            "/office", *(f"/office/projects/{one}/review" for one in ("k-free", "k-marks")),
            *found["reviews"].split()[some],
        ],
        "aud": ["/office", here, f"{here}/pay", f"{here}/audit", "/office/people"],
    }  # fmt: skip

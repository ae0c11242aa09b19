"""Judging, releasing and pay by program: jobs that end, refusals that say why, and each once."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from api_example import TASKS, Program, Reply, line, token_for

from qinglan.client import ApiError, Client, models
from qinglan.flow.context import Context
from qinglan.records import Purpose, Role


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with line(tmp_path_factory.mktemp("api") / "ws") as opened:
        yield opened


def over(program: Program, begun: Reply) -> models.Job:
    """The job once it is over."""
    job = models.Job.model_validate(begun.json)
    until = time.monotonic() + 60
    while job.state == "running":
        assert time.monotonic() < until
        time.sleep(0.05)
        job = models.Job.model_validate(program.get(f"/projects/q/jobs/{job.id}").json)
    return job


def test_a_program_judges_and_releases(context: Context, port: int) -> None:
    with Client(f"http://127.0.0.1:{port}", token_for(context, "bot", Role.LEAD)) as client:
        checked = client.finished("q", client.verify("q"), every=0.05)
        assert (checked.state, checked.result) == (
            "done", {"checked": 0, "outcomes": {"verified": 0, "refuted": 0, "undecided": 0},
                     "verifier": "numeric/1"},
        )  # fmt: skip
        judged = client.finished("q", client.judge("q", threshold="0.6"), every=0.05)
        assert judged.result is not None
        assert judged.result["tasks"] == TASKS
        made = client.build_release("q", "by-program", Purpose.EVALUATION)
        built = client.finished("q", made, every=0.05)
        assert built.result is not None
        assert built.result["rows"] == judged.result["accepted"]
        assert "by-program" in [one.name for one in client.releases("q")]
        refused = client.finished("p", client.build_release("p", "x", Purpose.TRAINING), every=0.05)
        assert refused.state == "failed"
        assert refused.why is not None
        assert "judge" in refused.why
        with pytest.raises(ApiError):
            client.job("p", built.id)


def test_a_key_begins_a_job_once(context: Context, port: int) -> None:
    program = Program(port, token_for(context, "once", Role.LEAD))
    first = program.post("/projects/q/verify", idempotency_key="again")
    again = program.post("/projects/q/verify", idempotency_key="again")
    assert first.json["id"] == again.json["id"]
    assert again.headers["idempotency-replayed"] == "true"
    assert over(program, first).state == "done"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("judge", {"threshold": "2"}),
        ("judge", {"threshold": "0"}),
        ("judge", {"threshold": "x"}),
        ("judge", {"reviewer": "me"}),
        ("releases", {"name": "../x", "purpose": "training"}),
        ("releases", {"name": "x", "purpose": "sale"}),
        ("releases", {"name": "x"}),
        ("releases", {"name": "x", "purpose": "training", "rows": 5}),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(
    context: Context, port: int, path: str, body: dict[str, str]
) -> None:
    name = f"bad {path} {len(str(body))} {sorted(body)[0]}"
    program = Program(port, token_for(context, name, Role.LEAD))
    assert program.post(f"/projects/q/{path}", body).status == 422


def test_pay_is_set_and_read(context: Context, port: int) -> None:
    lead = Program(port, token_for(context, "payer", Role.LEAD))
    assert lead.get("/projects/p/pay").status == 422, "there is no rate"
    rate = {"amount": "1.50", "currency": "CNY", "budget": "90"}
    made = lead.put("/projects/p/pay/rate", rate)
    assert made.json == {"version": 1, **rate}
    assert lead.put("/projects/p/pay/rate", rate).json["version"] == 1
    for bad in ({"amount": "-1", "currency": "CNY"}, {"amount": "1", "currency": "yuan"},
                {"amount": "1", "currency": "CNY", "spent": "0"}):  # fmt: skip
        assert lead.put("/projects/p/pay/rate", bad).status == 422
    assert lead.get("/projects/p/pay").json == {"project": "p", "people": [], "unrated": 0}
    auditor = Program(port, token_for(context, "checker", Role.AUDITOR))
    assert auditor.get("/projects/p/pay").status == 200
    assert auditor.put("/projects/p/pay/rate", rate).key == "flow.not_allowed"
    narrow = Program(port, token_for(context, "narrow", Role.LEAD, "read"))
    for path in ("/projects/p/pay", "/projects/p/jobs/job_0"):
        assert narrow.get(path).key == "tokens.scope"

"""Pay over HTTP: set by the lead, read by the auditor, one's own for the annotator."""

from __future__ import annotations

from pathlib import Path

from web_example import OWNER, Client, fill, join, serving, workspace

from qinglan.flow import judge, verify
from qinglan.records import Kind, Role
from qinglan.wording import say
from qinglan.work import Rules


def test_a_lead_pays_and_everybody_sees_their_own(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as context:
        rows = [{"q": f"Question {i}", "k": "7"} for i in range(4)]
        fields, rules = ["prompt=q", "key=k"], Rules(overlap=1)
        names = ("ann", "bob")
        fill(context, context.folder, "p", Kind.FREE, rows, *names, rules=rules, fields=fields)
        with serving(context) as port:
            ann, bob = (Client(port, join(context, name)) for name in names)
            lead = Client(port, join(context, "lee", Role.LEAD))
            auditor = Client(port, join(context, "aud", Role.AUDITOR))
            here, file = "/office/projects/p/pay", "/office/projects/p/pay/statement.csv"
            assert here in lead.get("/office/projects/p").text
            assert say("web.pay.earned", "en") not in ann.get("/desk/p/own").text
            lead.get(here)
            assert lead.post(here, csrf="0", amount="9", currency="CNY").status == 403
            lead.get(here)
            assert lead.post(here, amount="nine", currency="CNY").status == 422
            lead.get(here)
            form = {"amount": "1.25", "currency": "CNY", "budget": "2.50"}
            assert lead.post(here, **form).location == here
            assert ann.submit("p", text="So 7.").status == 303
            # By script: the answer is kept, and the page says why there is no next task.
            task = ann.task("p")
            kept = {name: task[name] for name in ("token", "kind", "options")}
            done = ann.post(task["action"], headers={"x_fragment": "1"}, **kept, text="So 7.")
            why = say("error.pay.budget_reached", "en", project="p")
            assert done.status == 200
            assert why in done.text
            assert why in bob.get("/desk/p").text
            for page in (here, "/office/projects/p"):
                assert say("web.pay.reached", "en") in lead.get(page).text
            verify.verify(context, OWNER, "p")
            judge.judge(context, OWNER, "p")
            assert "2.50 CNY" in ann.get("/desk/p/own").text
            assert say("web.pay.none", "en") in bob.get("/desk/p/own").text
            got = auditor.get(f"{file}?from=2020-01-01&to=")
            assert got.headers["content-type"] == "text/csv; charset=utf-8"
            assert got.headers["content-disposition"].startswith("attachment")
            assert got.text.splitlines()[1] == "line,ann,CNY,1.25,2,2.50"
            assert '<form method="post" action="' + here not in auditor.get(here).text
            assert auditor.get(f"{file}?from=x").status == 422
            reviewer = Client(port, join(context, "rae", Role.REVIEWER))
            for client in (ann, reviewer):
                assert client.get(here).status == client.get(file).status == 403
            assert auditor.post(here, amount="9", currency="CNY").status == 403

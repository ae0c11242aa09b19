"""What is said about pay: rates, budgets, and what people earned."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.pay.bad_amount": Phrase(
        "{word!r} is no amount: write digits with up to four decimal places, such as 1.25",
        "{word!r} 不是有效金额：请填写数字，最多四位小数，例如 1.25",
    ),
    "error.pay.bad_currency": Phrase(
        "{word!r} is no currency: write its three capital letters, such as CNY or USD",
        "{word!r} 不是有效币种：请填写三个大写字母，例如 CNY 或 USD",
    ),
    "error.pay.bad_day": Phrase(
        "{word!r} is no day: write it as 2026-03-01", "{word!r} 不是有效日期：请写成 2026-03-01"
    ),
    "error.pay.no_rate": Phrase(
        "project {project} has no rate of pay; set one with: qinglan rate",
        "项目 {project} 尚未设置计酬标准；请用 qinglan rate 设置",
    ),
    "error.pay.budget_reached": Phrase(
        "the budget of project {project} is used up, so no new task is given for now; what you "
        "have in hand you can still finish. Its lead can raise the budget",
        "项目 {project} 的预算已用完，暂不发放新题；已领取的题目仍可完成。负责人可提高预算",
    ),
    "cli.rate": Phrase(
        "Set what an accepted answer is paid, for tasks given out from now on.",
        "设置每条通过作答的酬金，对此后发放的题目生效。",
    ),
    "cli.rate.amount": Phrase("Amount for one answer, such as 1.25.", "每条作答的金额，如 1.25。"),
    "cli.rate.currency": Phrase("Currency, such as CNY.", "币种，如 CNY。"),
    "cli.rate.budget": Phrase(
        "The most that may be spent; then no new task is given (default: no bound).",
        "预算上限，用完后不再发放新题（默认不限）。",
    ),
    "cli.rate.done": Phrase(
        "rate {version}: {amount} {currency} for each accepted answer, from now on",
        "计酬标准第 {version} 版：每条通过的作答 {amount} {currency}，即刻生效",
    ),
    "cli.pay": Phrase(
        "Who earned what on accepted work; as CSV with --out.",
        "统计每个人的通过作答与应付酬金；--out 可写成 CSV。",
    ),
    "cli.pay.from": Phrase(
        "First day (UTC) on which tasks were given out, such as 2026-03-01.",
        "题目发放的起始日（UTC），如 2026-03-01。",
    ),
    "cli.pay.to": Phrase("Last such day.", "题目发放的截止日（含当日）。"),
    "cli.pay.out": Phrase("CSV file to write.", "要写入的 CSV 文件。"),
    "cli.pay.nothing": Phrase("nothing was earned", "没有应付酬金"),
    "cli.pay.written": Phrase("statement written: {file}", "结算表已写入：{file}"),
    "cli.pay.all": Phrase("all", "合计"),
    "pay.unrated": Phrase(
        "{answers} accepted answers are not paid: their tasks were given out before there was a "
        "rate.",
        "另有 {answers} 条通过的作答不计酬：题目发放时尚未设置计酬标准。",
    ),
    "web.pay": Phrase("Pay", "酬金"),
    "web.pay.rate": Phrase("Rate", "计酬标准"),
    "web.pay.rate_hint": Phrase(
        "For each accepted answer to tasks given out from now on; tasks given out before keep "
        "their rate. Gold is paid like any task; practice, late answers and answers sent back "
        "are not. The budget counts every answer, for any may yet be accepted, and what is in "
        "hand.",
        "适用于此后发放的题目，按通过的作答计；此前发放的题目仍按原标准。金标题与普通题同样计酬；"
        "练习、迟交与被退回的作答不计。预算按全部作答（均可能通过）及作答中的题目计算。",
    ),
    "web.pay.amount": Phrase("Amount for one answer", "每条金额"),
    "web.pay.currency": Phrase("Currency", "币种"),
    "web.pay.budget": Phrase("Budget (empty: no bound)", "预算（留空则不限）"),
    "web.pay.set": Phrase("Hold from now on", "即刻生效"),
    "web.pay.since": Phrase("Since (UTC)", "生效时间（UTC）"),
    "web.pay.taken": Phrase(
        "{amount} {currency} of the budget are taken.", "预算已占用 {amount} {currency}。"
    ),
    "web.pay.reached": Phrase(
        "The budget is reached: nobody is given a new task. Raise it to go on.",
        "预算已用完：不再发放新题。如需继续，请提高预算。",
    ),
    "web.pay.earned": Phrase("Earned on accepted work", "已通过作答的酬金"),
    "web.pay.download": Phrase("Download as CSV", "下载 CSV"),
    "web.pay.from": Phrase("Given out from (UTC)", "题目发放起始日（UTC）"),
    "web.pay.to": Phrase("until", "截止日"),
    "web.pay.person": Phrase("Name", "姓名"),
    "web.pay.answers": Phrase("Accepted answers", "通过的作答"),
    "web.pay.sum": Phrase("Amount", "金额"),
    "web.pay.none": Phrase("Nothing was earned yet.", "尚无酬金。"),
    "web.pay.no_rate": Phrase("No rate is set; nothing is paid.", "尚未设置计酬标准，不计酬。"),
    "web.pay.own_more": Phrase(
        "Answers are counted once their task is judged and accepted, at the rate that held when "
        "you were given it. What waits for a verdict may still come.",
        "题目裁定通过后，作答才计入，酬金按领题时的标准计算。待裁定的作答之后仍可能计入。",
    ),
}

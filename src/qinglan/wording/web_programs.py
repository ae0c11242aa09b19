"""Tokens, webhooks and the audit log in the office."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "web.tokens": Phrase("Tokens", "令牌"),
    "web.tokens.new": Phrase("A new token", "新建令牌"),
    "web.tokens.made": Phrase("A token for {name}", "{name} 的令牌"),
    "web.tokens.once": Phrase(
        "Copy it now: it is not shown again, and not kept here",
        "请立即复制：不再显示，系统也不保存原文",
    ),
    "web.tokens.account": Phrase("For the account", "所属账号"),
    "web.tokens.program": Phrase("or a program named", "或程序名"),
    "web.tokens.role": Phrase("the program's role", "程序的角色"),
    "web.tokens.program_hint": Phrase(
        "A program gets an account of its own, to which nobody can sign in.",
        "程序会得到独立账号，任何人都无法用它登录。",
    ),
    "web.tokens.days": Phrase("Days it holds", "有效天数"),
    "web.tokens.scopes": Phrase("What it may be used for", "用途"),
    "web.tokens.label": Phrase("What it is for, in your words", "说明"),
    "web.tokens.make": Phrase("Make it", "创建"),
    "web.tokens.until": Phrase("Until", "有效期至"),
    "web.tokens.revoke": Phrase("Revoke", "吊销"),
    "web.scope.read": Phrase("Read projects, tasks and verdicts", "读取项目、题目与裁定"),
    "web.scope.annotate": Phrase("Answer at the account's desks", "在该账号的席位上作答"),
    "web.scope.import": Phrase("Make projects, import", "新建项目、导入"),
    "web.scope.export": Phrase("Take all answers out", "导出全部作答"),
    "web.scope.people": Phrase("List accounts", "查看账号列表"),
    "web.scope.review": Phrase("Review answers and keys", "复核作答与标准答案"),
    "web.scope.conduct": Phrase("Flags, gold, lessons, tiers", "标记、金标题、练习与级别"),
    "web.scope.accounts": Phrase("Invite people, change roles", "邀请人员、变更角色"),
    "web.scope.tokens": Phrase("List, make and end tokens", "查看、创建与吊销令牌"),
    "web.scope.audit": Phrase("Read the audit log", "查看审计日志"),
    "web.scope.release": Phrase("Check, judge, release", "核对、裁定、发布"),
    "web.scope.pay": Phrase("Pay", "酬金"),
    "web.scope.webhooks": Phrase("Manage webhooks", "管理 Webhook"),
    "web.scope_more.read": Phrase(
        "Status, tasks, verdicts, and releases with their files.",
        "进度、题目、裁定，以及发布及其文件。",
    ),
    "web.scope_more.annotate": Phrase(
        "Takes tasks and answers them, as the account itself would at its desks.",
        "像账号本人一样在其标注台领题、作答。",
    ),
    "web.scope_more.import": Phrase(
        "Makes projects, brings tasks and answers in, opens desks and gives seats.",
        "新建项目，导入题目与作答，设置标注台并开通席位。",
    ),
    "web.scope_more.export": Phrase(
        "Reads every answer, with who gave it.", "读取全部作答及作答者。"
    ),
    "web.scope_more.review": Phrase(
        "Sees all answers to a task, rules, sends back, decides on disputed keys.",
        "查看一道题的全部作答，裁定、退回，处理有异议的标准答案。",
    ),
    "web.scope_more.conduct": Phrase(
        "Sees how people fare, decides on flags, pauses, sets gold and lessons, gives tiers.",
        "查看人员表现，裁决标记、暂停领题，设置金标题与练习，评定级别。",
    ),
    "web.scope_more.accounts": Phrase(
        "Makes invitations, changes roles, closes and opens accounts.",
        "发出邀请、变更角色、停用或启用账号。",
    ),
    "web.scope_more.tokens": Phrase(
        "Makes further tokens, none beyond what the role may.",
        "创建其他令牌，权限不超出角色所许。",
    ),
    "web.scope_more.audit": Phrase("Reads who did what and when.", "查看谁在何时做了什么。"),
    "web.scope_more.people": Phrase(
        "Lists accounts with their roles; changes none.", "列出账号及角色，不能更改。"
    ),
    "web.scope_more.release": Phrase(
        "Checks answers against keys, judges, and builds signed releases.",
        "核对标准答案、裁定，并生成带签名的发布。",
    ),
    "web.scope_more.pay": Phrase(
        "Reads what was earned and sets rates and budgets.", "读取酬金，设定单价与预算。"
    ),
    "web.scope_more.webhooks": Phrase(
        "Adds and ends webhooks, and sees their log.", "添加、停用 Webhook，并查看其记录。"
    ),
    "web.tab.webhooks": Phrase("Webhooks", "Webhook 通知"),
    "web.hooks.none": Phrase("Nobody is told of anything yet.", "尚未通知任何系统。"),
    "web.hooks.url": Phrase("Address", "地址"),
    "web.hooks.events": Phrase("Events", "事件"),
    "web.hooks.since": Phrase("Since", "始于"),
    "web.hooks.ended": Phrase("ended", "已停用"),
    "web.hooks.new": Phrase("Tell another system", "通知其他系统"),
    "web.hooks.hint": Phrase(
        "Messages name ids and counts, never texts, and are signed. Addresses inside your own "
        "network are refused unless the settings allow them.",
        "消息只含编号与数量，不含文本，并带签名。除非设置允许，内网地址会被拒绝。",
    ),
    "web.hooks.add": Phrase("Add", "添加"),
    "web.hooks.event.annotation.submitted": Phrase("an answer came", "有新作答"),
    "web.hooks.event.verdict.changed": Phrase("verdicts changed", "裁定有变"),
    "web.hooks.event.budget.reached": Phrase("a budget is used up", "预算已用完"),
    "web.hooks.event.release.built": Phrase("a release was built", "已生成发布"),
    "web.hooks.secret": Phrase("The secret that signs", "签名密钥"),
    "web.hooks.test": Phrase("Send a test", "发送测试"),
    "web.hooks.remove": Phrase("Tell it nothing any more", "停止通知"),
    "web.hooks.log": Phrase("What it was told", "通知记录"),
    "web.hooks.nothing": Phrase("Nothing yet.", "暂无。"),
    "web.hooks.tries": Phrase("Tries", "尝试"),
    "web.hooks.resend": Phrase("Send again", "重新发送"),
    "web.hooks.state.waiting": Phrase("waiting", "等待中"),
    "web.hooks.state.delivered": Phrase("delivered", "已送达"),
    "web.hooks.state.given_up": Phrase("given up", "已放弃"),
    "web.hooks.state.ended": Phrase("ended", "已停用"),
    "web.audit": Phrase("Audit log", "审计日志"),
    "web.tab.audit": Phrase("Audit log", "审计日志"),
    "web.audit.chain": Phrase(
        "The project's hash-chained history. Releases hold its head, so that an entry changed or "
        "left out can be noticed without this database.",
        "项目的哈希链历史。发布中保存了链头：即使没有此数据库，也能发现条目被改动或删去。",
    ),
    "web.audit.who": Phrase("Who", "谁"),
    "web.audit.what": Phrase("What", "做了什么"),
    "web.audit.when": Phrase("When (UTC)", "时间（UTC）"),
    "web.audit.about": Phrase("About", "内容"),
    "web.audit.version": Phrase("From version", "程序版本"),
    "web.audit.from": Phrase("From day (UTC)", "起始日（UTC）"),
    "web.audit.to": Phrase("Until day", "截止日"),
    "web.audit.any": Phrase("anything", "全部"),
    "web.audit.show": Phrase("Show", "筛选"),
    "web.audit.none": Phrase("Nothing of the kind was done.", "没有符合条件的记录。"),
    "web.audit.older": Phrase("Older ones", "更早的记录"),
    "web.verb.annotate": Phrase("Worked at the desk", "标注"),
    "web.verb.backup": Phrase("Backed up", "备份"),
    "web.verb.decide": Phrase("Decided a dispute", "裁决异议"),
    "web.verb.desk": Phrase("Set up the desk", "设置标注台"),
    "web.verb.dispute": Phrase("Disputed an answer key", "对标准答案提出异议"),
    "web.verb.evaluate": Phrase("Evaluated", "评测"),
    "web.verb.export": Phrase("Took answers out", "导出"),
    "web.verb.generate": Phrase("Asked a teacher", "教师模型作答"),
    "web.verb.headroom": Phrase("Measured headroom", "测量提升空间"),
    "web.verb.history": Phrase("Exported history", "导出历史"),
    "web.verb.import": Phrase("Imported or composed", "导入或设置项目"),
    "web.verb.judge": Phrase("Judged", "裁定"),
    "web.verb.pay": Phrase("Looked at pay", "查看酬金"),
    "web.verb.people": Phrase("Changed accounts", "变更账号"),
    "web.verb.pose": Phrase("Posed written questions to others", "把所写的题目派给他人作答"),
    "web.verb.rate": Phrase("Set the pay", "设定酬金"),
    "web.verb.release": Phrase("Built a release", "生成发布"),
    "web.verb.restore": Phrase("Restored", "恢复"),
    "web.verb.review": Phrase("Reviewed", "复核"),
    "web.verb.scheme": Phrase("Named labels or criteria", "设置标签或评分项"),
    "web.verb.tokens": Phrase("Changed tokens", "变更令牌"),
    "web.verb.trace": Phrase("Traced", "追溯"),
    "web.verb.train": Phrase("Trained", "训练"),
    "web.verb.upgrade": Phrase("Upgraded", "升级"),
    "web.verb.verify": Phrase("Checked against keys", "核对标准答案"),
    "web.verb.webhooks": Phrase("Changed webhooks", "变更 Webhook"),
    "web.verb.withdraw": Phrase("Withdrew", "撤回"),
    "error.web.no_events": Phrase(
        "choose at least one event to tell of", "请至少选择一种要通知的事件"
    ),
    "error.flow.bad_page": Phrase(
        "there is no such page; begin at the first", "没有这一页；请从第一页开始"
    ),
}

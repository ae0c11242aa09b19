"""What is said about tokens, by which programs ask."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "cli.token": Phrase(
        "Tokens, by which programs use the API: make, list and revoke them.",
        "供程序调用 API 的令牌：创建、查看与吊销。",
    ),
    "cli.token.create": Phrase(
        "Make a token and show it, once. Only its digest is kept.",
        "创建令牌并显示一次；系统只保存其摘要。",
    ),
    "cli.token.name": Phrase("Name of the account that it is for.", "令牌所属的账号名。"),
    "cli.token.role": Phrase(
        "Role of a program's account, made where there is none of that name.",
        "程序账号的角色；没有同名账号时会新建。",
    ),
    "cli.token.scope": Phrase(
        "What it may be used for; may be given several times (default: read, or annotate for an "
        "annotator).",
        "令牌的用途，可多次给出（默认 read；标注者默认 annotate）。",
    ),
    "cli.token.label": Phrase("What it is for, in your words.", "用途说明。"),
    "cli.token.days": Phrase("How many days it holds.", "有效天数。"),
    "cli.token.list": Phrase("List all tokens, ended ones too.", "列出所有令牌，包括已失效的。"),
    "cli.token.revoke": Phrase("End a token, at once.", "立即吊销令牌。"),
    "cli.token.id": Phrase("Id of the token, as the list shows it.", "令牌编号（见列表）。"),
    "cli.token.done": Phrase(
        "Token {id} for {name} ({role}), scopes {scopes}, until {until}. It is shown this once:",
        "令牌 {id}，账号 {name}（{role}），用途 {scopes}，有效至 {until}。仅显示这一次：",
    ),
    "cli.token.revoked": Phrase("Token {id} has ended.", "令牌 {id} 已吊销。"),
    "cli.token.none": Phrase("There is no token yet.", "还没有令牌。"),
    "cli.token.live": Phrase("in use", "有效"),
    "cli.token.ended.revoked": Phrase("revoked", "已吊销"),
    "cli.token.ended.account": Phrase("ended with its account", "随账号变更失效"),
    "cli.token.ended.parent": Phrase("ended with the token that made it", "随其来源令牌失效"),
    "cli.token.ended.lapsed": Phrase("lapsed", "已过期"),
    "error.tokens.days": Phrase(
        "a token holds 1 to {most} days; choose a number in between",
        "令牌有效期为 1 到 {most} 天；请选择其间的天数",
    ),
    "error.tokens.label": Phrase(
        "a label holds at most {most} characters, in one line; shorten it",
        "用途说明最多 {most} 个字符，且不能换行；请缩短",
    ),
    "error.tokens.no_account": Phrase(
        "no open account {name} here; invite them first, or say which role a program's account "
        "should have",
        "没有可用的账号 {name}；请先发出邀请，或指定程序账号的角色",
    ),
    "error.tokens.no_token": Phrase(
        "no token {id} is in use; take an id from the list of tokens",
        "没有有效的令牌 {id}；请从令牌列表中选取编号",
    ),
    "error.tokens.beyond": Phrase(
        "scopes {scopes} are of no use to the role {role}; choose from: {known}",
        "角色 {role} 不能使用用途 {scopes}；可选：{known}",
    ),
    "error.tokens.no_scope": Phrase(
        "{word} is no scope; choose from: {known}", "没有用途 {word}；可选：{known}"
    ),
    "error.tokens.further": Phrase(
        "scopes {scopes} are beyond the token that asks, and a token that a program makes makes no "
        "other; choose among the scopes of your own, or make it in the office",
        "用途 {scopes} 超出发起请求的令牌，且由程序生成的令牌不能再生成令牌；"
        "请在自身用途内选择，或在管理室中生成",
    ),
    "error.tokens.anothers": Phrase(
        "a program makes tokens for its own account and for programs that it made itself; make one "
        "for {name} in the office",
        "程序只能为自身账号及其新建的程序账号生成令牌；请在管理室中为 {name} 生成",
    ),
    "error.tokens.longer": Phrase(
        "a token that a program makes ends no later than the one that asks; ask for fewer days",
        "由程序生成的令牌不能晚于发起请求的令牌失效；请减少天数",
    ),
    "error.tokens.scope": Phrase(
        "this token was not made for {scope}; use one that has that scope",
        "此令牌不含用途 {scope}；请使用含该用途的令牌",
    ),
}

"""What is said about webhooks."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "cli.webhook": Phrase(
        "Webhooks: tell other systems when something happens.",
        "Webhook：有事件发生时通知其他系统。",
    ),
    "cli.webhook.add": Phrase(
        "Tell an address of a project's events, signed; show the secret to check them with.",
        "将项目事件签名后发送到指定地址，并显示验签密钥。",
    ),
    "cli.webhook.list": Phrase("List a project's webhooks.", "列出项目的 Webhook。"),
    "cli.webhook.remove": Phrase("Tell it nothing any more.", "停止通知。"),
    "cli.webhook.log": Phrase(
        "Show what it was told, and how each try went.", "显示已发送的消息及每次尝试的结果。"
    ),
    "cli.webhook.url": Phrase("Address that takes the messages (https).", "接收地址（https）。"),
    "cli.webhook.event": Phrase(
        "Event to be told of; may be given several times (default: all).",
        "要通知的事件，可多次给出（默认全部）。",
    ),
    "cli.webhook.id": Phrase(
        "Id of the webhook, as the list shows it.", "Webhook 编号（见列表）。"
    ),
    "cli.webhook.done": Phrase(
        "Webhook {id} is told of {events}. Messages are signed with this secret:",
        "Webhook {id} 将收到事件 {events}。消息用以下密钥签名：",
    ),
    "cli.webhook.removed": Phrase("Webhook {id} has ended.", "Webhook {id} 已停用。"),
    "cli.webhook.none": Phrase("There is nothing yet.", "暂无内容。"),
    "cli.webhook.live": Phrase("in use", "有效"),
    "cli.webhook.ended.removed": Phrase("removed", "已停用"),
    "cli.webhook.ended.gone": Phrase("said it is gone (410)", "对方已声明停用（410）"),
    "error.hooks.bad_url": Phrase(
        "this is no address that messages can go to; give a plain one such as "
        "https://example.org/hook",
        "该地址无法接收消息；请使用形如 https://example.org/hook 的普通地址",
    ),
    "error.hooks.no_address": Phrase(
        "{host} leads nowhere; check the name", "无法解析 {host}；请检查域名"
    ),
    "error.hooks.private_address": Phrase(
        "{host} leads to a private or local address; where that is meant, the owner allows its "
        "network in webhook_networks of qinglan.toml",
        "{host} 指向私有或本机地址；如确需使用，请由所有者在 qinglan.toml 的 "
        "webhook_networks 中放行该网段",
    ),
    "error.hooks.plain_http": Phrase(
        "{host} is on the open internet, so messages go there by https alone; use https",
        "{host} 位于公网，消息只能通过 https 发送；请改用 https",
    ),
    "error.hooks.no_trust": Phrase(
        "its certificate does not hold; renew it", "对方证书无效；请更新证书"
    ),
    "error.hooks.no_response": Phrase(
        "no response came in time; check that it answers", "未在限定时间内收到响应；请检查对方服务"
    ),
    "error.hooks.no_event": Phrase(
        "{word} is no event; choose from: {known}", "没有事件 {word}；可选：{known}"
    ),
    "error.hooks.too_many": Phrase(
        "a project has at most {most} webhooks; remove one first",
        "一个项目最多 {most} 个 Webhook；请先停用其中一个",
    ),
    "error.hooks.no_webhook": Phrase(
        "the project has no webhook {id} in use; take an id from its list",
        "项目没有有效的 Webhook {id}；请从列表中选取编号",
    ),
    "error.hooks.no_delivery": Phrase(
        "no message {id} to this webhook is over; take an id from its log",
        "此 Webhook 没有已结束的消息 {id}；请从日志中选取编号",
    ),
}

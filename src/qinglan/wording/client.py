"""What the API's client says."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.client.said_no": Phrase(
        "the server answered {status}: {detail}", "服务器返回 {status}：{detail}"
    ),
    "error.client.unreachable": Phrase(
        "{host} cannot be reached ({why}); check that the server runs, then try again",
        "无法连接 {host}（{why}）；请确认服务已启动后重试",
    ),
    "error.client.unsigned": Phrase(
        "this request is not signed as a webhook is; refuse it", "该请求没有 Webhook 签名；请拒绝"
    ),
    "error.client.bad_signature": Phrase(
        "no signature of this webhook holds; refuse it, and check the secret",
        "Webhook 签名不成立；请拒绝，并检查密钥",
    ),
    "error.client.stale": Phrase(
        "this webhook is more than {seconds} s old or ahead; refuse it, and check the clock",
        "该 Webhook 的时间相差超过 {seconds} 秒；请拒绝，并检查时钟",
    ),
    "error.client.bad_secret": Phrase(
        "this is no webhook's secret; take whsec_… as it was shown",
        "这不是 Webhook 密钥；请使用显示的 whsec_…",
    ),
    "error.client.bad_url": Phrase(
        "{url} is no address of a workbench; give one such as https://desk.example.org",
        "{url} 不是工作台地址；请使用形如 https://desk.example.org 的地址",
    ),
    "error.client.plain_http": Phrase(
        "{url} would carry the token unencrypted over the network; use https",
        "{url} 会在网络上明文传输令牌；请改用 https",
    ),
}

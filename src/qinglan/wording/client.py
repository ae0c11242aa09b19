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
    "error.client.bad_url": Phrase(
        "{url} is no address of a workbench; give one such as https://desk.example.org",
        "{url} 不是工作台地址；请使用形如 https://desk.example.org 的地址",
    ),
    "error.client.plain_http": Phrase(
        "{url} would carry the token unencrypted over the network; use https",
        "{url} 会在网络上明文传输令牌；请改用 https",
    ),
}

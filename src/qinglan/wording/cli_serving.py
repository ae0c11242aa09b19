"""What ``serve`` and ``invite`` say."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "cli.serve": Phrase(
        "Run the workbench: the annotators' desk and the lead's office, in the browser.",
        "启动工作台：在浏览器中使用标注台与管理室。",
    ),
    "cli.serve.host": Phrase(
        "Address to listen at; put a proxy with HTTPS in front before opening it to others.",
        "监听地址；对外开放前，请在前面加上支持 HTTPS 的反向代理。",
    ),
    "cli.serve.port": Phrase("Port to listen at.", "监听端口。"),
    "cli.serve.log": Phrase(
        "Write a line of JSON for each request to standard error.",
        "每个请求向标准错误输出一行 JSON 日志。",
    ),
    "cli.serve.any_core": Phrase(
        "Let the threads that answer use all cores; they share one otherwise, which is faster.",
        "让响应请求的线程使用所有 CPU 核心；默认集中在一个核心上，速度更快。",
    ),
    "cli.serve.at": Phrase(
        "The workbench is at {url} (Ctrl-C stops it).",
        "工作台地址：{url}（按 Ctrl-C 停止）。",
    ),
    "cli.serve.first": Phrase(
        "Nobody can sign in yet. The owner's link, for one use within 7 days: {url}",
        "目前还没有账号。所有者链接（7 天内有效，仅限一次）：{url}",
    ),
    "cli.invite": Phrase(
        "Make a link that lets somebody set a password and sign in to the workbench, once.",
        "生成一次性链接，让对方设置密码并登录工作台。",
    ),
    "cli.invite.name": Phrase("Name of the account.", "账号名。"),
    "cli.invite.role": Phrase("What they may do.", "其角色。"),
    "cli.invite.url": Phrase("Address of the workbench.", "工作台的地址。"),
    "cli.invite.done": Phrase(
        "For {name} ({role}), for one use within 7 days: {link}",
        "给 {name}（{role}）的链接，7 天内有效，仅限一次：{link}",
    ),
}

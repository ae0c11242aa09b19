"""What the command ``generate`` says."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "stage.generate": Phrase("generate", "生成"),
    "cli.generate": Phrase(
        "Let a permitted teacher model answer the tasks.", "由获准的教师模型作答。"
    ),
    "cli.generate.model": Phrase(
        "Name of the model, as its server knows it.", "模型名，与服务端一致。"
    ),
    "cli.generate.endpoint": Phrase(
        "Base URL of an OpenAI-compatible server, e.g. http://127.0.0.1:8000/v1.",
        "OpenAI 兼容服务的地址，例如 http://127.0.0.1:8000/v1。",
    ),
    "cli.generate.folder": Phrase(
        "Folder of a model to run here, instead of an endpoint.",
        "在本机运行的模型文件夹，用来代替服务地址。",
    ),
    "cli.generate.channel": Phrase(
        "How its answers reach you: weights (you run it), api (a vendor does), own, simulated.",
        "答案的取得渠道：weights（自行运行的权重）、api（厂商接口）、own、simulated。",
    ),
    "cli.generate.family": Phrase(
        "Model family that the terms speak of (default: the model's name).",
        "条款所指的模型系列（默认取模型名）。",
    ),
    "cli.generate.licence": Phrase("Licence of the weights.", "权重的许可证。"),
    "cli.generate.source": Phrase(
        "What releases call it (default: the endpoint, or the model's name).",
        "发布中的来源名称（默认取服务地址或模型名）。",
    ),
    "cli.generate.revision": Phrase(
        "Version of the model; another one is another annotator.",
        "模型版本；版本不同视为另一位标注者。",
    ),
    "cli.generate.purpose": Phrase(
        "What the answers are for; the gate judges by it.", "答案的用途；准入据此裁定。"
    ),
    "cli.generate.samples": Phrase("Answers a task.", "每道题作答次数。"),
    "cli.generate.temperature": Phrase(
        "Temperature: 0 takes the likeliest words.", "温度：0 表示总取最可能的词。"
    ),
    "cli.generate.max_tokens": Phrase("Most tokens an answer.", "每条答案的词元上限。"),
    "cli.generate.seed": Phrase("Seed of the sampling.", "采样种子。"),
    "cli.generate.parallel": Phrase("Calls at once.", "同时请求数。"),
    "cli.generate.timeout": Phrase("Seconds to wait for a reply.", "等待回复的秒数。"),
    "cli.generate.key_env": Phrase(
        "Name of the environment variable that holds the API key.", "存放 API 密钥的环境变量名。"
    ),
    "cli.generate.key_file": Phrase(
        "File that holds the API key, readable by you alone.",
        "存放 API 密钥的文件，仅限本人可读。",
    ),
    "cli.generate.max_calls": Phrase(
        "Most calls to pay for, earlier runs included.", "付费请求数上限，含此前各次运行。"
    ),
    "cli.generate.token_budget": Phrase(
        "Most tokens to use, earlier runs included.", "词元总量上限，含此前各次运行。"
    ),
    "cli.generate.max_cost": Phrase(
        "Most money to spend, earlier runs included; needs prices.",
        "金额上限，含此前各次运行；需要给出单价。",
    ),
    "cli.generate.price_in": Phrase("Price of a million prompt tokens.", "每百万输入词元的价格。"),
    "cli.generate.price_out": Phrase(
        "Price of a million completion tokens.", "每百万输出词元的价格。"
    ),
    "cli.generate.no_number": Phrase("{text} is no number", "{text} 不是数字"),
    "cli.generate.one_price": Phrase(
        "give --price-in and --price-out together", "--price-in 与 --price-out 须同时给出"
    ),
    "cli.generate.stopping": Phrase(
        "stopping: {calls} calls under way are let end; Ctrl-C again drops them",
        "正在停止：等待 {calls} 个在途请求结束；再按一次 Ctrl-C 则放弃它们",
    ),
    "cli.generate.done": Phrase(
        "{name}: {new} answers from {replies} replies; {left} of {wanted} left to ask",
        "{name}：{replies} 条回复得到 {new} 条答案；共需 {wanted} 条，尚缺 {left} 条",
    ),
    "cli.generate.caught_up": Phrase(
        "{count} answers were made of replies that an earlier run had paid for",
        "其中 {count} 条答案来自此前已付费的回复",
    ),
    "cli.generate.tokens": Phrase(
        "tokens: {prompt} in, {completion} out", "词元：输入 {prompt}，输出 {completion}"
    ),
    "cli.generate.cost": Phrase(
        "cost: {cost}, {cost_in_all} in all", "费用：{cost}，累计 {cost_in_all}"
    ),
    "cli.generate.set_aside": Phrase("set aside:", "搁置："),
    "cli.generate.exhausted": Phrase(
        "! stopped at the budget; raise it to go on", "! 已达预算上限；提高预算即可继续"
    ),
    "cli.generate.cut_off": Phrase(
        "! {count} calls were cut off and may have been paid for ({in_all} in all)",
        "! {count} 个请求中途断开，可能已计费（累计 {in_all} 个）",
    ),
    "cli.generate.served": Phrase(
        "! {count} replies say that they come from {served}: name that model, or pin the revision",
        "! {count} 条回复自称来自 {served}：请改用该模型名，或注明版本",
    ),
    "cli.generate.owes": Phrase(
        "the terms ask of whoever uses the answers:", "条款对使用者的要求："
    ),
}

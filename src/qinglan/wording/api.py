"""What the API says to programs, and their makers."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.api.no_token": Phrase(
        "this needs a token that is in use; send it as: Authorization: Bearer qlt_…",
        "需要有效的令牌；请以 Authorization: Bearer qlt_… 发送",
    ),
    "error.api.too_many": Phrase(
        "too many requests; go on in {seconds} s", "请求过于频繁；请在 {seconds} 秒后继续"
    ),
    "error.api.unknown_parameter": Phrase(
        "there is no parameter {field} here; choose from: {known}",
        "此处没有参数 {field}；可用：{known}",
    ),
    "error.api.too_large": Phrase(
        "the body holds more than {most} bytes; send it in parts",
        "请求正文超过 {most} 字节；请分次发送",
    ),
    "error.api.bad_json": Phrase(
        "{field}: the JSON cannot be used ({reason}); mend it and send it again",
        "{field}：JSON 无法使用（{reason}）；请修正后重新发送",
    ),
    "error.api.bad_request": Phrase(
        "the request does not fit its description; see which fields, and /api/v1/openapi.json",
        "请求与接口描述不符；请查看所列字段，以及 /api/v1/openapi.json",
    ),
    "error.api.failed": Phrase(
        "something failed here, and the server's log says what; nothing was half done, so try "
        "again",
        "服务器出错，原因已记入日志；没有只完成一半的操作，请重试",
    ),
    "error.api.nothing_here": Phrase(
        "there is nothing at this address; see /api/v1/openapi.json",
        "此地址没有内容；请查看 /api/v1/openapi.json",
    ),
    "error.api.not_so": Phrase(
        "this address takes another method; see /api/v1/openapi.json",
        "此地址不接受该方法；请查看 /api/v1/openapi.json",
    ),
    "error.api.bad_cursor": Phrase(
        "this is no cursor of this list; begin without one, and use next as it was given",
        "翻页标记不属于此列表；请先不带标记请求，再原样使用返回的 next",
    ),
    "error.api.bad_key": Phrase(
        "an Idempotency-Key has 1 to 255 visible ASCII characters; choose another",
        "Idempotency-Key 须为 1 到 255 个可见 ASCII 字符；请更换",
    ),
    "error.api.key_reused": Phrase(
        "this Idempotency-Key was given to another request; choose a new one for each write",
        "该 Idempotency-Key 已用于另一请求；请为每次写入使用新的键",
    ),
    "error.api.under_way": Phrase(
        "the same write is under way; ask again in a moment", "同一写入正在进行；请稍后再试"
    ),
    "error.api.bad_name": Phrase(
        "{field}: a data set's name has 1 to 100 letters, digits and . _ -; choose another",
        "{field}：数据集名称须为 1 到 100 个字母、数字或 . _ -；请更换",
    ),
    "error.api.bad_media": Phrase(
        "send the file as {media}, not compressed", "请以 {media} 类型发送文件，不要压缩"
    ),
    "error.api.cut_off": Phrase(
        "the file ended early, and nothing of it was kept; send it again",
        "文件中途断开，没有保存任何内容；请重新发送",
    ),
    "error.api.no_file": Phrase(
        "the release has no file {name}; take a name from its list of files",
        "该发布没有文件 {name}；请从文件列表中选取",
    ),
    "error.api.person_terms": Phrase(
        "a person's answers have a licence alone; leave channel and family out",
        "人工作答只需许可证；请去掉 channel 与 family",
    ),
    "error.api.program_terms": Phrase(
        "say by which channel the answers of a model or program come: own, weights, api, "
        "published or simulated",
        "请说明模型或程序作答的渠道：own、weights、api、published 或 simulated",
    ),
}

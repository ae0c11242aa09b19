"""What calls to models say."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.endpoints.bad_template": Phrase(
        "{folder}: the model's chat template cannot be filled ({why}); mend it or remove it",
        "{folder}：无法套用该模型的对话模板（{why}）；请修正或删除模板",
    ),
    "error.endpoints.missing_part": Phrase(
        "a local model needs {part}, which is not installed: pip install 'qinglan[train]'",
        "本地模型需要 {part}，但尚未安装：请运行 pip install 'qinglan[train]'",
    ),
    "error.endpoints.no_model": Phrase(
        "{folder} holds no model: it needs config.json and *.safetensors",
        "{folder} 里没有模型：需要 config.json 和 *.safetensors",
    ),
    "error.endpoints.broken_model": Phrase(
        "the model in {folder} cannot be loaded ({why}): save it again with save_pretrained",
        "{folder} 里的模型无法加载（{why}）：请用 save_pretrained 重新保存",
    ),
    "error.endpoints.empty_prompt": Phrase(
        "prompt {number} is empty: leave it out", "第 {number} 条提示为空：请去掉它"
    ),
    "error.endpoints.prompt_too_long": Phrase(
        "a prompt of {tokens} tokens fills the model's whole window: shorten it",
        "有一条提示长达 {tokens} 个词元，占满了模型窗口：请缩短",
    ),
    "error.endpoints.bad_request": Phrase(
        "n={n}, temperature={temperature}, max_tokens={tokens} cannot be asked: "
        "n and max_tokens start at 1, temperature lies between 0 and 2",
        "n={n}、temperature={temperature}、max_tokens={tokens} 不成立："
        "n 与 max_tokens 至少为 1，temperature 在 0 到 2 之间",
    ),
    "error.endpoints.bad_url": Phrase(
        "{url} is not a usable base URL: give http(s)://host[:port]/path without user or password",
        "{url} 不能用作服务地址：请写成 http(s)://主机[:端口]/路径，不带用户名和密码",
    ),
    "error.endpoints.bad_key": Phrase(
        "the API key has characters that no HTTP header may hold: copy it again",
        "API 密钥含有 HTTP 头不允许的字符：请重新复制",
    ),
    "error.endpoints.unauthorised": Phrase(
        "{url} refuses the key (HTTP {code}): check the API key and what it may use",
        "{url} 不接受密钥（HTTP {code}）：请检查 API 密钥及其权限",
    ),
    "error.endpoints.redirected": Phrase(
        "{url} redirects elsewhere (HTTP {code}), which is not followed: give the final address",
        "{url} 要求转到别处（HTTP {code}），我们不跟随：请直接填写最终地址",
    ),
    "error.endpoints.refused": Phrase(
        "{url} refuses the request (HTTP {code}): check the base URL and the model's name",
        "{url} 拒绝了请求（HTTP {code}）：请检查服务地址和模型名",
    ),
    "error.endpoints.wait_too_long": Phrase(
        "{url} asks to wait {seconds:.0f} seconds: come back later or raise the limit of waiting",
        "{url} 要求等待 {seconds:.0f} 秒：请稍后再试，或调高等待上限",
    ),
    "error.endpoints.gave_up": Phrase(
        "{url} did not answer in {attempts} attempts (last: {why}): check that the server is up",
        "{url} 经 {attempts} 次尝试仍无回复（最后一次：{why}）：请确认服务已启动",
    ),
    "error.endpoints.reply_too_large": Phrase(
        "{url} sent more than {limit} bytes: ask for fewer tokens or raise the limit",
        "{url} 的回复超过 {limit} 字节：请减少词元数或调高上限",
    ),
    "error.endpoints.bad_reply": Phrase(
        "{url} sent a reply that is no chat completion ({why}): check that it speaks the "
        "OpenAI protocol",
        "{url} 的回复不是合法的对话补全（{why}）：请确认它遵循 OpenAI 协议",
    ),
    "error.endpoints.journal_busy": Phrase(
        "{file}: another process is asking this model; wait until it is done",
        "{file}：另一个进程正在向该模型提问；请等它结束",
    ),
    "error.endpoints.journal_unusable": Phrase(
        "{file}: the journal of replies cannot be used ({why}): mend that, then run again; "
        "what was kept is kept",
        "{file}：回复日志无法使用（{why}）：请排除故障后重新运行，已保存的内容不会丢失",
    ),
    "error.endpoints.journal_newer": Phrase(
        "{file}, line {line}: written by another version of qinglan; use that one",
        "{file} 第 {line} 行：由其他版本的青蓝写入；请使用那个版本",
    ),
    "error.endpoints.forbidden_address": Phrase(
        "{host} leads to {address}, where no model may be asked by a name: check the base URL, "
        "and for this machine write 127.0.0.1",
        "{host} 指向 {address}，不允许通过域名访问该地址：请检查服务地址；若是本机，请写 127.0.0.1",
    ),
    "error.endpoints.bad_parallel": Phrase(
        "{parallel} calls at once cannot be made: give 1 or more",
        "无法同时发出 {parallel} 个请求：请给出不小于 1 的数",
    ),
    "error.endpoints.bad_timeout": Phrase(
        "{seconds:g} seconds are no time to wait for a reply: give more than 0",
        "等待回复的时间不能是 {seconds:g} 秒：请给出大于 0 的数",
    ),
    "error.endpoints.no_permit": Phrase(
        "the gate's permit does not speak of {model}: ask the gate about this model first",
        "准入许可不包括 {model}：请先就该模型申请准入",
    ),
    "error.endpoints.no_prices": Phrase(
        "a limit of money needs prices: say what a million tokens of prompt and completion cost",
        "设置金额上限需要单价：请给出每百万词元的输入价与输出价",
    ),
    "error.endpoints.bad_budget": Phrase(
        "{limit} is no limit or price: give a number of 0 or more",
        "{limit} 不能作为上限或单价：请给出不小于 0 的数",
    ),
    "error.endpoints.unanswered": Phrase(
        "{url} did not answer one of the prompts ({why}): leave it out, or try again later",
        "{url} 未能回答其中一条提示（{why}）：请去掉它，或稍后再试",
    ),
}

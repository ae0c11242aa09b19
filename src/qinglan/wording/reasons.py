"""Why a record was set aside, or why a verifier would not decide (``Reason``)."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "reason.bad_json": Phrase("the line is not valid JSON", "该行不是合法的 JSON"),
    "reason.bad_encoding": Phrase("the bytes are not valid UTF-8", "字节不是合法的 UTF-8"),
    "reason.bad_value": Phrase("the value does not fit the field", "取值不符合字段要求"),
    "reason.missing_field": Phrase("a required field is missing", "缺少必填字段"),
    "reason.duplicate_key": Phrase("a field is given twice", "同一字段出现两次"),
    "reason.duplicate_row": Phrase("the same row came before", "与前面的行重复"),
    "reason.too_deep": Phrase("nested too deeply", "嵌套过深"),
    "reason.too_large": Phrase("larger than the limit", "超过大小上限"),
    "reason.misaligned": Phrase("other words stand where a span is", "标记位置处的文字与所给不符"),
    "reason.unknown_tier": Phrase("it asks for a tier that is not here", "所要求的级别不存在"),
    "reason.unknown_task": Phrase("it answers a task that is not here", "所答题目不存在"),
    "reason.no_key": Phrase("the task has no key", "该题没有标准答案"),
    "reason.key_unreadable": Phrase("the key cannot be read", "标准答案无法解析"),
    "reason.no_final_answer": Phrase("no final answer is given", "没有给出最终答案"),
    "reason.answer_unreadable": Phrase("the final answer cannot be read", "最终答案无法解析"),
    "reason.answer_ambiguous": Phrase("several final answers contradict", "给出了互相矛盾的答案"),
    "reason.no_annotations": Phrase("nobody has answered it", "尚无人作答"),
    "reason.no_support": Phrase("no answer has enough support", "没有答案得到足够支持"),
    "reason.below_threshold": Phrase("the posterior is below the threshold", "后验概率低于门槛"),
    "reason.key_contradicts": Phrase(
        "every answer contradicts the key", "所有作答均与标准答案不符"
    ),
    "reason.reply_unreadable": Phrase(
        "the reply is no chat completion, or an empty one", "回复不是对话补全，或内容为空"
    ),
    "reason.reply_cut_short": Phrase(
        "the reply ran into the limit of tokens", "回复达到词元上限而被截断"
    ),
    "reason.model_declined": Phrase("the model declined to answer", "模型拒绝作答"),
    "reason.request_refused": Phrase("the server refused this request", "服务端拒绝了这次请求"),
    "reason.no_reply": Phrase("no reply came in all attempts", "多次尝试均无回复"),
    "reason.withdrawn": Phrase("its text was withdrawn", "文本已撤回"),
    "reason.not_permitted": Phrase("its terms do not permit this use", "来源条款不允许此用途"),
}

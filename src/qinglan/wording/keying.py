"""Keys that are claimed, believed, disputed and decided."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "cli.keys": Phrase(
        "Keys that are answered for blind, disputed and decided.",
        "标准答案的盲答验证、异议与裁定。",
    ),
    "cli.keys.pose": Phrase(
        "Let others answer the items of a project without the key; it counts once enough agree.",
        "让其他人在看不到答案的情况下作答某项目编写的题目；足够多的人一致后，答案才作数。",
    ),
    "cli.keys.list": Phrase("Show the disputed keys.", "列出有异议的标准答案。"),
    "cli.keys.dispute": Phrase(
        "Say that a key is wrong, and why.", "对标准答案提出异议并说明理由。"
    ),
    "cli.keys.decide": Phrase(
        "Let a disputed key stand, or be another; checks and verdicts follow.",
        "维持有异议的标准答案，或予以更正；核对结果与裁定随之更新。",
    ),
    "cli.keys.task": Phrase("Id of the task.", "题目编号。"),
    "cli.keys.why": Phrase("The reason.", "理由。"),
    "cli.keys.into": Phrase(
        "Project of kind free in which they are answered; made where it is new.",
        "作答所在的 free 类项目；不存在则新建。",
    ),
    "cli.keys.need": Phrase(
        "Blind answers that must agree before a key is believed.",
        "采信一个答案所需的一致盲答数。",
    ),
    "cli.keys.key": Phrase(
        "The right key; without it the old one stands.", "正确的答案；不给则维持原答案。"
    ),
    "cli.keys.posed": Phrase(
        "{new} items became tasks of {into}; {there} were there",
        "{new} 道题已成为 {into} 的题目；{there} 道此前已有",
    ),
    "cli.keys.line": Phrase("{task}  {key}  {words}", "{task}  {key}  {words}"),
    "cli.keys.none": Phrase("no key is disputed", "没有异议"),
    "cli.keys.disputed": Phrase("the key of {task} is disputed", "已对 {task} 的标准答案提出异议"),
    "cli.keys.decided": Phrase("the key of {task} is decided", "{task} 的标准答案已裁定"),
    "error.flow.bad_need": Phrase(
        "need {need}: give the number of blind answers that must agree, from 1 to 100",
        "need {need}：请给出须一致的盲答数，1 到 100",
    ),
    "error.flow.no_key_here": Phrase(
        "task {task}: has no key that could be disputed", "题目 {task}：没有可提异议的标准答案"
    ),
    "error.flow.not_disputed": Phrase(
        "task {task}: its key is not disputed, or was decided meanwhile; load the list again",
        "题目 {task}：其标准答案没有异议，或已被裁定；请重新载入列表",
    ),
    "error.flow.unreadable_key": Phrase(
        "task {task}: the key must state one answer and nothing else",
        "题目 {task}：标准答案只能写出一个答案，不含其他内容",
    ),
    "error.flow.dispute_words": Phrase(
        "say why, in at most {most} characters", "请说明理由，最多 {most} 个字符"
    ),
    "web.keys": Phrase("Disputed keys", "有异议的标准答案"),
    "web.keys_hint": Phrase(
        "Decide whether the key stands. If it does not, checks, gold, lessons and verdicts follow "
        "the right one at once.",
        "请裁定标准答案是否成立。若更正，核对结果、金标题、练习与裁定会立即随之更新。",
    ),
    "web.keys_none": Phrase("No key is disputed.", "目前没有异议。"),
    "web.keys_stands": Phrase("The key stands", "维持原答案"),
    "web.keys_correct": Phrase("Correct it", "更正答案"),
    "web.keys_why": Phrase("The reason", "理由"),
    "web.keys_right": Phrase("The right answer", "正确答案"),
    "web.keys_said": Phrase("What is said against it", "异议内容"),
    "web.claim.open": Phrase("Claimed by its writer; not believed yet.", "命题人所给，尚未采信。"),
    "web.claim.believed": Phrase(
        "Believed: enough blind answers agree.", "已采信：足够多的盲答与之一致。"
    ),
    "web.claim.disputed": Phrase(
        "Disputed: your ruling decides the key, too.", "有异议：你的裁定同时决定标准答案。"
    ),
    "web.claim.decided": Phrase("Decided by a reviewer.", "已由审核者裁定。"),
    "web.dispute": Phrase("I think this key is wrong", "我认为这个答案有误"),
    "web.dispute_why": Phrase("What is wrong with it?", "错在哪里？"),
    "web.dispute_send": Phrase("Tell a reviewer", "提交给审核者"),
    "web.dispute_told": Phrase(
        "A reviewer will look at it. If you are right, your result is corrected.",
        "审核者会查看。如果你是对的，你的成绩会得到更正。",
    ),
}

"""What the desk says when work cannot be given, kept or taken back."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.assignment.no_seat": Phrase(
        "{actor} has no seat at the desk of project {project}; ask its lead for one",
        "{actor} 在项目 {project} 中没有标注席位；请联系项目负责人开通",
    ),
    "error.assignment.paused": Phrase(
        "{actor} is paused in project {project} and gets no new task; the reason is on their own "
        "page, where they can appeal",
        "{actor} 在项目 {project} 中已暂停领取新题；原因见“我的表现”页，可在该页申诉",
    ),
    "error.assignment.not_admitted": Phrase(
        "project {project} asks for a qualification first; open its lessons",
        "项目 {project} 须先通过资格测试；请打开练习与测试",
    ),
    "error.assignment.not_yours": Phrase(
        "task {task} is not in your hands; ask for the next task",
        "你没有领取题目 {task}；请领取下一题",
    ),
    "error.assignment.already_answered": Phrase(
        "task {task} was already answered otherwise; reopen that answer to change it",
        "题目 {task} 此前已提交过不同的作答；如需修改，请先撤回那次提交",
    ),
    "error.assignment.already_skipped": Phrase(
        "task {task} was already given back for another reason; answer it or go on",
        "题目 {task} 已以其他原因放弃；请作答，或继续下一题",
    ),
    "error.assignment.given_back": Phrase(
        "task {task} was given back by you; go on with the next one",
        "题目 {task} 你已放弃；请继续下一题",
    ),
    "error.assignment.answer_stands": Phrase(
        "task {task} has an answer of yours, which stands; submit a better one instead",
        "题目 {task} 已有你的作答且仍然有效；请提交修改后的作答",
    ),
    "error.assignment.not_answered": Phrase(
        "task {task} has no answer of theirs that could be opened again; choose another",
        "题目 {task} 没有可重新打开的作答；请另选一题",
    ),
    "error.assignment.nothing_to_undo": Phrase(
        "only your last {most} answers can be reopened, and this is none of them; ask a reviewer "
        "to send it back",
        "只能撤回最近 {most} 次作答，此题不在其中；可请审核者退回",
    ),
    "error.assignment.self_review": Phrase(
        "{actor} wrote this answer and cannot review it; leave it to somebody else",
        "该作答出自 {actor} 本人，不能自审；请交由他人处理",
    ),
    "error.assignment.no_desk": Phrase(
        "project {project} has no desk yet; open it first",
        "项目 {project} 尚未开放标注；请先开放",
    ),
    "error.assignment.bad_rules": Phrase(
        "the rules of the desk cannot be used: {why}",
        "标注规则无法使用：{why}",
    ),
    "error.assignment.no_such_task": Phrase(
        "{task} is no task of project {project}; take an id from its tasks",
        "{task} 不是项目 {project} 的题目；请使用该项目的题目编号",
    ),
    "error.assignment.gold_needs_key": Phrase(
        "{task} has no answer key, so it cannot be gold; import the key first",
        "{task} 没有标准答案，不能作为金标题；请先导入标准答案",
    ),
    "error.assignment.in_hand": Phrase(
        "{task} was given to annotators before, so it cannot become gold; choose another task",
        "{task} 已分发给标注者，不能再改作金标题；请另选题目",
    ),
    "error.assignment.bad_text": Phrase(
        "field {field}: holds what cannot be kept ({reason}); shorten it or remove odd characters",
        "字段 {field}：含有无法保存的内容（{reason}）；请缩短或去掉异常字符",
    ),
    "error.assignment.bad_list": Phrase(
        "{word!r} names no part of the queue; use todo, drafts, submitted or sent_back, and the "
        "cursor as it was given",
        "{word!r} 不是队列的一部分；请使用 todo、drafts、submitted 或 sent_back，"
        "翻页标记须原样传回",
    ),
}

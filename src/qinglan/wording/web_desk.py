"""The annotator's desk, in the words of those who sit there."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "web.your_desks": Phrase("Your desks", "我的标注台"),
    "web.no_desks": Phrase(
        "You have no seat at a desk yet; your project lead gives you one.",
        "你还没有标注席位；请联系项目负责人开通。",
    ),
    "web.start": Phrase("Go on working", "继续标注"),
    "web.queue": Phrase("My queue", "我的队列"),
    "web.paused": Phrase("paused", "已暂停"),
    "web.part.todo": Phrase("To do", "待办"),
    "web.part.drafts": Phrase("Drafts", "草稿"),
    "web.part.submitted": Phrase("Submitted", "已提交"),
    "web.part.sent_back": Phrase("Sent back", "被退回"),
    "web.part_empty": Phrase("Nothing here.", "暂无内容。"),
    "web.drafted": Phrase("draft kept", "有草稿"),
    "web.more": Phrase("More", "更多"),
    "web.all_done": Phrase("All done for now", "暂时没有新题"),
    "web.all_done_more": Phrase(
        "There is nothing left for you at this moment. New tasks appear here by themselves.",
        "目前没有可领取的题目；有新题时会出现在这里。",
    ),
    "web.back_to_last": Phrase("Back to my last answer", "回到上一次作答"),
    "web.problem.free": Phrase("Question", "题目"),
    "web.problem.steps": Phrase("Question", "题目"),
    "web.problem.choice": Phrase("Question", "题目"),
    "web.problem.preference": Phrase("Request", "提问"),
    "web.problem.marks": Phrase("Problem", "题目"),
    "web.problem.alternatives": Phrase("Problem", "题目"),
    "web.problem.chat": Phrase("Request", "提问"),
    "web.problem.edit": Phrase("Request", "提问"),
    "web.ask.free": Phrase("Your answer", "你的作答"),
    "web.ask.steps": Phrase("Your solution, step by step", "逐步写出你的解答"),
    "web.ask.choice": Phrase("Which option is right?", "哪个选项正确？"),
    "web.ask.preference": Phrase("Which response is better?", "哪个回答更好？"),
    "web.ask.marks": Phrase(
        "Mark each step; stop at the first wrong one", "逐步评判，遇到第一个错误即止"
    ),
    "web.ask.alternatives": Phrase(
        "Rate every candidate; go on with one that holds", "逐个评判候选，选一个成立的继续"
    ),
    "web.candidate": Phrase("Candidate", "候选"),
    "web.went_on": Phrase("went on with this", "以此继续"),
    "web.go_on_with": Phrase("Go on with this", "以此继续"),
    "web.alternatives_hint": Phrase(
        "Without your choice the solution goes on with the first candidate you rate right. Where "
        "every candidate of a step is wrong, rating stops: write the step that should stand there.",
        "若不指定，则以第一个评为正确的候选继续。某一步的候选全都错误时，评判到此为止：请写出正确的这一步。",
    ),
    "web.ask.chat": Phrase("Write what comes next", "续写对话"),
    "web.turn.system": Phrase("System", "系统"),
    "web.turn.user": Phrase("User", "用户"),
    "web.turn.assistant": Phrase("Assistant", "助手"),
    "web.so_far": Phrase("The conversation so far", "已有对话"),
    "web.add_turns": Phrase("Add two turns", "再加一轮"),
    "web.chat_hint": Phrase(
        "Turns left empty at the end are left out.", "末尾留空的轮次不会提交。"
    ),
    "web.ask.edit": Phrase("Say what is wrong, then make it right", "指出问题，再改正回答"),
    "web.original": Phrase("The answer to be edited", "待修改的回答"),
    "web.critique": Phrase("What is wrong with it, and why", "有什么问题，为什么"),
    "web.edited": Phrase("The answer made right", "改正后的回答"),
    "web.edit_hint": Phrase(
        "Change no more than is needed. If nothing is wrong, say so and leave it as it is.",
        "只改必要之处。若没有问题，请说明，并保持原样。",
    ),
    "web.changes": Phrase("Changes", "修改对照"),
    "web.gone": Phrase("removed:", "删去："),
    "web.new": Phrase("added:", "新增："),
    "web.reviewer_says": Phrase("Sent back by the reviewer", "审核者退回的意见"),
    "web.guideline": Phrase("Guideline", "标注指南"),
    "web.closed": Phrase(
        "This is what you submitted. Your last ten answers can be changed.",
        "这是你提交的作答。最近十次作答可以修改。",
    ),
    "web.reopen": Phrase("Change it", "修改"),
    "web.onward": Phrase("Next task", "下一题"),
    "web.submit": Phrase("Submit", "提交"),
    "web.save_draft": Phrase("Save draft", "保存草稿"),
    "web.draft_here": Phrase("Your draft is here", "已恢复草稿"),
    "web.revising": Phrase(
        "Your earlier answer counts until you submit again", "再次提交之前，原作答仍然有效"
    ),
    "web.no_answer": Phrase("I cannot answer this", "无法作答"),
    "web.skip_note": Phrase("Why (if you like)", "原因（选填）"),
    "web.skip.unsure": Phrase("Unsure", "拿不准"),
    "web.skip.bad_problem": Phrase("Bad problem", "题目有误"),
    "web.skip.give_up": Phrase("Give up", "做不出来"),
    "web.skip.skip": Phrase("Skip", "跳过"),
    "web.saved": Phrase("Draft saved", "草稿已保存"),
    "web.saving": Phrase("Saving…", "正在保存…"),
    "web.unsaved": Phrase("Not saved yet; trying again", "尚未保存，正在重试"),
    "web.unsent": Phrase(
        "The server cannot be reached. Your answer is still here: send it again.",
        "无法连接服务器。你的作答还在本页：请重新提交。",
    ),
    "web.step": Phrase("Step", "步骤"),
    "web.mark.wrong": Phrase("Wrong", "错误"),
    "web.mark.neutral": Phrase("Neutral", "中性"),
    "web.mark.right": Phrase("Right", "正确"),
    "web.marks_hint": Phrase(
        "Marking stops at the first wrong step. Say why it is wrong, then write the step that "
        "should stand there.",
        "评判到第一个错误步骤为止。请说明错在哪里，并写出正确的这一步。",
    ),
    "web.because_wrong": Phrase("Why is this step wrong?", "这一步错在哪里？"),
    "web.continuation": Phrase("The right step instead", "正确的这一步"),
    "web.markdown": Phrase("Markdown and $LaTeX$ work here.", "支持 Markdown 与 $LaTeX$。"),
    "web.side.left": Phrase("Response A", "回答 A"),
    "web.side.right": Phrase("Response B", "回答 B"),
    "web.better.left": Phrase("A is better", "A 更好"),
    "web.better.tie": Phrase("About the same", "不相上下"),
    "web.better.right": Phrase("B is better", "B 更好"),
    "web.because_better": Phrase("Why (if you like)", "理由（选填）"),
    "web.option": Phrase("Your answer", "你的选择"),
    "web.text": Phrase("Answer", "作答"),
    "web.text_hint": Phrase(
        "End with the final answer on a line of its own.", "请在最后单独一行写出最终答案。"
    ),
    "web.steps": Phrase("Steps, one a line", "步骤，每行一步"),
    "web.final": Phrase("Final answer", "最终答案"),
}

"""The live board."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "web.tab.board": Phrase("Board", "看板"),
    "web.board.a_day": Phrase("answers a day", "日均作答"),
    "web.board.days_left": Phrase("days left at this pace", "按此速度剩余天数"),
    "web.board.as_of": Phrase("As of {time} UTC; it renews itself.", "截至 {time} UTC；自动刷新。"),
    "web.board.judged_at": Phrase("Last judged {time} UTC.", "上次裁定：{time} UTC。"),
    "web.board.burn_down": Phrase("Tasks without a verdict, and accepted", "未裁定与已通过的题目"),
    "web.board.waiting": Phrase("without a verdict", "未裁定"),
    "web.board.accepted": Phrase("accepted", "通过"),
    "web.board.burn_about": Phrase(
        "{waiting} without a verdict, {accepted} accepted",
        "未裁定 {waiting} 题，通过 {accepted} 题",
    ),
    "web.board.throughput": Phrase("Answers by day", "每日作答数"),
    "web.board.agreement": Phrase("Agreement (Krippendorff's alpha)", "一致性（Krippendorff α）"),
    "web.board.error": Phrase("Expected error of the consensus", "共识的预期误差"),
    "web.board.cost": Phrase("Committed to pay", "已承诺酬金"),
    "web.board.budget": Phrase("budget", "预算"),
    "web.board.last": Phrase("at the last, {value}", "最新值 {value}"),
    "web.board.not_yet": Phrase(
        "Nothing to draw yet: a curve begins with the first judging, or after an hour of work.",
        "暂无曲线：首次裁定或工作一小时后开始绘制。",
    ),
}

"""Finding one among hundreds, in the office."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "web.find": Phrase("Find", "查找"),
    "web.find.order": Phrase("Order", "排序"),
    "web.find.show": Phrase("Show", "显示"),
    "web.find.of": Phrase("{n} of {of}", "显示 {n}，共 {of}"),
    "web.find.none": Phrase("Nothing fits; try fewer words.", "没有符合的内容；请减少查找词。"),
    "web.find.who": Phrase("Answered by (name in full)", "作答者（完整账号名）"),
    "web.find.task": Phrase("Task (id)", "题目编号"),
    "web.order.name": Phrase("by name", "按名称"),
    "web.order.waiting": Phrase("most without a verdict first", "未裁定多者在前"),
    "web.order.answers": Phrase("most answers first", "作答多者在前"),
    "web.order.fewest": Phrase("fewest answers first", "作答少者在前"),
    "web.order.in_hand": Phrase("most in hand first", "作答中多者在前"),
    "web.order.paused": Phrase("paused first", "已暂停者在前"),
    "web.order.poorest": Phrase("lowest share right first", "正确率低者在前"),
    "web.order.known": Phrase("most known tasks first", "已知答案题多者在前"),
    "web.order.role": Phrase("by role", "按角色"),
    "web.order.invited": Phrase("invitations first", "待接受邀请者在前"),
    "web.order.closed": Phrase("closed accounts first", "已停用者在前"),
    "web.order.tier": Phrase("highest tier first", "级别高者在前"),
}

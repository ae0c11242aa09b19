"""The workbench's pages: the frame, the door, and what goes wrong on the way to them."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "web.brand": Phrase("qinglan", "青蓝"),
    "web.to_content": Phrase("Skip to the content", "跳到正文"),
    "web.navigation": Phrase("Rooms", "导航"),
    "web.desk": Phrase("Desk", "标注台"),
    "web.office": Phrase("Office", "管理室"),
    "web.people": Phrase("People", "人员"),
    "web.sign_in": Phrase("Sign in", "登录"),
    "web.sign_out": Phrase("Sign out", "退出"),
    "web.name": Phrase("Name", "账号名"),
    "web.password": Phrase("Password", "密码"),
    "web.new_password": Phrase("Choose a password", "设置密码"),
    "web.password_rule": Phrase(
        "At least 10 characters. A few unrelated words are easy to remember and hard to guess.",
        "至少 10 个字符。用几个互不相关的词，好记也难猜。",
    ),
    "web.by_invitation": Phrase(
        "Accounts are made by invitation; ask your project lead for a link.",
        "账号仅通过邀请开通；请向项目负责人索取链接。",
    ),
    "web.welcome": Phrase("Welcome", "欢迎"),
    "web.invited": Phrase(
        "You are invited as {name} ({role}).", "邀请你以“{name}”（{role}）的身份加入。"
    ),
    "web.begin": Phrase("Set password and begin", "设置密码并开始"),
    "web.done": Phrase("Done.", "操作已完成。"),
    "web.error": Phrase("That did not work", "操作未完成"),
    "web.home": Phrase("To the front page", "返回首页"),
    "web.role.owner": Phrase("owner", "所有者"),
    "web.role.lead": Phrase("lead", "负责人"),
    "web.role.reviewer": Phrase("reviewer", "审核者"),
    "web.role.annotator": Phrase("annotator", "标注者"),
    "web.role.auditor": Phrase("auditor", "审计者"),
    "web.kind.free": Phrase("Free answers", "自由作答"),
    "web.kind.steps": Phrase("Worked solutions", "撰写解题步骤"),
    "web.kind.choice": Phrase("Multiple choice", "选择题"),
    "web.kind.preference": Phrase("Pairwise preference", "成对偏好"),
    "web.kind.marks": Phrase("Reasoning steps", "推理步骤评判"),
    "web.kind.alternatives": Phrase("Reasoning steps with alternatives", "多候选推理步骤评判"),
    "web.kind.chat": Phrase("Chat", "对话撰写"),
    "web.kind.edit": Phrase("Critique and edit", "评改回答"),
    "web.kind.item": Phrase("Evaluation items", "评测题编写"),
    "web.failed": Phrase(
        "Something failed here, and the server's log says what. What you saved is kept; try again.",
        "服务器出错，原因已记入日志。你已保存的内容都还在；请重试。",
    ),
    "web.not_found": Phrase(
        "There is no such page; go on from the front page.", "没有这个页面；请从首页继续。"
    ),
    "web.signed_out": Phrase(
        "You are signed out. What you typed is still here: sign in in another tab, then send it "
        "again.",
        "你已退出登录。输入的内容还在本页：请在另一个标签页登录，然后重新提交。",
    ),
    "error.web.other_site": Phrase(
        "this form was sent from another site's page; open the workbench itself and try again",
        "该表单来自其他网站的页面；请直接打开工作台后重试",
    ),
    "error.web.stale_form": Phrase(
        "this page is out of date, since you signed in or out meanwhile; load it again",
        "页面已过期（期间登录状态有变化）；请重新加载后再试",
    ),
    "error.web.bad_form": Phrase(
        "the form cannot be read; load the page again and send it from there",
        "无法读取表单；请重新加载页面后再提交",
    ),
    "error.web.too_large": Phrase(
        "the form holds more than {most} bytes; shorten it", "表单超过 {most} 字节；请缩短内容"
    ),
    "error.web.needs_because": Phrase(
        "say why the step is wrong, then submit", "请说明该步骤错在哪里，再提交"
    ),
    "error.web.needs_continuation": Phrase(
        "write what should stand in place of the wrong step, then submit",
        "请写出正确的这一步，再提交",
    ),
    "error.web.rate_all": Phrase(
        "rate every candidate of step {step}, then submit", "请评判第 {step} 步的每个候选，再提交"
    ),
    "error.web.needs_reason": Phrase(
        "say what should be better, then send it back", "请写明需要改进之处，再退回"
    ),
}

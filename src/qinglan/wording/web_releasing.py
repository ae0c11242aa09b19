"""Checking, judging and releasing from the office."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "web.tab.releases": Phrase("Judge and release", "裁定与发布"),
    "web.releases_made": Phrase("Releases", "已有发布"),
    "web.line": Phrase("Where the tasks stand", "题目进度"),
    "web.export": Phrase("Download all answers (JSONL)", "下载全部作答（JSONL）"),
    "web.job.verb.verify": Phrase("Check against keys", "核对标准答案"),
    "web.job.verb.judge": Phrase("Judge", "裁定"),
    "web.job.verb.release": Phrase("Build a release", "生成发布"),
    "web.job.before": Phrase("What was done", "操作记录"),
    "web.verify.hint": Phrase(
        "Holds each new answer against its key: right, wrong, or undecided.",
        "将每条新作答与标准答案比对：正确、错误或无法判定。",
    ),
    "web.verify.done": Phrase("{n:,} answers were checked.", "核对了 {n:,} 条作答。"),
    "web.outcome.verified": Phrase("right", "正确"),
    "web.outcome.refuted": Phrase("wrong", "错误"),
    "web.outcome.undecided": Phrase("undecided", "无法判定"),
    "web.threshold": Phrase("Least posterior, in percent", "最低后验概率（%）"),
    "web.use_keys": Phrase("Let keys decide where there are any", "有标准答案时以其为准"),
    "web.judge.hint": Phrase(
        "Weighs the answers by how far each person can be relied on, and concludes a verdict with "
        "its reason on every task. Rulings of reviewers stand.",
        "按各人的可靠程度加权，为每题给出附理由的裁定；复核者的裁决保持不变。",
    ),
    "web.judged_count.tasks": Phrase("tasks judged", "已裁定题目"),
    "web.judged_count.accepted": Phrase("accepted", "通过"),
    "web.judged_count.changed": Phrase("verdicts changed", "裁定有变"),
    "web.release.name": Phrase("Name", "名称"),
    "web.release.purpose": Phrase("For", "用途"),
    "web.release.rows": Phrase("Rows", "行数"),
    "web.release.built": Phrase("Built", "生成时间"),
    "web.release.root": Phrase("Content root", "内容根哈希"),
    "web.release.files": Phrase("Files", "文件"),
    "web.release.hint": Phrase(
        "Freezes the accepted verdicts into a signed folder. The gate judges every source first, "
        "and refuses what its terms, or the people who wrote it, do not permit.",
        "将通过的裁定固定为带签名的文件夹。生成前会逐一审查来源：条款或作者未许可的一律拒绝。",
    ),
    "web.release.done": Phrase(
        "A release of {rows:,} rows was built:", "已生成含 {rows:,} 行的发布："
    ),
    "web.release.check": Phrase("Check it", "校验"),
    "web.release.holds": Phrase(
        "Every file is as it was signed here, and the rows are those of the content root.",
        "各文件均与此处签名一致，内容与根哈希相符。",
    ),
    "web.before.rights": Phrase("What your answers may be used under", "作答的使用许可"),
    "web.before.licence": Phrase(
        "By beginning you agree that your answers may be used and passed on under {licence}. If "
        "that is not what you agreed to, do not begin, and tell your lead.",
        "开始即表示你同意他人依照 {licence} 使用和传播你的作答。若与你的约定不符，请勿开始，"
        "并告知项目负责人。",
    ),
    "web.before.agree": Phrase("I agree, and begin", "同意并开始"),
    "error.web.needs_licence": Phrase(
        "state the licence that the person agreed to, such as CC-BY-4.0; a release refuses work "
        "without it",
        "请填写此人同意的许可证，如 CC-BY-4.0；没有许可的作答无法发布",
    ),
    "error.flow.no_rights": Phrase(
        "nobody agreed under which licence the work of these people in {project} may be used: "
        "{people}; withdraw their answers, or let a reviewer write the right ones",
        "{project} 中以下人员的作答没有使用许可：{people}；请撤回其作答，或由复核者写出正确答案",
    ),
}

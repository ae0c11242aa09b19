"""Pauses, flags and appeals."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.conduct.no_flag": Phrase(
        "there is no flag {flag} here; open the page again",
        "此处没有标记 {flag}；请重新打开页面",
    ),
    "error.conduct.own_flag": Phrase(
        "{actor} cannot decide about a flag on themselves; leave it to another lead",
        "{actor} 不能裁决针对本人的标记；请交由其他负责人处理",
    ),
    "error.conduct.not_told": Phrase(
        "what is recorded about work in {project} was not read yet; open its desk in the browser",
        "尚未阅读 {project} 中关于“我们记录什么”的说明；请先在浏览器中打开该项目的标注台",
    ),
    "error.conduct.not_failed": Phrase(
        "{name} has not failed a qualification, so there is nothing to try again",
        "{name} 并未在资格测试中落选，无需重考",
    ),
    "error.conduct.no_words": Phrase(
        "say in a few words why, then send it again", "请写明理由，再提交"
    ),
    "error.conduct.too_long": Phrase(
        "the text is longer than {most} characters; shorten it", "文字超过 {most} 个字符；请缩短"
    ),
    "error.conduct.appeal_waits": Phrase(
        "your appeal waits for the lead's decision; wait for it",
        "你的申诉正在等待负责人裁决；请耐心等待",
    ),
}

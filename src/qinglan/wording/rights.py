"""What is said about the rights in people's answers."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.rights.bad_statement": Phrase(
        "write the statement in both languages, up to {most} characters each",
        "请用两种语言填写权利声明，各不超过 {most} 个字符",
    ),
    "error.rights.not_agreed": Phrase(
        "agree to the rights statement of project {project} first, on the page before the desk",
        "请先在标注台前的说明页同意项目 {project} 的权利声明",
    ),
    "error.rights.other_version": Phrase(
        "the rights statement of project {project} changed; read it again",
        "项目 {project} 的权利声明已更新；请重新阅读",
    ),
    "error.rights.nobody_agreed": Phrase(
        "all {rows} accepted answers of project {project} were given under a version of its rights "
        "statement that their authors did not agree to (answers; version): {people}. Let them "
        "agree at the desk, or import with --declare",
        "项目 {project} 被接受的 {rows} 条作答，其作者均未同意作答时的权利声明版本"
        "（作答数；版本）：{people}。请让其在标注台同意，或在导入时使用 --declare",
    ),
    "reason.no_agreement": Phrase(
        "its author did not agree to the rights statement", "作者未同意权利声明"
    ),
    "remedy.no_agreement": Phrase(
        "let its author agree at the desk, then release again", "请作者在标注台同意后重新发布"
    ),
    "cli.rights": Phrase(
        "What people agree to before their first answer; --en and --zh set it.",
        "标注者首次作答前须同意的权利声明；--en 与 --zh 用于设置。",
    ),
    "cli.rights.en": Phrase("The English text.", "英文文本。"),
    "cli.rights.zh": Phrase("The Chinese text.", "中文文本。"),
    "cli.rights.none": Phrase("project {project} asks nothing", "项目 {project} 未设权利声明"),
    "cli.rights.missing": Phrase(
        "{name}: {answers} accepted answers are in no release until they agree (asked: version "
        "{asked})",
        "{name}：被接受的作答 {answers} 条，在其同意前不进入发布（作答时的版本：第 {asked} 版）",
    ),
    "cli.rights.version": Phrase("version {version}", "第 {version} 版"),
    "cli.import.declare": Phrase(
        "Your word that these people agreed what may be done with their answers, and where that "
        "is kept.",
        "声明：这些人员已同意其作答的使用方式，并注明凭据存放处。",
    ),
    "web.rights": Phrase("Rights statement", "权利声明"),
    "web.rights.version": Phrase(
        "version {version}, since {at} UTC", "第 {version} 版，{at} UTC 起"
    ),
    "web.rights.agreed": Phrase(
        "Agreed to version {version} of the rights statement, {at} UTC",
        "已同意权利声明第 {version} 版，{at} UTC",
    ),
    "web.rights.not_yet": Phrase("Has not agreed to the rights statement yet", "尚未同意权利声明"),
    "web.rights.hint": Phrase(
        "Everybody agrees to it before their first task; who has not is in no release. A new "
        "version is asked of all again before their next task; answers to tasks taken under an "
        "earlier one stay good.",
        "所有人在领取首个任务前须同意；未同意者的作答不进入任何发布。更新后，所有人须再次同意才能领取"
        "下一个任务；在旧版下领取的任务，其作答继续有效。",
    ),
    "web.rights.missing": Phrase(
        "Left out of releases until their authors agree, at the desk, to the newest version:",
        "下列人员的作答暂不进入发布；其本人在标注台同意最新版本后即可恢复：",
    ),
    "web.rights.owes_all": Phrase(
        "{answers} accepted answers, given under version {asked} or before; agreed to none",
        "被接受的作答 {answers} 条，作答时的版本最新为第 {asked} 版；尚未同意任何版本",
    ),
    "web.rights.owes": Phrase(
        "{answers} accepted answers, given under version {asked} or before; agreed to version "
        "{agreed}",
        "被接受的作答 {answers} 条，作答时的版本最新为第 {asked} 版；已同意第 {agreed} 版",
    ),
    "web.rights.keep": Phrase("Ask for this from now on", "自此要求同意"),
    "web.rights.agree": Phrase("I agree, and begin", "我同意并开始"),
}

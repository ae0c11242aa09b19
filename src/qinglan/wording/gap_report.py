"""What the page of headroom says beside what it shares with the page of a training."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "report.gap.title": Phrase(
        "Where is the next expert hour worth most?", "下一个专家小时用在哪里最值？"
    ),
    "report.gap.set": Phrase("Questions", "题目"),
    "report.gap.looks": Phrase("Looks at them so far", "迄今查看次数"),
    "report.gap.simulated": Phrase(
        "Experts or keys are simulated by programs: do not quote this for people",
        "专家或标准答案由程序模拟：请勿当作真人数据引用",
    ),
    "report.gap.people": Phrase("How far these figures reach", "这些数字能说明什么"),
    "report.gap.lead": Phrase(
        "What the teacher finds at least once in {k} tries, a verifier can pick out and the student"
        " can still learn. What it never finds, only someone who can do it can teach.",
        "老师 {k} 次之内能答对的，可经核验挑出，学生还能向它学。始终答不出的，唯有会做的人能教。",
    ),
    "report.gap.pilot": Phrase("Experts answered {n} of these questions.", "专家答过其中 {n} 题。"),
    "report.gap.left_out": Phrase(
        "Experts answered {n} more questions of this split that are not in the set, for no answer"
        " to them was accepted; they had {right} of those right, so their rate here is too high.",
        "这一划分中另有 {n} 题专家答过，但因没有被采纳的答案而不在评测集中；"
        "其中专家答对 {right} 题，因此这里的专家正确率偏高。",
    ),
    "report.gap.caution": Phrase(
        "Intervals are 95% over questions and speak of these models and these experts. What was"
        " chosen by these questions must be judged on others.",
        "区间为按题计的 95% 区间，只说明这些模型与这些专家。按这些题作出的选择，须用别的题来评判。",
    ),
}

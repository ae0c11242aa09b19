"""What is said about accounts, at the door and in the office."""

from qinglan.wording import Phrase

PHRASES: dict[str, Phrase] = {
    "error.people.weak_password": Phrase(
        "the password is too easy to guess; take at least {shortest} characters that are not "
        "your name",
        "密码太容易被猜到；请至少使用 {shortest} 个字符，且不要与账号名相同",
    ),
    "error.people.not_known": Phrase(
        "name and password do not belong together; check both, or ask for a new link",
        "账号与密码不匹配；请检查后重试，或向负责人索取新链接",
    ),
    "error.people.too_many": Phrase(
        "too many attempts; try again in {minutes} minutes",
        "尝试次数过多；请在 {minutes} 分钟后再试",
    ),
    "error.people.no_invite": Phrase(
        "this link was used already or has lapsed; ask for a new one",
        "该链接已被使用或已过期；请索取新链接",
    ),
    "error.people.not_yours": Phrase(
        "{actor} may not look after accounts of role {role}; ask the workspace's owner",
        "{actor} 无权管理角色为 {role} 的账号；请联系工作区所有者",
    ),
    "error.people.other_role": Phrase(
        "{name} is here already with the role {role}; change the role first, then send a link",
        "{name} 已有账号，角色为 {role}；请先更改角色，再发送链接",
    ),
    "error.people.no_account": Phrase(
        "no account {name} here; invite them first",
        "没有账号 {name}；请先发出邀请",
    ),
    "error.people.last_owner": Phrase(
        "{name} is the last owner; make somebody else owner first",
        "{name} 是最后一位所有者；请先指定另一位所有者",
    ),
    "error.people.bad_name": Phrase(
        "a name needs 1 to {most} characters, all of them visible",
        "名称须为 1 到 {most} 个可见字符",
    ),
}

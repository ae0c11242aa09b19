"""``tiers``, ``tier``, ``rights``, ``suggest``: kinds of people, who is which, what they agree to
and what they are shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qinglan.cli.terminal import JsonOption, WorkspaceOption, actor, out, show_json
from qinglan.wording import say

ProjectArgument = Annotated[str, typer.Argument(help=say("cli.verify.project"))]


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    app.command("tiers", help=say("cli.tiers"))(tiers)
    app.command("tier", help=say("cli.tier"))(tier)
    app.command("rights", help=say("cli.rights"))(rights)
    app.command("suggest", help=say("cli.suggest"))(suggest)


def tiers(
    project: ProjectArgument,
    names: Annotated[str | None, typer.Option(help=say("cli.tiers.names"))] = None,
    need: Annotated[list[str] | None, typer.Option(help=say("cli.tiers.need"))] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show the tiers, or set them."""
    from qinglan.flow import routes
    from qinglan.flow import tiers as verbs
    from qinglan.flow.context import open_context

    with open_context(workspace) as context:
        if names is not None:
            words = [word for word in names.split(",") if word.strip()]
            verbs.name_tiers(context, actor(), project, words)
        for word in need or ():
            skill, _, tier = word.partition("=")
            routes.need_tier(context, actor(), project, skill.strip(), tier.strip() or None)
        found = verbs.roster(context, actor(), project)
        needs = routes.needs(context, actor(), project)
    if as_json:
        people = [
            {
                "name": one.name, "tier": one.tier, "seated": one.seated, "active": one.active,
                "languages": list(one.languages),
                "credentials": [
                    {"words": it.words, "link": it.link, "checked_by": it.checked_by}
                    for it in one.credentials if it.ended is None
                ],
            }
            for one in found.people
        ]  # fmt: skip
        show_json({"tiers": list(found.tiers), "needs": needs, "people": people})
        return
    out.print(say("cli.tiers.list", names=", ".join(found.tiers) or "—"))
    for skill, tier in needs.items():
        out.print(say("cli.tiers.needs", skill=skill, tier=tier))
    for one in found.people:
        out.print(f"{one.name}  {one.tier or say('cli.tiers.none')}")


def tier(
    project: ProjectArgument,
    name: Annotated[str, typer.Argument(help=say("cli.tier.name"))],
    why: Annotated[str, typer.Option(help=say("cli.tier.why"))],
    tier: Annotated[str | None, typer.Argument(help=say("cli.tier.tier"))] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Give a tier, or take it away."""
    from qinglan.flow import tiers as verbs
    from qinglan.flow.context import open_context

    with open_context(workspace) as context:
        verbs.give_tier(context, actor(), project, name, tier, why)
    if as_json:
        show_json({"name": name, "tier": tier})
    else:
        out.print(say("cli.tier.done", name=name, tier=tier or say("cli.tiers.none")))


def rights(
    project: ProjectArgument,
    en: Annotated[str | None, typer.Option(help=say("cli.rights.en"))] = None,
    zh: Annotated[str | None, typer.Option(help=say("cli.rights.zh"))] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show what people agree to, or set it."""
    from qinglan.flow import rights as verbs
    from qinglan.flow.context import open_context

    with open_context(workspace) as context:
        if en is None and zh is None:
            found = verbs.statement(context, actor(), project)
        else:
            found = verbs.set_statement(context, actor(), project, en=en or "", zh=zh or "")
        missing = verbs.missing(context, actor(), project)
    if as_json:
        left = [{"name": one.name, "answers": one.answers, "asked": one.asked,
                 "agreed": one.agreed} for one in missing]  # fmt: skip
        show_json(None if found is None else {"version": found.version, "en": found.en,
                                              "zh": found.zh, "missing": left})  # fmt: skip
    elif found is None:
        out.print(say("cli.rights.none", project=project))
    else:
        out.print(say("cli.rights.version", version=found.version))
        out.print(f"{found.en}\n\n{found.zh}", markup=False)
        for one in missing:
            out.print(say("cli.rights.missing", name=one.name, answers=one.answers,
                          asked=one.asked), markup=False)  # fmt: skip


def suggest(
    project: ProjectArgument,
    by: Annotated[str | None, typer.Option(help=say("cli.suggest.by"))] = None,
    stop: Annotated[bool, typer.Option("--stop", help=say("cli.suggest.stop"))] = False,
    hidden: Annotated[int, typer.Option(help=say("cli.suggest.hidden"))] = 200,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show a model's answers at the desk, and how far people follow them."""
    from qinglan.flow import suggesting
    from qinglan.flow.context import open_context

    with open_context(workspace) as context:
        if by is not None or stop:
            model = None if stop else by
            suggesting.suggest(context, actor(), project, model, hidden=hidden)
        found = suggesting.suggesting(context, actor(), project)
    led = [(one.name, one.led) for one in found.people]
    if found.everybody is not None:
        led.insert(0, (say("web.suggestions.all"), found.everybody))
    if as_json:
        show_json({
            "model": None if found.source is None else found.source.name, "hidden": found.hidden,
            "people": [
                {
                    "name": name, "shown": one.shown.estimate, "n_shown": one.n_shown,
                    "hidden": one.hidden.estimate, "n_hidden": one.n_hidden,
                    "difference": one.difference._asdict(),
                }
                for name, one in led
            ],
        })  # fmt: skip
        return
    if found.source is None:
        out.print(say("web.suggestions.none"))
        return
    name, share = found.source.name, found.hidden / 10
    out.print(say("web.suggestions.shown", model=name, share=f"{share:g}"))
    for name, one in led:
        gap = one.difference
        told = "—" if gap.estimate is None else f"{100 * gap.estimate:+.0f}"
        out.print(
            say(
                "cli.suggest.line", name=name, shown=_share(one.shown.estimate),
                hidden=_share(one.hidden.estimate),
                difference=f"{told} [{100 * gap.low:+.0f}, {100 * gap.high:+.0f}]",
            )
        )  # fmt: skip


def _share(value: float | None) -> str:
    return "—" if value is None else f"{100 * value:.0f} %"

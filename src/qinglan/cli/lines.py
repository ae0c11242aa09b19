"""The verbs along the line: ``import``, ``verify``, ``judge``, ``status``."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from qinglan.cli.terminal import JsonOption, WorkspaceOption, actor, out, show_json, watched
from qinglan.records import Kind
from qinglan.wording import say

if TYPE_CHECKING:
    from qinglan.flow.load import Imported

Channel = Literal["own", "published", "weights", "api", "person", "simulated"]
Part = Literal["train", "dev", "test"]
FileArgument = Annotated[Path, typer.Argument(help=say("cli.import.file"))]
ProjectOption = Annotated[str, typer.Option(help=say("cli.import.project"))]
ProjectArgument = Annotated[str, typer.Argument(help=say("cli.verify.project"))]
MapOption = Annotated[list[str], typer.Option("--map", help=say("cli.import.map"))]
SourceOption = Annotated[str | None, typer.Option("--source", help=say("cli.import.source"))]
ChannelOption = Annotated[Channel, typer.Option(help=say("cli.import.channel"))]
LicenceOption = Annotated[str | None, typer.Option(help=say("cli.import.licence"))]
FamilyOption = Annotated[str | None, typer.Option(help=say("cli.import.family"))]
PartOption = Annotated[Part | None, typer.Option(help=say("cli.import.part"))]

RecountOption = Annotated[bool, typer.Option("--recount", help=say("cli.status.recount"))]


def register(app: typer.Typer) -> None:
    """Add this module's commands to the tree."""
    importing = typer.Typer(help=say("cli.import"), no_args_is_help=True)
    importing.command("tasks", help=say("cli.import.tasks"))(import_tasks)
    importing.command("answers", help=say("cli.import.answers"))(import_answers)
    app.add_typer(importing, name="import")
    app.command("verify", help=say("cli.verify"))(verify)
    app.command("judge", help=say("cli.judge"))(judge)
    app.command("status", help=say("cli.status"))(status)


def import_tasks(
    file: FileArgument,
    project: ProjectOption,
    channel: ChannelOption,
    kind: Annotated[Kind, typer.Option(help=say("cli.import.kind"))] = Kind.FREE,
    fields: MapOption = [],  # noqa: B006 - Typer makes a new list for each call
    source: SourceOption = None,
    licence: LicenceOption = None,
    family: FamilyOption = None,
    part: PartOption = None,
    original_channel: Annotated[
        Channel | None, typer.Option(help=say("cli.import.original_channel"))
    ] = None,
    original_licence: LicenceOption = None,
    original_family: FamilyOption = None,
    original_source: Annotated[str | None, typer.Option(help=say("cli.import.source"))] = None,
    images: Annotated[Path | None, typer.Option(help=say("cli.import.images"))] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Import tasks and keys."""
    from qinglan import elsewhere
    from qinglan.flow import load
    from qinglan.flow.context import open_context
    from qinglan.flow.terms import Terms

    elsewhere.prepare()
    mapping = load.task_mapping(fields)
    terms = Terms(channel=channel, licence=licence, family=family, part=part, name=source)
    original = None
    if original_channel is not None:
        original = Terms(
            channel=original_channel, licence=original_licence, family=original_family,
            name=original_source,
        )  # fmt: skip
    with open_context(workspace) as context, watched(say("stage.import"), silent=as_json) as bar:
        load.make_project(context, actor(), project, kind)
        done = load.load_tasks(
            context, actor(), project, file, mapping, terms, original=original,
            images=images or file.parent, progress=bar,
        )  # fmt: skip
    _show_import(done, as_json)


def import_answers(
    file: FileArgument,
    project: ProjectOption,
    channel: ChannelOption,
    annotator_type: Annotated[
        Literal["person", "model", "program"],
        typer.Option("--type", help=say("cli.import.type")),
    ],
    fields: MapOption = [],  # noqa: B006 - Typer makes a new list for each call
    source: SourceOption = None,
    licence: LicenceOption = None,
    family: FamilyOption = None,
    part: PartOption = None,
    tasks_from: Annotated[str | None, typer.Option(help=say("cli.import.tasks_from"))] = None,
    declare: Annotated[str | None, typer.Option(help=say("cli.import.declare"))] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Import annotators' answers."""
    from qinglan.flow import load
    from qinglan.flow.context import open_context
    from qinglan.flow.terms import Terms

    mapping = load.answer_mapping(fields)
    terms = Terms(channel=channel, licence=licence, family=family, part=part, name=source)
    with open_context(workspace) as context, watched(say("stage.import"), silent=as_json) as bar:
        done = load.load_answers(
            context, actor(), project, file, mapping, terms,
            annotator_type=annotator_type, tasks_from=tasks_from, declared=declare, progress=bar,
        )  # fmt: skip
    _show_import(done, as_json)


def _show_import(done: Imported, as_json: bool) -> None:
    if as_json:
        show_json(asdict(done))
    elif done.again:
        out.print(say("cli.import.again", file=done.file))
    else:
        out.print(
            say("cli.import.done", file=done.file, read=done.read, new=done.new,
                set_aside=done.set_aside)
        )  # fmt: skip
        for reason, count in sorted(done.reasons.items()):
            out.print(f"  {count:>8}  {say(f'reason.{reason}')}")


def verify(
    project: ProjectArgument, workspace: WorkspaceOption = Path(), as_json: JsonOption = False
) -> None:
    """Check answers against keys."""
    from qinglan.flow.context import open_context
    from qinglan.flow.verify import verify as verb

    with open_context(workspace) as context, watched(say("stage.verify"), silent=as_json) as bar:
        done = verb(context, actor(), project, progress=bar)
    if as_json:
        show_json(asdict(done))
        return
    out.print(say("cli.verify.done", checked=done.checked, **done.outcomes))
    for reason, count in sorted(done.undecided.items()):
        out.print(f"  {count:>8}  {say(f'reason.{reason}')}")


def judge(
    project: ProjectArgument,
    threshold: Annotated[float, typer.Option(help=say("cli.judge.threshold"))] = 0.5,
    keys: Annotated[bool, typer.Option(help=say("cli.judge.keys"))] = True,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Conclude verdicts."""
    from qinglan.flow.context import open_context
    from qinglan.flow.judge import judge as verb

    with open_context(workspace) as context, watched(say("stage.judge"), silent=as_json) as bar:
        done = verb(
            context, actor(), project, threshold=Decimal(str(threshold)), use_keys=keys,
            progress=bar,
        )  # fmt: skip
    if as_json:
        show_json(asdict(done))
        return
    aside = sum(done.set_aside.values())
    out.print(
        say("cli.judge.done", tasks=done.tasks, accepted=done.accepted, aside=aside,
            method=done.method)
    )  # fmt: skip
    for reason, count in sorted(done.set_aside.items()):
        out.print(f"  {count:>8}  {say(f'reason.{reason}')}")
    if done.tiers:
        out.print(say("cli.consensus.by_tier"))
    for tier in done.tiers:
        right = "—"
        if tier.value is not None:
            right = f"{tier.value:.4f} [{tier.low:.4f}, {tier.high:.4f}]"
        name = tier.tier or say("cli.consensus.no_tier")
        out.print(f"{tier.annotators:>6}  {tier.labels:>6}  {right}  {name}", markup=False)
    for alarm in done.alarms:
        out.print("! " + say(alarm))
    if done.flagged:
        out.print("! " + say("cli.judge.flagged", n=done.flagged))


def status(
    workspace: WorkspaceOption = Path(),
    recount: RecountOption = False,
    as_json: JsonOption = False,
) -> None:
    """What is where on the line."""
    from qinglan.flow.context import open_context
    from qinglan.flow.status import status as verb

    with open_context(workspace) as context:
        lines = verb(context, actor(), recount=recount)
    if as_json:
        show_json([line.to_json() for line in lines])
        return
    if not lines:
        out.print(say("cli.status.empty"))
    for line in lines:
        out.print(f"{line.project} ({line.kind})")
        for name, count in line.stages():
            out.print(f"  {count:>9,}  {say(f'cli.status.{name}')}")
        for stage, reason, count in line.set_aside:
            where = say(f"stage.{stage}")
            text = say("cli.status.set_aside", stage=where, reason=say(f"reason.{reason}"))
            out.print(f"  {count:>9,}  {text}")
        for name, count in line.withdrawn:
            what = say(f"withdrawn.{name}")
            out.print(f"  {count:>9,}  {say('cli.status.withdrawn', what=what)}")
        out.print(
            "  " + say("cli.status.balance", tasks=line.tasks, accepted=line.accepted,
                       aside=line.judged_aside, waiting=line.waiting)
        )  # fmt: skip

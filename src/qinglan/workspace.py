"""The Python face: a workspace, and the verbs as its methods.

Every method does what the command of the same name does, through the same ``flow`` verb, with
the same checks; results are the verbs' frozen records.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from qinglan.records import Actor, Kind, Purpose, Release, Role, Split

if TYPE_CHECKING:
    from qinglan.flow.admission import Admitted
    from qinglan.flow.asking import Asking
    from qinglan.flow.context import Context, Progress
    from qinglan.flow.evaluate import Evaluated
    from qinglan.flow.generate import Generated
    from qinglan.flow.headroom import Measured
    from qinglan.flow.judge import Judged
    from qinglan.flow.labels import AnnotatorQuality
    from qinglan.flow.load import Imported
    from qinglan.flow.plans import Composed, Plan
    from qinglan.flow.release import Summary, Verification
    from qinglan.flow.restore import Restored
    from qinglan.flow.results import AnswerLine, TaskLine
    from qinglan.flow.rights import Missing
    from qinglan.flow.safekeeping import BackedUp
    from qinglan.flow.status import StatusLine
    from qinglan.flow.suggesting import Suggesting
    from qinglan.flow.terms import Terms
    from qinglan.flow.tiers import Roster
    from qinglan.flow.trace import Node
    from qinglan.flow.train import Trained
    from qinglan.flow.upgrade import Upgraded
    from qinglan.flow.verify import Verified
    from qinglan.flow.withdraw import Withdrawn
    from qinglan.kinds.scheme import Scheme
    from qinglan.training.recipe import Progress as Training


class Workspace:
    """An opened workspace. Use it as a context manager, or ``close`` it."""

    def __init__(self, context: Context, actor: Actor) -> None:
        self._context = context
        self._actor = actor

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Workspace({str(self.folder)!r})"

    def close(self) -> None:
        """Finish the writes under way and let go of the database."""
        self._context.close()

    @property
    def folder(self) -> Path:
        """The workspace's folder."""
        return self._context.folder

    def load(
        self,
        project: str,
        file: str | PathLike[str],
        *,
        kind: Kind | str = Kind.FREE,
        fields: Sequence[str],
        terms: Terms,
        original: Terms | None = None,
        images: str | PathLike[str] | None = None,
        progress: Progress | None = None,
    ) -> Imported:
        """Import tasks, with keys where mapped; the project is made where it is new.

        Args:
            project: name of the project.
            file: JSONL, CSV or Parquet.
            kind: kind of work, for a new project.
            fields: mappings such as ``"prompt=question"``.
            terms: where the material came from.
            original: where the answers came from that are to be edited.
            images: folder that paths of pictures are taken from; default: the file's own.
            progress: called with rows done and rows in all.

        Raises:
            InputError: the file or the mapping cannot be used as a whole. Single bad rows are
                set aside instead, with file, line, field and reason.
        """
        from qinglan.flow import load
        from qinglan.flow.context import quiet

        load.make_project(self._context, self._actor, project, Kind(kind))
        return load.load_tasks(
            self._context, self._actor, project, Path(file), load.task_mapping(fields), terms,
            original=original, images=Path(file).parent if images is None else Path(images),
            progress=progress or quiet,
        )  # fmt: skip

    def suggest(self, project: str, model: str | None, *, hidden: int = 200) -> Suggesting:
        """Show the answers of ``model`` (an annotator's name) as suggestions; ``None``: nobody's.

        Args:
            project: name of the project, whose desk is open.
            model: whose answers, from ``generate`` or imported.
            hidden: from how many tasks in a thousand they are kept back, to measure their effect.

        Returns:
            What is suggested, and how far people follow it, with 95 % intervals.

        Raises:
            UsageError: this kind of work has no suggestions, or gold tasks would lack them.
            Refused: the model's terms permit no use of what is made in its sight.
        """
        from qinglan.flow import suggesting

        suggesting.suggest(self._context, self._actor, project, model, hidden=hidden)
        return suggesting.suggesting(self._context, self._actor, project)

    def compose(
        self, plan: Plan, *, why: str = "", touches: Sequence[str] | None = (), new: bool = False
    ) -> Composed:
        """Make the project that ``plan`` describes, or bring one that is there to it.

        Args:
            plan: from ``qinglan.flow.plans.read_plan``, or written out.
            why: what changed in the guideline, where it did.
            touches: skills whose answers so far the new guideline touches; ``None``: all.
            new: refuse where the project is there already.

        What the plan says nothing of stays as it is. What was done stays where a later part is
        refused: mend the plan, and compose it again.

        Raises:
            UsageError: the name cannot be used, the project is there with another kind, the
                guideline changed and nothing says why, or a part of the plan cannot be.
        """
        from qinglan.errors import UsageError
        from qinglan.flow import desk, guiding, load, office, plans, reading, scheme, tiers
        from qinglan.kinds.scheme import EMPTY

        context, actor = self._context, self._actor
        if plan.scheme != EMPTY and plan.kind not in scheme.NAMED:
            raise UsageError("flow.no_scheme_kind", project=plan.name, kind=plan.kind.value)
        known = {one.name for one in reading.list_projects(context, actor)}
        if new and plan.name in known:
            raise UsageError("flow.project_there", name=plan.name)
        load.make_project(context, actor, plan.name, plan.kind, en=plan.en, zh=plan.zh)
        newest = guiding.versions(context, actor, plan.name)[0].text
        revised = None
        if (newest.en, newest.zh) != (plan.en, plan.zh):
            revised = guiding.revise(
                context, actor, plan.name, en=plan.en, zh=plan.zh, why=why, touches=touches
            )
        if plan.scheme != EMPTY and scheme.show_scheme(context, actor, plan.name)[1] != plan.scheme:
            scheme.set_scheme(context, actor, plan.name, plan.scheme)
        changed = []
        before = self.plan(plan.name)
        if plan.tiers is not None and plan.tiers != (before.tiers or ()):
            tiers.name_tiers(context, actor, plan.name, plan.tiers)
            changed.append("tiers")
        rules = plan.rules
        ruled = rules is not None and rules != office.desk(context, actor, plan.name).rules
        if rules is not None and ruled:
            desk.open_desk(context, actor, plan.name, rules)
        changed += self._compose_asked(plan, before)
        return plans.Composed(
            project=plan.name, made=plan.name not in known, ruled=ruled, revised=revised,
            changed=tuple(changed),
        )  # fmt: skip

    def _compose_asked(self, plan: Plan, before: Plan) -> list[str]:
        """Bring to the plan what is asked of people, and paid; what changed."""
        from qinglan.flow import conduct, pay, rights, routes

        context, actor, changed = self._context, self._actor, []
        if plan.needs is not None and plan.needs != (before.needs or {}):
            for skill in {**(before.needs or {}), **plan.needs}:
                routes.need_tier(context, actor, plan.name, skill, plan.needs.get(skill))
            changed.append("needs")
        if plan.marks is not None and plan.marks != before.marks:
            conduct.set_marks(context, actor, plan.name, plan.marks)
            changed.append("marks")
        if plan.rights is not None:
            last = rights.statement(context, actor, plan.name)
            asked = rights.set_statement(
                context, actor, plan.name, en=plan.rights.en, zh=plan.rights.zh
            )
            if asked != last:
                changed.append("rights")
        if plan.pay is not None:
            rates, paid = pay.plan(context, actor, plan.name).rates, plan.pay
            made = pay.set_rate(
                context, actor, plan.name, paid.amount, paid.currency, budget=paid.budget
            )
            if made not in rates:
                changed.append("pay")
        return changed

    def plan(self, project: str) -> Plan:
        """The settings of ``project``: ``compose`` of them changes nothing.

        Write them to a file with ``qinglan.flow.plans.write_plan``.

        Raises:
            UsageError: there is no such project.
        """
        from qinglan.flow import conduct, guiding, office, pay, plans, rights, routes, scheme

        context, actor = self._context, self._actor
        desk = office.desk(context, actor, project)
        text = guiding.versions(context, actor, project)[0].text
        asked, rates = rights.statement(context, actor, project), None
        if office.may(actor, "pay"):
            rates = pay.plan(context, actor, project).rates
        return plans.Plan(
            name=project, kind=desk.kind, en=text.en, zh=text.zh, rules=desk.rules,
            scheme=scheme.show_scheme(context, actor, project)[1],
            tiers=desk.tiers or None, needs=routes.needs(context, actor, project) or None,
            marks=conduct.marks(context, actor, project),
            rights=None if asked is None else plans.Words(en=asked.en, zh=asked.zh),
            pay=None if not rates else plans.Pay(
                amount=_digits(rates[0].amount), currency=rates[0].currency,
                budget=None if rates[0].budget is None else _digits(rates[0].budget),
            ),
        )  # fmt: skip

    def set_scheme(self, project: str, file: str | PathLike[str]) -> int:
        """Say what the labels and criteria of ``project`` are called; the scheme's version.

        ``file`` is TOML: see ``qinglan.kinds.scheme``. A key that is there stays; its texts may
        change, and old answers come along.

        Raises:
            InputError: the file cannot be read, or is no scheme.
            UsageError: a key is gone or has another scale, or the kind has none.
        """
        from qinglan.flow import scheme

        return scheme.set_scheme(self._context, self._actor, project, scheme.read_file(Path(file)))

    def scheme(self, project: str) -> Scheme:
        """What the labels and criteria of ``project`` are called."""
        from qinglan.flow.scheme import show_scheme

        return show_scheme(self._context, self._actor, project)[1]

    def load_answers(
        self,
        project: str,
        file: str | PathLike[str],
        *,
        fields: Sequence[str],
        terms: Terms,
        annotator_type: Literal["person", "model", "program"],
        tasks_from: str | None = None,
        declared: str | None = None,
        progress: Progress | None = None,
    ) -> Imported:
        """Import annotators' answers to tasks that are here; see ``load`` for the arguments."""
        from qinglan.flow import load
        from qinglan.flow.context import quiet

        return load.load_answers(
            self._context, self._actor, project, Path(file), load.answer_mapping(fields), terms,
            annotator_type=annotator_type, tasks_from=tasks_from, declared=declared,
            progress=progress or quiet,
        )  # fmt: skip

    def generate(
        self,
        project: str,
        *,
        model: str,
        endpoint: str | None = None,
        folder: str | PathLike[str] | None = None,
        terms: Terms,
        revision: str | None = None,
        purpose: Purpose | str = Purpose.TRAINING,
        samples: int = 1,
        temperature: float = 0.0,
        max_tokens: int = 1024,
        seed: int = 0,
        parallel: int = 32,
        timeout: float = 120.0,
        key_env: str | None = None,
        key_file: str | PathLike[str] | None = None,
        max_calls: int | None = None,
        token_budget: int | None = None,
        max_cost: Decimal | str | None = None,
        prices: tuple[Decimal | str, Decimal | str] | None = None,
        progress: Progress | None = None,
    ) -> Generated:
        """Let a permitted model answer the tasks that have no answer of its yet.

        Calling again goes on where it stopped, and pays for no reply twice.

        Args:
            project: name of the project.
            model: its name, as the server knows it.
            endpoint: base URL of an OpenAI-compatible server; or
            folder: of a model to run here.
            terms: channel (``weights``, ``api``, ``own``, ``simulated``), licence and family.
            revision: version of the model; another one is another annotator.
            purpose: what the answers are for; the gate judges by it.
            samples: answers a task.
            temperature: 0 takes the likeliest words.
            max_tokens: most tokens an answer.
            seed: of the sampling.
            parallel: calls at once.
            timeout: seconds to wait for a reply.
            key_env: name of the environment variable that holds the API key; or
            key_file: a file with mode 0600 that holds it.
            max_calls: most calls to pay for, earlier runs included.
            token_budget: most tokens to use, earlier runs included.
            max_cost: most money to spend, earlier runs included; needs ``prices``.
            prices: of a million tokens of prompt, and of completion.
            progress: called with answers there are and answers wanted.

        Raises:
            Refused: the terms of the model, or of a task's source, do not permit ``purpose``.
            EndpointError: the server, or the way to it, failed for good; what came is kept.
        """
        from qinglan.flow import generate as verb
        from qinglan.flow.api_key import read_key
        from qinglan.flow.context import quiet

        choice = verb.Choice(
            model=model, terms=terms, endpoint=endpoint, revision=revision, parallel=parallel,
            folder=None if folder is None else Path(folder), timeout=timeout,
            key=read_key(key_env, None if key_file is None else Path(key_file)),
        )  # fmt: skip
        budget = verb.Budget(
            calls=max_calls, tokens=token_budget,
            money=None if max_cost is None else Decimal(max_cost),
            prices=None if prices is None else verb.Prices(
                prompt=Decimal(prices[0]), completion=Decimal(prices[1])
            ),
        )  # fmt: skip
        return verb.generate(
            self._context, self._actor, project, choice, purpose=Purpose(purpose),
            samples=samples, budget=budget, progress=progress or quiet,
            sampling=verb.Sampling(temperature=temperature, max_tokens=max_tokens, seed=seed),
        )  # fmt: skip

    def verify(self, project: str, *, progress: Progress | None = None) -> Verified:
        """Check the answers against their keys; three-valued."""
        from qinglan.flow.context import quiet
        from qinglan.flow.verify import verify

        return verify(self._context, self._actor, project, progress=progress or quiet)

    def judge(
        self,
        project: str,
        *,
        threshold: Decimal | str = "0.5",
        use_keys: bool = True,
        progress: Progress | None = None,
    ) -> Judged:
        """Conclude a verdict on each task."""
        from qinglan.flow.context import quiet
        from qinglan.flow.judge import judge

        return judge(
            self._context, self._actor, project, threshold=Decimal(threshold), use_keys=use_keys,
            progress=progress or quiet,
        )  # fmt: skip

    def release(
        self,
        project: str,
        *,
        name: str,
        purpose: Purpose | str,
        built: datetime | None = None,
        dev: int | None = None,
        test: int | None = None,
        progress: Progress | None = None,
    ) -> tuple[Release, Path]:
        """Freeze the accepted verdicts into a signed folder; the record and the folder.

        ``dev`` and ``test`` are shares of groups, per mille.

        Raises:
            Refused: the terms of some origin do not permit ``purpose``.
        """
        from qinglan.flow.context import quiet
        from qinglan.flow.release import build_release

        return build_release(
            self._context, self._actor, project, name=name, purpose=Purpose(purpose), built=built,
            dev=dev,
            test=test,
            progress=progress or quiet,
        )  # fmt: skip

    def train(
        self,
        release: str,
        *,
        base: str | PathLike[str],
        out: str | PathLike[str] | None = None,
        recipe: str | PathLike[str] | None = None,
        progress: Callable[[Training], None] | None = None,
        **options: int | Decimal,
    ) -> Trained:
        """Train the model in ``base`` on the training split of ``release`` (``PROJECT/RELEASE``).

        Args:
            release: made here, for training; checked, and the gate is asked as of today.
            base: folder with ``config.json``, safetensors weights and a tokenizer.
            out: folder of the run (default: ``models/RELEASE`` in the workspace); a training
                that was cut off goes on from there.
            recipe: TOML file with the fields of a ``Recipe``.
            progress: called after each step with steps done, loss, and seconds left.
            options: fields of the recipe that count before the file's, such as ``steps``,
                ``learning_rate``, ``batch`` or ``seed``.

        Raises:
            Refused: the release is for evaluation, or its terms do not permit training today.
        """
        from qinglan.flow.train import train
        from qinglan.training.recipe import quiet

        return train(
            self._context, self._actor, release, base=Path(base),
            out=None if out is None else Path(out),
            recipe=None if recipe is None else Path(recipe),
            options=options, progress=progress or quiet,
        )  # fmt: skip

    def evaluate(
        self,
        model: str | PathLike[str],
        *,
        on: str,
        split: Split | str = "test",
        endpoint: str | None = None,
        api_key: str | None = None,
        channel: Literal["own", "weights", "api"] | None = None,
        family: str | None = None,
        licence: str | None = None,
        against: str | None = None,
        verifier: str | None = None,
        why: str = "evaluation",
        progress: Progress | None = None,
        **manner: int | float | str | None,
    ) -> Evaluated:
        """Score a model on a split of the release ``on`` (``PROJECT/RELEASE``); file the report.

        Args:
            model: folder of the model; with ``endpoint``, its name.
            on: a release made here.
            split: ``test``, or ``dev`` where choices are made.
            endpoint: an OpenAI-compatible server, such as ``http://127.0.0.1:8000/v1``.
            api_key: for the server; kept nowhere.
            channel: of a served model, without which the gate refuses: ``own``, ``weights`` or
                ``api``.
            family: the model family that terms speak of.
            licence: of a served model's weights.
            against: id of a report on the same set, to compare with item by item.
            verifier: name of the verifier (default: the kind's own).
            why: what this look is for; the set remembers it.
            progress: called with items done and items in all.
            manner: ``samples``, ``k``, ``temperature``, ``max_tokens``, ``seed``, ``instruct``.

        Raises:
            CheckFailed: the model learned from some of the questions.
        """
        from qinglan.evaluation.examination import make_manner
        from qinglan.flow.context import quiet
        from qinglan.flow.evaluate import evaluate
        from qinglan.flow.subjects import local, served

        if endpoint is None:
            subject = local(Path(model))
        else:
            subject = served(
                self._context, str(model), endpoint, api_key=api_key, channel=channel,
                family=family, licence=licence,
            )  # fmt: skip
        return evaluate(
            self._context, self._actor, subject, on=on, split=Split(split),
            manner=make_manner(**manner), verifier=verifier, against=against, why=why,
            progress=progress or quiet,
        )  # fmt: skip

    def headroom(
        self,
        *,
        teacher: str,
        student: str | None = None,
        experts: Sequence[str] = (),
        budget: int | None = None,
        page: str | PathLike[str] | None = None,
    ) -> Measured:
        """By skill, what the teacher can still teach, and what only experts can.

        Args:
            teacher: id of its report, with samples, on a development split.
            student: id of its report on the same set.
            experts: names of annotators (default: all people in the project).
            budget: expert tasks, to spread by what only experts can teach.
            page: also write an HTML page here.
        """
        from qinglan.flow.headroom import headroom, write_page

        found = headroom(
            self._context, self._actor, teacher=teacher, student=student, experts=experts,
            budget=budget,
        )  # fmt: skip
        if page is not None:
            write_page(self._context, found, Path(page))
        return found

    def may_train(self, release: str) -> Admitted:
        """Check ``release`` (``PROJECT/RELEASE``) and ask the gate, today, for leave to train.

        Raises:
            Refused: it was made for evaluation, or the terms of a source do not permit training.
            IntegrityError: its folder does not hold what was signed here.
        """
        from qinglan.flow.train import may_train

        return may_train(self._context, self._actor, release)

    def record_run(self, folder: str | PathLike[str]) -> str:
        """Note that the model in ``folder`` was trained on a release made here; the run's id.

        From then on ``trace`` leads from the run to the sources of its data.
        """
        from qinglan.flow.train import record_run

        return record_run(self._context, self._actor, Path(folder))

    def report(self, project: str, target: str | PathLike[str] | None = None) -> Path:
        """Write the project's report; the file (default: ``report.html`` in the workspace)."""
        from qinglan.flow.report import write_report

        file = self.folder / "report.html" if target is None else Path(target)
        return write_report(self._context, self._actor, project, file)

    def status(self) -> list[StatusLine]:
        """What is where on the line, for each project."""
        from qinglan.flow.status import status

        return status(self._context, self._actor)

    def answers(self, project: str) -> Iterator[AnswerLine]:
        """Every current answer of the project with its check, by task."""
        from qinglan.flow.results import read_answers

        return read_answers(self._context, self._actor, project)

    def tasks(self, project: str) -> Iterator[TaskLine]:
        """Every task of the project with its verdict, held against its key where it has one."""
        from qinglan.flow.results import read_tasks

        return read_tasks(self._context, self._actor, project)

    def annotators(self, project: str) -> tuple[AnnotatorQuality, ...]:
        """Every annotator's reliability with its interval, estimated without keys."""
        from qinglan.flow.report import annotator_quality

        return annotator_quality(self._context, self._actor, project)

    def people(self, project: str) -> Roster:
        """Everybody with a seat or a tier: tier, languages, credentials, what they agreed to."""
        from qinglan.flow.tiers import roster

        return roster(self._context, self._actor, project)

    def give_tier(self, project: str, name: str, tier: str | None, why: str) -> None:
        """Give the annotator ``name`` a tier of the project, or take theirs away (``None``).

        Raises:
            PermissionDenied: ``name`` is the actor.
            UsageError: there is no such annotator or tier, or no reason is given.
        """
        from qinglan.flow.tiers import give_tier

        give_tier(self._context, self._actor, project, name, tier, why)

    def add_credential(self, project: str, name: str, words: str, link: str = "") -> int:
        """Keep that evidence was seen of what the annotator ``name`` can; its number.

        ``link`` says where the evidence lies; it is only ever shown as text.

        Raises:
            PermissionDenied: ``name`` is the actor.
            UsageError: there is no such annotator, no words, or the link cannot be one.
        """
        from qinglan.flow.tiers import add_credential

        return add_credential(self._context, self._actor, project, name, words, link)

    def end_credential(self, project: str, name: str, number: int) -> None:
        """Let a credential of the annotator ``name`` count no longer; it stays to be seen."""
        from qinglan.flow.tiers import end_credential

        end_credential(self._context, self._actor, project, name, number)

    def try_again(self, project: str, name: str, why: str) -> None:
        """Let ``name`` do a failed qualification once more, and say why.

        Raises:
            UsageError: they have not failed one, or no reason is given.
        """
        from qinglan.flow.lessons import try_again

        try_again(self._context, self._actor, project, name, why)

    def missing_rights(self, project: str) -> list[Missing]:
        """Whose accepted answers no release holds until they agree to the statement of rights."""
        from qinglan.flow.rights import missing

        return missing(self._context, self._actor, project)

    def whom_to_ask(self, project: str) -> Asking | None:
        """What one more answer of each person is expected to mend, by skill and language, as the
        last judging left it; ``None`` before the first.
        """
        from qinglan.flow.asking import whom

        return whom(self._context, self._actor, project)

    def backup(self, place: str | PathLike[str]) -> BackedUp:
        """Back the workspace up into a new folder in ``place``, keys included; see ``restore``."""
        from qinglan.flow.backup import backup

        return backup(self._context, self._actor, Path(place))

    def withdraw(
        self,
        project: str,
        *,
        annotator: str | None = None,
        source: str | None = None,
        really: bool = False,
    ) -> Withdrawn:
        """Erase what an annotator gave, or what came from a source, from ``project``, for good.

        Without ``really`` nothing is changed: the result says what would go, and which releases
        hold it. Releases are signed and stay as they are.
        """
        from qinglan.flow.withdraw import withdraw

        return withdraw(
            self._context, self._actor, project, annotator=annotator, source=source, really=really
        )

    def export_history(self, project: str, file: str | PathLike[str]) -> int:
        """Write the project's hash chain to a new file, for an auditor; how many entries."""
        from qinglan.flow.history import export_history

        return export_history(self._context, self._actor, project, Path(file))

    def trace(self, record: str) -> Node:
        """Walk a record back to its sources."""
        from qinglan.flow.trace import trace

        return trace(self._context, self._actor, record)


def init(
    path: str | PathLike[str], *, database: str | None = None, actor: Actor | None = None
) -> Workspace:
    """Make a workspace in ``path`` (or open the one that is there)."""
    from qinglan.flow.init import init as verb

    return Workspace(verb(Path(path), database=database), actor or _self())


def open(path: str | PathLike[str], *, actor: Actor | None = None) -> Workspace:
    """Open the workspace in ``path``.

    Raises:
        WorkspaceError: no workspace is there, or its settings or keys cannot be used.
    """
    from qinglan.flow.context import open_context

    return Workspace(open_context(Path(path)), actor or _self())


def upgrade(
    path: str | PathLike[str],
    *,
    backups: str | PathLike[str] | None = None,
    actor: Actor | None = None,
) -> Upgraded:
    """Bring the database of the workspace in ``path`` to this version's schema.

    A backup is made first, in ``backups`` (default: the folder ``backups`` of the workspace).
    """
    from qinglan.flow.upgrade import upgrade as verb

    place = None if backups is None else Path(backups)
    return verb(Path(path), actor or _self(), place=place)


def restore(
    backup: str | PathLike[str],
    path: str | PathLike[str],
    *,
    database: str | None = None,
    key: str | PathLike[str] | None = None,
    erasures: str | PathLike[str] | None = None,
    actor: Actor | None = None,
) -> Restored:
    """Restore a backup to a workspace in ``path``, which must not exist or be empty.

    ``database`` is the address of an empty PostgreSQL database, for a workspace that was on one;
    ``key`` the workspace's public key, from elsewhere than the backup; ``erasures`` the
    workspace's ``erasures.jsonl``, so that what was withdrawn since does not come back.

    Raises:
        IntegrityError: a file of the backup is missing or was altered.
    """
    from qinglan.flow.restore import restore as verb

    return verb(
        Path(backup), Path(path), actor or _self(), database=database,
        key=None if key is None else Path(key),
        journal=None if erasures is None else Path(erasures),
    )  # fmt: skip


def check_release(
    path: str | PathLike[str],
    *,
    key: str | PathLike[str] | None = None,
    history: str | PathLike[str] | None = None,
) -> Verification:
    """Check a release folder without workspace or network.

    Without ``key`` the result speaks of integrity only: the signer is unknown. ``history`` is
    the project's exported history, to be held against the head that the release was signed with.
    """
    from qinglan.flow.release import check_release as verb

    return verb(
        Path(path), key=None if key is None else Path(key),
        history=None if history is None else Path(history),
    )  # fmt: skip


def show_release(path: str | PathLike[str]) -> Summary:
    """What a release folder says it holds (unchecked; see ``check_release``)."""
    from qinglan.flow.release import show_release as verb

    return verb(Path(path))


def _digits(amount: Decimal) -> str:
    return format(amount, "f")


def _self() -> Actor:
    return Actor(name=getpass.getuser(), role=Role.OWNER)

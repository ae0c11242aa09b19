"""Choosing a teacher, and asking the gate about it. Not a verb: a part of ``generate``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from qinglan.endpoints.address import check_base_url
from qinglan.endpoints.asking import Respondent
from qinglan.endpoints.http import OpenAICompatible
from qinglan.endpoints.local_teacher import LocalTeacher, address_of
from qinglan.endpoints.pace import Patience
from qinglan.errors import UsageError
from qinglan.flow import gate
from qinglan.flow.context import Context
from qinglan.flow.terms import Terms, origin_of
from qinglan.policy import Permit
from qinglan.policy.review import read as read_permit
from qinglan.records import Origin, Project, Purpose
from qinglan.storage import origins
from qinglan.teachers import Teacher
from qinglan.training import run as runs

_MODELS = frozenset({"own", "weights", "api", "simulated"})
"""Channels by which a model's answers reach us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The model to ask: behind a server at ``endpoint``, or in ``folder``; one of the two."""

    model: str
    terms: Terms
    endpoint: str | None = None
    folder: Path | None = None
    revision: str | None = None
    key: str | None = field(default=None, repr=False)
    parallel: int = 32
    timeout: float = 120.0


def pin(choice: Choice) -> Teacher:
    """The teacher that is meant, pinned. A model that runs here is pinned by its weights.

    Raises:
        UsageError: not one of endpoint and folder, an address that cannot be used, or terms that
            are none of a model.
        EndpointError: no model is in the folder.
        IntegrityError: a run of ours left its record there, and weights or permit are others.
    """
    terms = choice.terms
    if terms.channel not in _MODELS:
        raise UsageError("flow.no_model_channel", channel=terms.channel)
    if not 1 <= len(choice.model) <= 100 or len(choice.revision or "") > 90:
        raise UsageError("flow.bad_model_name")
    if choice.endpoint is not None and choice.folder is None:
        address = check_base_url(choice.endpoint)
    elif choice.folder is not None and choice.endpoint is None:
        address = address_of(choice.folder)
    else:
        raise UsageError("flow.endpoint_or_folder")
    if terms.channel in ("weights", "api") and terms.family is None:
        terms = replace(terms, family=choice.model)
    _, pinned, digest = address.partition("weights:")
    origin = origin_of(terms, choice.model if pinned else address, digest if pinned else None)
    return Teacher(
        model=choice.model, revision=choice.revision, address=address, origin=origin,
        learned=frozenset() if choice.folder is None else _learned(choice.folder),
    )  # fmt: skip


def _learned(folder: Path) -> frozenset[Origin]:
    """What the model in ``folder`` learned from, where a run of ours made it."""
    if not (folder / runs.RECORD).exists():
        return frozenset()
    runs.read_record(folder)
    file = folder / runs.PERMIT
    permit = read_permit(file.read_bytes() if file.exists() else b"")
    return frozenset(decision.origin for decision in permit.decisions)


def ask_gate(context: Context, project: Project, teacher: Teacher, purpose: Purpose) -> Permit:
    """The gate's leave to ask ``teacher`` about the project's tasks, as of today.

    The sources of the tasks are judged with it, for what no release could hold is not worth paying
    for; and so is what a model of ours learned from, for its terms travel with its answers.

    Raises:
        Refused: the terms of the model or of a source do not permit ``purpose``.
    """
    with context.storage.read() as conn:
        sources = origins.of_project(conn, project.id)
    return gate.ask(context, [teacher.origin, *teacher.learned, *sources], purpose)


def admit(teacher: Teacher, choice: Choice, permit: Permit) -> Respondent:
    """The teacher, ready to be asked under ``permit``."""
    if choice.folder is not None:
        return LocalTeacher(
            choice.folder, origin=teacher.origin, permit=permit, name=teacher.model,
            address=teacher.address,
        )  # fmt: skip
    return OpenAICompatible(
        teacher.address, teacher.model, choice.key, origin=teacher.origin, permit=permit,
        parallel=choice.parallel, patience=Patience(timeout=choice.timeout),
    )  # fmt: skip

"""Who is examined: a model in a folder, or one behind a server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qinglan.endpoints.address import check_base_url
from qinglan.endpoints.completion import Endpoint
from qinglan.endpoints.form import form_of
from qinglan.endpoints.http import OpenAICompatible
from qinglan.endpoints.local import LocalModel
from qinglan.errors import UsageError
from qinglan.flow import gate
from qinglan.flow.context import Context
from qinglan.records import Origin, Purpose
from qinglan.training import run as runs

Channel = Literal["own", "weights", "api"]
"""How a model that answers reached us: made by us, run by us, or a vendor's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The model that is examined."""

    endpoint: Endpoint
    form: Callable[[str], str]
    """From a question to what the endpoint is given."""
    weights: str | None = None
    """Their digest; ``None`` where nobody here can know them."""
    server: str | None = None
    run: str | None = None
    """Id of the run that made it, where one of ours did."""

    @property
    def digest(self) -> str:
        """What a look at a held-out set names it by."""
        return self.weights or f"{self.endpoint.name} at {self.server}"[:500]


def local(folder: Path) -> Subject:
    """The model in ``folder``.

    Raises:
        UsageError: there is none.
        IntegrityError: a run of ours left its record there, and the weights are others.
        MissingPart: transformers is not installed.
    """
    weights = runs.fingerprint(folder)
    made = runs.read_record(folder) if (folder / runs.RECORD).exists() else None
    return Subject(
        endpoint=LocalModel(folder, name=folder.resolve().name),
        form=form_of(folder),
        weights=weights,
        run=None if made is None else made.id,
    )


def served(
    context: Context,
    name: str,
    url: str,
    *,
    api_key: str | None = None,
    channel: Channel | None,
    family: str | None = None,
    licence: str | None = None,
) -> Subject:
    """The model called ``name`` behind the OpenAI-compatible server at ``url``.

    The gate is asked, as of today, whether its answers may be used for evaluation.

    Args:
        context: the workspace, which may add terms of its own.
        name: as the server calls it.
        url: such as ``http://127.0.0.1:8000/v1``.
        api_key: for the server; it is kept nowhere.
        channel: ``own`` (made by us), ``weights`` (a published model we run) or ``api``.
        family: the model family that terms speak of.
        licence: of the weights.

    Raises:
        Refused: no terms permit it.
        UsageError: the URL or the key cannot be used, or no channel is given.
    """
    address = check_base_url(url)
    if channel is None:
        raise UsageError("flow.no_channel", model=name)
    origin = Origin(
        source=f"{name} at {address}"[:500], channel=channel, family=family, licence=licence
    )
    permit = gate.ask(context, [origin], Purpose.EVALUATION)
    endpoint = OpenAICompatible(url, name, api_key, origin=origin, permit=permit)
    return Subject(endpoint=endpoint, form=lambda question: question, server=address)

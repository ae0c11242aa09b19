"""One row of a release, in its two forms: for training, and for proof.

The *data row* is what a trainer loads: prompt, answer, steps, value, chat messages, preference
pair, and where it came from. The *proof* holds what is needed beside it to rebuild the very
records that the workspace committed to: ids, salts, commitments, source file and row. Neither
repeats the other: ``restore`` puts both together again, so a data row that was changed no longer
matches its commitments, and a checker needs no database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qinglan import pictures
from qinglan.errors import IntegrityError
from qinglan.kinds import alternatives, chat
from qinglan.provenance.identity import canonical, commitment
from qinglan.records import (
    AlternativesAnswer,
    Annotation,
    Annotator,
    ChatAnswer,
    Check,
    ChoiceAnswer,
    ComparisonAnswer,
    EditAnswer,
    FreeAnswer,
    ItemAnswer,
    Kind,
    MarksAnswer,
    NumberAnswer,
    Origin,
    PreferenceAnswer,
    RankingAnswer,
    RubricAnswer,
    Sample,
    SpansAnswer,
    Split,
    StepsAnswer,
    Task,
    Verdict,
)
from qinglan.releases import scales

Data = dict[str, Any]
"""A data row or a proof as JSON has it; ``tables.schema`` states the columns of a data row."""

_PUBLIC_ORIGIN = ("source", "channel", "licence", "family", "part")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRow:
    """One accepted verdict with everything it rests on."""

    verdict: Verdict
    task: Task
    annotation: Annotation
    annotator: Annotator
    samples: tuple[Sample, ...]
    checks: tuple[Check, ...]

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Where its samples and its answer came from; each origin once."""
        every = (*(sample.origin for sample in self.samples), self.annotator.origin)
        return tuple(dict.fromkeys(every))


def examine(row: ReleaseRow) -> None:
    """See that the records of one row belong together.

    Raises:
        IntegrityError: they do not; names the record and the field.
    """
    expected: tuple[tuple[str, object, object], ...] = (
        ("reason", row.verdict.reason, None),
        ("task", row.verdict.task, row.task.id),
        ("annotation", row.verdict.annotation, row.annotation.id),
        ("annotation.task", row.annotation.task, row.task.id),
        ("annotation.annotator", row.annotation.annotator, row.annotator.id),
        ("annotation.kind", row.annotation.answer.kind, row.task.kind.value),
        ("annotator.project", row.annotator.project, row.task.project),
        ("samples", tuple(sample.id for sample in row.samples), row.task.samples),
        ("checks", {check.annotation for check in row.checks} - {row.annotation.id}, set()),
    )
    for field, found, wanted in expected:
        if found != wanted:
            raise IntegrityError("releases.row_torn", record=row.verdict.id, field=field)
    options = len(row.task.options)
    whole = {Kind.PREFERENCE: options == 2, Kind.EDIT: options == 1, Kind.COMPARISON: options > 2}
    if not whole.get(row.task.kind, True):
        raise IntegrityError("releases.row_torn", record=row.verdict.id, field="options")


def texts(row: ReleaseRow) -> tuple[str, ...]:
    """What may show pictures: the task's texts, then the answer's."""
    return row.task.prompt, *row.task.options, row.annotation.answer.model_dump_json()


def flatten(row: ReleaseRow, split: Split, images: Mapping[str, str] | None = None) -> Data:
    """The data row; ``images`` has the paths of pictures by their ids, where there are any."""
    task, verdict = row.task, row.verdict
    answer = _answer(row.annotation, task.options)
    chosen, rejected = _pair(task, row.annotation)
    reply = chosen if task.kind in _JUDGED else answer["answer"]
    return {
        "id": task.id,
        "split": split.value,
        "kind": task.kind.value,
        "prompt": task.prompt,
        "options": list(task.options),
        **answer,
        "chosen": chosen,
        "rejected": rejected,
        "messages": _messages(task, row.annotation, reply),
        "value": verdict.value,
        "probability": None if verdict.probability is None else str(verdict.probability),
        "votes": verdict.votes,
        "method": verdict.method,
        "skill": task.skill,
        "group": task.group,
        "annotator": row.annotator.id,
        "annotator_type": row.annotator.type,
        "simulated": row.annotator.simulated,
        "origins": [_public(origin) for origin in row.origins],
        "checks": [
            {
                "verifier": check.verifier,
                "outcome": check.outcome.value,
                "answer": check.answer,
                "reason": None if check.reason is None else check.reason.value,
            }
            for check in sorted(row.checks, key=lambda check: check.verifier)
        ],
        **scales.columns(task, row.annotation.answer, verdict),
        **({} if images is None else {"images": _images(row, images)}),
    }


def _images(row: ReleaseRow, paths: Mapping[str, str]) -> list[str]:
    """The paths of the pictures that the row's texts show, in the order of showing."""
    return [paths[id_] for id_ in pictures.referred(texts(row)) if id_ in paths]


_JUDGED = frozenset({Kind.PREFERENCE, Kind.MARKS, Kind.ALTERNATIVES, Kind.ITEM, *scales.KINDS})
"""Kinds whose answers are no text that a model should learn to give."""


def prove(row: ReleaseRow, guideline: str) -> Data:
    """The proof that goes with the data row; ``guideline`` is the release's.

    A task that came under an earlier version names it. A sample's text is left out where the
    prompt repeats it. A person's name never leaves.
    """
    task, annotation, annotator = row.task, row.annotation, row.annotator
    came = {} if task.guideline == guideline else {"guideline": task.guideline}
    return {
        "id": task.id,
        "task": {"commitment": commitment(task), "salt": task.salt, **came},
        "verdict": {"id": row.verdict.id, "commitment": commitment(row.verdict)},
        "annotation": {
            "id": annotation.id,
            "commitment": commitment(annotation),
            "salt": annotation.salt,
            "supersedes": annotation.supersedes,
        },
        "annotator": {
            "name": None if annotator.type == "person" else annotator.name,
            "origin": annotator.origin.model_dump(mode="json"),
        },
        "samples": [
            {
                "id": sample.id,
                "commitment": commitment(sample),
                "salt": sample.salt,
                "row": sample.row,
                "text": None if sample.text == task.prompt else sample.text,
                "origin": sample.origin.model_dump(mode="json"),
            }
            for sample in row.samples
        ],
    }


def restore(data: Data, proof: Data, *, project: str, guideline: str) -> ReleaseRow:
    """The records that a data row and its proof were made of.

    Raises:
        ValueError, KeyError, TypeError: they are not in the form that this room writes.
    """
    annotation = Annotation(
        id=proof["annotation"]["id"],
        task=data["id"],
        annotator=data["annotator"],
        answer=_restored_answer(data),
        supersedes=proof["annotation"]["supersedes"],
        salt=proof["annotation"]["salt"],
    )
    return ReleaseRow(
        verdict=Verdict(
            id=proof["verdict"]["id"],
            annotation=annotation.id,
            task=data["id"],
            **{name: data[name] for name in ("value", "probability", "votes", "method")},
            estimates=data.get("estimates", ()),
        ),
        task=Task(
            project=project,
            guideline=proof["task"].get("guideline", guideline),
            samples=tuple(sample["id"] for sample in proof["samples"]),
            salt=proof["task"]["salt"],
            **{n: data[n] for n in ("id", "kind", "prompt", "options", "skill", "group")},
        ),
        annotation=annotation,
        annotator=Annotator(
            id=data["annotator"],
            project=project,
            type=data["annotator_type"],
            name=proof["annotator"]["name"] or data["annotator"],
            origin=Origin(**proof["annotator"]["origin"]),
            simulated=data["simulated"],
        ),
        samples=tuple(_sample(part, data["prompt"]) for part in proof["samples"]),
        checks=tuple(Check(annotation=annotation.id, **check) for check in data["checks"]),
    )


def broken(row: ReleaseRow, proof: Data) -> str | None:
    """The first part of a restored row that its commitment in ``proof`` does not fit."""
    said: list[tuple[str, Any, str]] = [
        ("task", row.task, proof["task"]["commitment"]),
        ("verdict", row.verdict, proof["verdict"]["commitment"]),
        ("annotation", row.annotation, proof["annotation"]["commitment"]),
    ]
    parts = zip(row.samples, proof["samples"], strict=True)
    said += [("samples", sample, part["commitment"]) for sample, part in parts]
    return next((name for name, record, digest in said if commitment(record) != digest), None)


def _answer(annotation: Annotation, options: tuple[str, ...]) -> Data:
    match annotation.answer:
        case FreeAnswer(text=text):
            return {"answer": text, "steps": None, "final": None, "because": None}
        case StepsAnswer(steps=steps, final=final):
            text = "\n".join((*steps, final))
            return {"answer": text, "steps": list(steps), "final": final, "because": None}
        case ChoiceAnswer(option=option):
            return {"answer": option, "steps": None, "final": None, "because": None}
        case PreferenceAnswer(winner=winner, because=because):
            return {"answer": winner, "steps": None, "final": None, "because": because}
        case MarksAnswer(marks=marks, because=because, continuation=continuation):
            text = " ".join(marks)
            return {"answer": text, "steps": None, "final": continuation, "because": because}
        case AlternativesAnswer() as rated:
            text = canonical(rated.model_dump(mode="json")).decode()
            taken = list(alternatives.path(rated, options))
            return {
                "answer": text, "steps": taken, "final": rated.steps[-1].written, "because": None,
            }  # fmt: skip
        case ItemAnswer() as item:
            text = canonical(item.model_dump(mode="json")).decode()
            return {
                "answer": text, "steps": list(item.sources), "final": item.key,
                "because": item.rubric,
            }  # fmt: skip
        case EditAnswer(edited=edited, critique=critique):
            return {"answer": edited, "steps": None, "final": None, "because": critique}
        case ChatAnswer(turns=turns):
            return {"answer": turns[-1].content, "steps": None, "final": None, "because": None}
        case (
            NumberAnswer() | RubricAnswer() | RankingAnswer() | ComparisonAnswer() | SpansAnswer()
        ) as judged:
            return {"steps": None, "final": None, **scales.flat(judged)}


def _restored_answer(data: Data) -> Any:  # noqa: ANN401 - one of the answers
    match Kind(data["kind"]):
        case Kind.FREE:
            return FreeAnswer(text=data["answer"])
        case Kind.STEPS:
            return StepsAnswer(steps=tuple(data["steps"]), final=data["final"])
        case Kind.CHOICE:
            return ChoiceAnswer(option=data["answer"])
        case Kind.PREFERENCE:
            return PreferenceAnswer(winner=data["answer"], because=data["because"])
        case Kind.MARKS:
            return MarksAnswer(
                marks=tuple(data["answer"].split()), because=data["because"],
                continuation=data["final"],
            )  # fmt: skip
        case Kind.ALTERNATIVES:
            return AlternativesAnswer.model_validate_json(data["answer"])
        case Kind.ITEM:
            return ItemAnswer.model_validate_json(data["answer"])
        case Kind.EDIT:
            return EditAnswer(edited=data["answer"], critique=data["because"])
        case Kind.CHAT:
            return ChatAnswer.model_validate({"turns": data["messages"][len(data["options"]) :]})
        case _:
            return scales.restored(data)


def _pair(task: Task, annotation: Annotation) -> tuple[str | None, str | None]:
    """Chosen and rejected response; neither for a tie, for an answer that was left as it is, or
    for another kind.
    """
    match annotation.answer:
        case PreferenceAnswer(winner="left") | ComparisonAnswer(winner="left"):
            return task.options[0], task.options[1]
        case PreferenceAnswer(winner="right") | ComparisonAnswer(winner="right"):
            return task.options[1], task.options[0]
        case EditAnswer(edited=edited) if edited != task.options[0]:
            return edited, task.options[0]
    return None, None


def _messages(task: Task, annotation: Annotation, reply: str | None) -> list[dict[str, str]]:
    """The row as a chat, for SFT; empty where there is nothing to imitate.

    Of a conversation the first turns are those of ``options``, which were given.
    """
    if isinstance(annotation.answer, ChatAnswer):
        return [
            turn.model_dump() for turn in (*chat.unpack(task.options), *annotation.answer.turns)
        ]
    if reply is None:
        return []
    asked = task.prompt
    if task.kind is Kind.CHOICE:
        asked = "\n".join((asked, *(f"{_letter(i)}. {o}" for i, o in enumerate(task.options))))
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": reply}]


def _letter(index: int) -> str:
    return chr(ord("A") + index) if index < 26 else str(index + 1)


def _public(origin: Origin) -> Data:
    return {name: getattr(origin, name) for name in _PUBLIC_ORIGIN}


def _sample(part: Mapping[str, Any], prompt: str) -> Sample:
    return Sample(
        id=part["id"],
        origin=Origin(**part["origin"]),
        row=part["row"],
        text=prompt if part["text"] is None else part["text"],
        salt=part["salt"],
    )

"""A question is put to a model in one form, whether it learns or is examined."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the training stack is not installed: make train")
pytest.importorskip("trl", reason="the training stack is not installed: make train")

from transformers import AutoTokenizer

from qinglan.endpoints.form import form_of
from qinglan.errors import EndpointError
from qinglan.training import tiny


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny.make(tmp_path / "m", texts=["abc<|user>?"], seed=1, width=8, layers=1, heads=1)


def give(model: Path, template: str) -> None:
    tokenizer = AutoTokenizer.from_pretrained(model)
    tokenizer.chat_template = template
    tokenizer.save_pretrained(model)


def test_without_a_template_a_line_break_ends_the_question(model: Path) -> None:
    assert form_of(model)("a?") == "a?\n"
    turns = [{"role": "system", "content": "s"}, {"role": "user", "content": "a?"}]
    assert form_of(model)(turns) == "s\na?\n"


def test_a_template_is_filled_up_to_the_models_turn(model: Path) -> None:
    give(
        model,
        "{% for m in messages %}<|{{ m.role }}>{{ m.content }}{% endfor %}"
        "{% if add_generation_prompt %}<|assistant>{% endif %}",
    )
    assert form_of(model)("a? {{ 7*7 }}") == "<|user>a? {{ 7*7 }}<|assistant>"
    turns = [{"role": "system", "content": "s"}, {"role": "user", "content": "a?"}]
    assert form_of(model)(turns) == "<|system>s<|user>a?<|assistant>"


@pytest.mark.parametrize(
    "template",
    [
        "{{ raise_exception('no') }}",
        "{{ messages.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''.__class__.__base__.__subclasses__()[0]('x') }}",
        "{% for m in messages %}",
    ],
)
def test_a_hostile_template_runs_in_a_sandbox_and_is_an_error(model: Path, template: str) -> None:
    give(model, template)
    with pytest.raises(EndpointError, match="chat template"):
        form_of(model)("a?")


def test_no_tokenizer_is_named(tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match=tmp_path.name):
        form_of(tmp_path)

"""The shell of a report: one HTML file that needs nothing else and asks nobody.

Both languages stand in the file; two radio buttons and a style sheet show one of them, so the
switch works where scripts do not. The page carries no script at all, and a content security
policy that allows its own style sheet, by hash, and nothing more: text that slips through
escaping could still not run or call home.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from qinglan.pages import labels
from qinglan.pages.labels import Label, phrase, tell
from qinglan.wording import LANGUAGES, Language

if TYPE_CHECKING:
    import jinja2

SPOKEN = {"en": "en", "zh": "zh-Hans"}


def page(template: str, language: Language, **context: Any) -> str:  # noqa: ANN401 - a template's own
    """Render ``template`` (which extends ``shell.html.j2``) as one offline HTML file.

    Args:
        template: a file of ``pages/templates``.
        language: the one shown first.
        context: what the template names.
    """
    css = _stylesheet()
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return (
        _environment()
        .get_template(template)
        .render(language=language, css=Markup(css), digest=digest, **context)  # noqa: S704 - our file
    )


def both(label: Label) -> Markup:
    """The label in each language, escaped; one of the two is shown. A plain name stands once."""
    if isinstance(label, str):
        return escape(tell(label, "en"))
    return Markup("").join(
        Markup('<span class="{0}" lang="{1}">{2}</span>').format(
            language, SPOKEN[language], tell(label, language)
        )
        for language in LANGUAGES
    )


def say(key: str, **facts: object) -> Markup:
    """The phrase ``report.<key>`` in both languages, facts escaped."""
    return both(phrase(f"report.{key}", **facts))


def reason(name: str) -> Label:
    """Why a record was set aside, in both languages."""
    return phrase(f"reason.{name}")


@cache
def _stylesheet() -> str:
    return resources.files(__package__).joinpath("templates/report.css").read_text("utf-8")


def make_environment(package: str) -> jinja2.Environment:
    """The templates of ``package``: all they are given is escaped, and a name they lack is an
    error.
    """
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader(package, "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # a look at each file for each page; they change with the version
    )


@cache
def _environment() -> jinja2.Environment:
    environment = make_environment("qinglan.pages")
    environment.globals.update(say=say, both=both, reason=reason)
    environment.filters.update(
        clean=labels.clean,
        visible=labels.visible,
        count=labels.count,
        decimal=labels.decimal,
        interval=labels.interval,
    )
    return environment

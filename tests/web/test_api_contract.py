"""The description of the API, and what a machine makes of it that tries all it allows and more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from api_example import TASKS, line, seat, token_for
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, openapi, serializer
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from qinglan.flow.context import Context
from qinglan.records import Role
from qinglan.storage import tasks
from qinglan.web.api.app import PREFIX
from qinglan.web.app import make_app

CHECKS = [
    not_a_server_error, content_type_conformance, response_schema_conformance,
    status_code_conformance,
]  # fmt: skip
EXAMPLES = 2
"""For each operation: values that fit, in places that are there; and values that do not."""
PLACES = {
    "project": "p", "release": "r1", "name": "fuzzer", "task": "tsk_x", "flag": "flg_x",
    "token": "tok_x", "version": 1, "number": 1, "job": "job_x", "webhook": "whk_x",
}  # fmt: skip
TURNED = {"after", "limit"}
"""What turns pages; other tests try what these must not be."""


@serializer("application/x-ndjson")
def _lines(ctx: object, value: object) -> bytes:
    """A file of whatever was thought of."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with line(tmp_path_factory.mktemp("contract") / "ws") as opened:
        seat(opened, "p", "fuzzer")
        yield opened


@pytest.fixture(scope="module")
def schema(context: Context) -> Any:
    return openapi.from_asgi(f"{PREFIX}/openapi.json", make_app(context))


def test_the_description_is_whole(schema: Any) -> None:
    raw = schema.raw_schema
    assert raw["openapi"].startswith("3.1")
    assert len(raw["paths"]) > 20
    for path, item in raw["paths"].items():
        for method, operation in item.items():
            assert operation["description"], (method, path)
            media = operation["responses"]["default"]["content"]
            assert list(media) == ["application/problem+json"]
            assert "422" not in operation["responses"]
            writes = any(one["name"] == "Idempotency-Key" for one in operation["parameters"])
            assert writes == (method != "get" and not path.endswith("/next")), (method, path)
    assert raw["security"] == [{"token": []}]


def test_nothing_that_is_sent_makes_it_fail(context: Context, schema: Any) -> None:
    """Random requests, inside the description and outside it, by an owner with a seat."""
    words = token_for(context, "fuzzer", Role.OWNER)
    headers = {"Authorization": f"Bearer {words}"}
    met = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        asked = {one.name for one in operation.query} - TURNED
        modes = [GenerationMode.POSITIVE]
        if asked or operation.method != "get":
            modes.append(GenerationMode.NEGATIVE)
        for mode in modes:
            places = {
                one.name: PLACES[one.name] for one in operation.path_parameters
                if one.name in PLACES and mode is GenerationMode.POSITIVE
            }  # fmt: skip
            strategy = operation.as_strategy(generation_mode=mode, path_parameters=places or None)

            @settings(
                max_examples=EXAMPLES, database=None, deadline=None, derandomize=True,
                phases=[Phase.generate], suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            def attempt(case: Any) -> None:
                nonlocal met
                response = case.call(headers=headers)
                met += 1
                assert response.status_code < 500, (case.as_curl_command(), response.text)
                case.validate_response(response, headers=headers, checks=CHECKS)

            given(case=strategy)(attempt)()
    assert met > 100
    with context.storage.read() as conn:
        assert tasks.count(conn, context.project("q").id) >= TASKS

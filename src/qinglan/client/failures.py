"""What a client meets: a server that says no, and a server that is not there."""

from __future__ import annotations

from qinglan.client.models import Problem
from qinglan.errors import EndpointError


class ApiError(EndpointError):
    """The server said no; ``problem`` says why, in the language that was asked for."""

    def __init__(self, problem: Problem) -> None:
        super().__init__("client.said_no", status=problem.status, detail=problem.detail)
        self.problem = problem

    def __reduce__(self) -> tuple[type[ApiError], tuple[Problem]]:
        return ApiError, (self.problem,)


class Unreachable(EndpointError):
    """The way to the server failed, more often than it was tried again."""

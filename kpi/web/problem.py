"""What the interface says when it does not answer: one sentence, as RFC 9457 has it."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse

MEDIA = "application/problem+json"
#: What the client may offer instead; in lines of their own, since not every client splits a list.
CHALLENGES = (
    'Bearer realm="Improvement KPIs"',
    'Basic realm="Improvement KPIs", charset="UTF-8"',
)
LONGEST = 40  # characters of what somebody typed that are said back


class Problem(Exception):
    """A request that is not answered: the status, and a sentence of what is wrong and its mend."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})


def response(problem: Problem) -> JSONResponse:
    """The answer; nothing of it is kept on the way."""
    words = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    answer = JSONResponse(words, problem.status, problem.headers, MEDIA)
    answer.headers["cache-control"] = "no-store"
    if problem.status == HTTPStatus.UNAUTHORIZED:
        for challenge in CHALLENGES:
            answer.headers.append("www-authenticate", challenge)
    return answer


def said(text: str) -> str:
    """What somebody typed, cut short and between marks, without signs that move the cursor."""
    return repr(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")

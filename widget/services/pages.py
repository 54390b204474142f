"""What every page of the services shares: language, address, template, policy, refusals, what the modules are told."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import Response

from qa_server.commissions.definition import ServiceDefinition, Words
from qa_server.desk.commissions.services.showing_services import Counter, counter_of
from qa_server.desk.facet_words import CLC_CLASSES
from storage.errors import AppError
from widget.answers.script_text import script
from widget.assets import release
from widget.pages import policy
from widget.reader_sites import HTML, ReaderRoute, ReaderVisit, bare_problem, environment, place_of, whence
from widget.services.price_words import PriceWords


@dataclass(frozen=True)
class Visit(ReaderVisit):
    """Somebody at a library's counter: the language of the page, and where the service lies."""

    counter: Counter

    @property
    def path(self) -> str:
        """The path of the library's services, without a slash at the end."""
        return f"{self.base}/services/{self.counter.code}"

    def words(self, words: Words | None) -> str:
        """Return a text of a library in the language of the page, empty without one."""
        return "" if words is None else self.written(words.in_(self.language))


class ServicesRoute(ReaderRoute):
    """A route of the services."""

    def refuse(self, request: Request, error: AppError) -> Response:
        """Answer with a page that leads on."""
        return _problem(request, error)


def visit_of(request: Request, code: str) -> Visit:
    """Return who looks at which library's services. Raises NotFound."""
    counter = counter_of(place_of(request), code)
    return Visit(**whence(request, counter.language), counter=counter)


def show(request: Request, visit: Visit, template: str, *, status: int = 200, **values: object) -> Response:
    """Answer with a page. It holds nothing of the reader: what is theirs comes to the modules by the token."""
    html = environment().get_template(f"services/{template}").render({**_shared(request, visit), **values})
    headers = {
        "Content-Security-Policy": policy(logo_url=visit.counter.logo_url),
        "Content-Language": visit.tag,
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cache-Control": "no-cache",
        "Vary": "Accept-Language",
    }
    return Response(html, status, headers, HTML)


def told(visit: Visit, view: str, **values: object) -> dict[str, object]:
    """Return what the modules of a page have to know."""
    counter = visit.counter
    return {
        "view": view,
        "library": counter.code,
        "tag": visit.tag,
        "base": f"{visit.base}/",
        "home": visit.path,
        "time_zone": counter.time_zone,
        "max_file_bytes": counter.max_file_bytes,
        "sendable": [f".{each}" for each in counter.sendable.split(", ")],
        "classes": {key: visit.say(name) for key, name in CLC_CLASSES.items()},
        **values,
    }


def written_definition(visit: Visit, definition: ServiceDefinition) -> dict[str, Any]:
    """Return the part of a definition that a form is made of."""
    included = {"code", "name", "sections", "fields", "title_field", "subject_field", "details"}
    return definition.model_dump(mode="json", by_alias=True, include=included)


def _shared(request: Request, visit: Visit) -> dict[str, object]:
    return {
        "visit": visit,
        "counter": visit.counter,
        "language": visit.language,
        "tag": visit.tag,
        "_": visit.say,
        "words": visit.words,
        "prices": partial(PriceWords, visit.say, visit.words, visit.language),
        "assets": f"{visit.base}/widget/v1/{release().name}",
        "in_language": lambda tag: "?" + urlencode({"lang": tag}),
        "script": script,
    }


def _problem(request: Request, error: AppError) -> Response:
    try:
        visit = visit_of(request, str(request.path_params.get("code", "")))
    except AppError:
        return bare_problem(request, error)
    message = visit.say(error.message, **error.details)
    return show(request, visit, "problem.html", status=error.status, message=message)

"""The pages: a library's services with their prices, the form of one, one's own commissions, and one of them."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request
from starlette.responses import Response

from qa_server.commissions.errors import ServiceNotOffered
from widget.answers.pages import cached
from widget.services.pages import show, told, visit_of, written_definition

Code = Annotated[str, Path(min_length=1, max_length=40)]
# What readers ask for most comes first; a library's own services follow by their code.
_ORDER = {
    code: place
    for place, code in enumerate(
        ("citation_search", "novelty_search", "topic_consultation", "proxy_search", "document_delivery")
    )
}


def home(request: Request, code: Code) -> Response:
    """Show what a library offers: what each service is, what it costs, how long it takes."""
    visit = visit_of(request, code)
    services = sorted(visit.counter.services.values(), key=lambda each: _ORDER.get(each.code, len(_ORDER)))
    return show(request, visit, "home.html", services=services, title=visit.say("Services"))


def form(request: Request, code: Code, service: Code) -> Response:
    """Show a service with its form. Raises ServiceNotOffered."""
    visit = visit_of(request, code)
    definition = visit.counter.services.get(service)
    if definition is None:
        raise ServiceNotOffered()
    page = told(visit, "form", service=service, definition=written_definition(visit, definition))
    return show(request, visit, "form.html", service=definition, page=page, title=visit.words(definition.name))


def mine(request: Request, code: Code) -> Response:
    """Show the commissions of the reader whose token this browser has."""
    visit = visit_of(request, code)
    return show(request, visit, "own.html", page=told(visit, "mine"), title=visit.say("My commissions"))


def commission(request: Request, code: Code, commission_id: UUID) -> Response:
    """Show one commission: the page is the same for all, the modules read it by the reader's token."""
    visit = visit_of(request, code)
    page = told(visit, "commission", commission=str(commission_id))
    return show(request, visit, "own.html", page=page, title=visit.say("Commission"))


def colours(request: Request, code: Code) -> Response:
    """Send the colours of a library as a style sheet; a page may not carry styles of its own."""
    chosen = visit_of(request, code).counter.colours
    if chosen is None:
        return cached(request, b"", "text/css")
    light = f"--accent: {chosen.accent}; --accent-strong: {chosen.strong}; --on-accent: #fff;"
    dark = f"--accent: {chosen.dark}; --accent-strong: {chosen.dark}; --on-accent: #10181a;"
    text = f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
    return cached(request, text.encode(), "text/css")

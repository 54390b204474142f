"""Pages made by the server: one template environment, one strict policy, the language of the reader."""

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

from qa_server.i18n import Language, is_traditional, negotiate, translate

_TEMPLATES = Path(__file__).parent / "templates"
# Everything from this server, nothing inline; text never becomes markup or script in the browser.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:{pictures}",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors {ancestors}",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)


def page(template: str, *, language: Language, ancestors: str = "'none'", **values: object) -> HTMLResponse:
    """Render a page. `ancestors` says who may frame it, in the words of the policy."""
    text = _environment(language).get_template(template).render(language=language, **values)
    headers = {
        "Content-Security-Policy": policy(ancestors=ancestors),
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cache-Control": "no-cache",
        "Vary": "Accept-Language",
    }
    return HTMLResponse(text, headers=headers)


def policy(*, ancestors: str = "'none'", logo_url: str | None = None) -> str:
    """Return what a page may do. A library's logo may lie elsewhere."""
    logo = urlsplit(logo_url or "")
    return _POLICY.format(ancestors=ancestors, pictures=f" {logo.scheme}://{logo.netloc}" if logo_url else "")


def new_environment() -> Environment:
    """Return what renders the templates of this package."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html", "xml"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def language_of(request: Request) -> Language:
    """Return the language asked for by `?lang=`, else the browser's."""
    wish = request.query_params.get("lang", "")
    if wish in ("zh", "en"):
        return "zh" if wish == "zh" else "en"
    return negotiate(request.headers.get("accept-language"))


def tag_of(request: Request) -> str:
    """Return the same as a language tag, with the Chinese of Taiwan told apart: zh-CN, zh-TW or en."""
    language = language_of(request)
    wish = request.query_params.get("lang", "")
    if wish not in ("zh", "en") and is_traditional(wish or request.headers.get("accept-language")):
        return "zh-TW"
    return "zh-CN" if language == "zh" else "en"


@cache
def _environment(language: Language) -> Environment:
    environment = new_environment()
    environment.globals["_"] = lambda message, **values: translate(message, language, **values)
    return environment

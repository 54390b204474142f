"""How the console looks for this browser: language and theme, chosen by a link and kept in a cookie."""

from typing import Literal, get_args

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from qa_server.i18n import Language, negotiate
from qa_server.people.rights import StaffMember

Theme = Literal["system", "light", "dark"]

LANGUAGE_COOKIE = "wenjin_language"
THEME_COOKIE = "wenjin_theme"
# One year in seconds.
_LIFETIME = 31_536_000


def language_of(request: Request, person: StaffMember | None) -> Language:
    """Return the language chosen in this browser, else the person's own, else the one the browser asks for."""
    for wish in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish in ("zh", "en"):
            return "zh" if wish == "zh" else "en"
    if person is not None:
        return "en" if person.language == "en" else "zh"
    return negotiate(request.headers.get("accept-language"))


def theme_of(request: Request) -> Theme:
    """Return the theme chosen in this browser; system follows the setting of the machine."""
    wish = request.cookies.get(THEME_COOKIE)
    return "light" if wish == "light" else "dark" if wish == "dark" else "system"


def keep_choice(request: Request) -> Response | None:
    """Keep a choice made by a link (`?lang=`, `?theme=`) and go to the same page without it; None without a choice."""
    language, theme = request.query_params.get("lang"), request.query_params.get("theme")
    if request.method != "GET" or (language not in ("zh", "en") and theme not in get_args(Theme)):
        return None
    rest = request.url.remove_query_params(["lang", "theme"])
    response = RedirectResponse(rest.path + (f"?{rest.query}" if rest.query else ""), status_code=303)
    # The form for libraries that want to join is beside the console, and keeps its own choice.
    path = "/" + request.url.path.split("/")[1]
    if language in ("zh", "en"):
        response.set_cookie(LANGUAGE_COOKIE, str(language), max_age=_LIFETIME, path=path, samesite="lax")
    if theme in get_args(Theme):
        response.set_cookie(THEME_COOKIE, str(theme), max_age=_LIFETIME, path=path, samesite="lax")
    return response

"""How a library's window looks and what it asks for, as it holds now, with everything inherited."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.desk.telling_by_mail import sends_mail, tells_of_answers
from qa_server.desk.workplace import Workplace
from qa_server.network import widget_settings as keys
from qa_server.network.colours import light_enough, mixed
from qa_server.network.models import Library
from qa_server.network.node_settings import effective, effective_all
from qa_server.network.queries import library_by_code
from qa_server.network.setting_definitions import WEB_ORIGINS
from storage.errors import NotFound


class Choice(Wire):
    """One value to choose."""

    zh: str
    en: str


class FormField(Wire):
    """A field before a question. `when` off_duty: only while nobody is there."""

    key: str
    kind: Literal["text", "email", "choice"]
    label_zh: str
    label_en: str
    is_required: bool
    choices: list[Choice]
    when: Literal["always", "off_duty"]


class QuestionnaireItem(Wire):
    """A question after a conversation."""

    key: str
    kind: Literal["choice", "text"]
    label_zh: str
    label_en: str
    is_required: bool
    choices: list[Choice]


class Colours(Wire):
    """One colour in its shades; white can be read on the first two, dark text on the third."""

    accent: str
    strong: str
    dark: str


class WidgetSettings(Wire):
    """What the window of a library shows. `colours` is null where the usual ones hold."""

    library: str
    colours: Colours | None
    logo_url: str | None
    greeting_zh: str | None
    greeting_en: str | None
    side: Literal["end", "start"]
    form_fields: list[FormField]
    questionnaire: list[QuestionnaireItem]
    mails_transcripts: bool = False
    mails_answers: bool = False


def widget_settings(place: Workplace, code: str) -> WidgetSettings:
    """Return the settings of a library's window, and which mail is offered. Raises NotFound."""
    offered = {
        "mails_transcripts": sends_mail(place.settings),
        "mails_answers": tells_of_answers(place.settings),
    }
    with place.database.read() as session:
        return settings_of(session, library_by_code(session, code)).model_copy(update=offered)


def settings_if_known(place: Workplace, code: str) -> WidgetSettings | None:
    """Return the settings of a library's window, or None for a code that no library has."""
    try:
        return widget_settings(place, code)
    except NotFound:
        return None


def framing_origins(place: Workplace, code: str) -> list[str]:
    """Return the web sites that may show a library's window in a frame; none named, or no such library: all may."""
    with place.database.read() as session:
        try:
            library = library_by_code(session, code)
        except NotFound:
            return []
        return [str(each) for each in effective(session, library.id, WEB_ORIGINS.key).value]


def settings_of(session: Session, library: Library) -> WidgetSettings:
    """Return the settings of a library's window."""
    held = {key: found.value for key, found in effective_all(session, library.id, keys.KEYS).items()}
    return made_of(library.code, held)


def made_of(code: str, held: Mapping[str, Any]) -> WidgetSettings:
    """Return the settings of a window from the values of its keys."""
    colour = held[keys.COLOUR.key]
    return WidgetSettings.model_validate(
        {
            "library": code,
            "colours": {"accent": colour, "strong": mixed(colour, "#000000", 0.28), "dark": light_enough(colour)}
            if colour
            else None,
            "logo_url": held[keys.LOGO.key] or None,
            "greeting_zh": held[keys.GREETING_ZH.key] or None,
            "greeting_en": held[keys.GREETING_EN.key] or None,
            "side": held[keys.SIDE.key],
            "form_fields": held[keys.FORM_FIELDS.key],
            "questionnaire": held[keys.QUESTIONNAIRE.key],
        }
    )


def etag_of(settings: WidgetSettings) -> str:
    """Return a name of exactly these settings, as an ETag."""
    written = json.dumps(settings.model_dump(), sort_keys=True).encode()
    return f'"{sha256(written).hexdigest()[:16]}"'

"""What anybody may see of a library's services: names, price lists and times, without being known as a reader."""

from dataclasses import dataclass

from qa_server.attachments.sniffing import SENDABLE
from qa_server.commissions import service_types
from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.service_types import Offered
from qa_server.desk.answers.sites import are_shown
from qa_server.desk.widget_settings import Colours, settings_of
from qa_server.desk.workplace import Workplace
from qa_server.network.models import LibraryState
from qa_server.network.queries import library_by_code
from storage.errors import NotFound


@dataclass(frozen=True)
class Counter:
    """A library with what it offers, by code. `max_file_bytes` and `sendable` bound the files that come with a form."""

    code: str
    name_zh: str
    name_en: str
    language: str
    time_zone: str
    colours: Colours | None
    logo_url: str | None
    has_answers: bool
    services: dict[str, ServiceDefinition]
    max_file_bytes: int
    sendable: str

    def name(self, language: str) -> str:
        """Return the name of the library."""
        return self.name_zh if language == "zh" else self.name_en


def counter_of(place: Workplace, code: str) -> Counter:
    """Return what a library offers. Raises NotFound for an unknown library and for one that is closed."""
    with place.database.read() as session:
        library = library_by_code(session, code)
        if library.state != LibraryState.ACTIVE:
            raise NotFound()
        look = settings_of(session, library)
        offered = service_types.offered_at(session, library.id)
        return Counter(
            code=library.code,
            name_zh=library.name_zh,
            name_en=library.name_en,
            language=library.language,
            time_zone=library.time_zone,
            colours=look.colours,
            logo_url=look.logo_url,
            has_answers=library.id in are_shown(session, [library.id]),
            services={code: _published(each) for code, each in offered.items()},
            max_file_bytes=place.settings.max_attachment_bytes,
            sendable=SENDABLE,
        )


def _published(offer: Offered) -> ServiceDefinition:
    """Return a definition as readers see it: what the shipped lists say of themselves is for librarians."""
    if offer.origin is not None:
        return offer.definition
    prices = offer.definition.prices.model_copy(update={"source": None})
    return offer.definition.model_copy(update={"prices": prices})

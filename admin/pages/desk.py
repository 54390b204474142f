"""The desk: one page with the lists, the open conversation and what helps to answer it. The live parts are scripts."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from admin import wording
from admin.library_cards import DeskCard, desk_cards, library_card
from admin.page import PageRoute, SignedInVisitor, Visitor, render
from admin.static_files import static_files
from qa_server.chat.protocol import PROTOCOL_VERSION
from qa_server.desk.answering import desk_listing, desk_thread
from qa_server.i18n import Language

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/console")
def show(request: Request, visitor: SignedInVisitor) -> Response:
    """Show the desk with its lists as they are now."""
    return _desk(request, visitor, opened=None)


@router.get("/console/conversations/{conversation_id}")
def show_conversation(request: Request, visitor: SignedInVisitor, conversation_id: UUID) -> Response:
    """Show the desk with one conversation open, held, waiting or ended. Raises NotFound for one of another desk."""
    thread = desk_thread(visitor.place, visitor.person, conversation_id, 0)
    return _desk(request, visitor, opened=thread.conversation.model_dump(mode="json"))


@router.get("/console/libraries/{code}")
def card(visitor: SignedInVisitor, code: str) -> Response:
    """Return a library's card for the panel beside the conversation."""
    return JSONResponse(library_card(visitor.place, code).as_json(), headers={"Cache-Control": "private, max-age=300"})


def _desk(request: Request, visitor: Visitor, *, opened: dict[str, object] | None) -> Response:
    settings = visitor.place.settings
    state = {
        "me": {
            "id": str(visitor.person.id),
            "name": visitor.person.name_in(visitor.language),
            "names": {"zh": visitor.person.name_in("zh"), "en": visitor.person.name_in("en")},
        },
        "language": visitor.language,
        "time_zone": visitor.home.zone.key,
        "protocol_version": PROTOCOL_VERSION,
        "max_message_characters": settings.max_message_characters,
        "max_attachment_bytes": settings.max_attachment_bytes,
        "edit_minutes": settings.edit_minutes,
        "desks": [_listing(visitor, desk) for desk in desk_cards(visitor.place, visitor.person)],
        "opened": opened,
        "words": _words(visitor.language),
    }
    return render(request, "desk/page.html", seen_by=visitor, state=state, modules=static_files().modules())


def _listing(visitor: Visitor, desk: DeskCard) -> dict[str, object]:
    listing = desk_listing(visitor.place, visitor.person, desk.id)
    return {
        "id": str(desk.id),
        "name": desk.names.in_language(visitor.language),
        "version": listing.version,
        "items": [item.model_dump(mode="json") for item in listing.items],
    }


def _words(language: Language) -> dict[str, dict[str, str]]:
    return {
        "states": wording.translated(wording.STATES, language),
        "resolutions": wording.translated(wording.RESOLUTIONS, language),
        "resolution_notes": wording.translated(wording.RESOLUTION_NOTES, language),
        "read_levels": wording.translated(wording.READ_LEVELS, language),
        "events": wording.translated(wording.EVENTS, language),
        "levels": wording.translated(wording.LEVELS, language),
        "languages": wording.translated(wording.LANGUAGES, language),
    }

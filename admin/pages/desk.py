"""The desk: one page with the lists, the open conversation and what helps to answer it. The live parts are scripts."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from admin import passing_wording, reply_wording, wording, working_wording
from admin.library_cards import DeskCard, desk_cards, expert_desks
from admin.page import PageRoute, SignedInVisitor, Visitor, render
from admin.static_files import static_files
from qa_server.chat.protocol import PROTOCOL_VERSION
from qa_server.desk.answering import desk_listing, desk_thread
from qa_server.desk.reviewing import mentor_desks
from qa_server.i18n import Language
from qa_server.people.rights import Right, nodes_with
from qa_server.routing.duties import DEFAULT_HOURS, DUTY_HOURS, KIND_OF_DUTY

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
        "expert_desks": [
            {"id": str(desk.id), "name": desk.names.in_language(visitor.language)}
            for desk in expert_desks(visitor.place)
        ],
        "may_supervise": bool(nodes_with(visitor.person, Right.SUPERVISE)),
        "mentor_desks": [str(desk_id) for desk_id in mentor_desks(visitor.place, visitor.person)],
        "duties": {"of": KIND_OF_DUTY, "hours": DUTY_HOURS, "usual_hours": DEFAULT_HOURS},
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
        "reply_variables": wording.translated(reply_wording.VARIABLES, language),
        "languages": wording.translated(wording.LANGUAGES, language),
        "clc_classes": wording.translated(wording.CLC_CLASSES, language),
        "hand_over_reasons": wording.translated(passing_wording.HAND_OVER_REASONS, language),
        "hand_over_states": wording.translated(passing_wording.HAND_OVER_STATES, language),
        "relations": wording.translated(passing_wording.RELATIONS, language),
        "why_here": wording.translated(passing_wording.WHY_HERE, language),
        "decisions": wording.translated(passing_wording.DECISIONS, language),
        "supervision": wording.translated(passing_wording.SUPERVISION, language),
        "points": wording.translated(passing_wording.POINTS, language),
        "availabilities": wording.translated(working_wording.AVAILABILITIES, language),
        "skips": wording.translated(passing_wording.SKIPS, language),
        "question_kinds": wording.translated(passing_wording.QUESTION_KINDS, language),
        "duty_kinds": wording.translated(passing_wording.DUTY_KINDS, language),
    }

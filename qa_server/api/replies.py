"""Canned replies: keeping them at each level, as files, and using them in a conversation."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from qa_server.api.asker import Place, Staff
from qa_server.api.desks import Done
from qa_server.api.passing import ClcClass
from qa_server.api.staff import DescriptiveCode
from qa_server.conversations.models import Resolution
from qa_server.conversations.schemas import Wire
from qa_server.desk import canned_replies, reply_files, using_replies
from qa_server.desk.canned_replies import Shelf, ShelfView, ShelvesView
from qa_server.desk.reply_files import ImportReport
from qa_server.desk.reply_views import ReplyView
from qa_server.desk.using_replies import UsableReplies
from qa_server.replies.fields import MAX_SHORTCUT, MAX_TAG, MAX_TAGS, MAX_TEXT, MAX_TITLE, ReplyFields
from qa_server.replies.files import MAX_CHARACTERS, Format
from qa_server.replies.models import Category

router = APIRouter(prefix="/api/v1/staff", tags=["canned replies"])

_TYPES: dict[Format, str] = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The replies, to be saved.", "content": {"text/csv": {}, "application/jsonl": {}}}
}

# Typed with the key that begins a shortcut in the composer, it is longer by that.
Shortcut = Annotated[str, Field(min_length=1, max_length=MAX_SHORTCUT + 1)]
Title = Annotated[str, Field(max_length=MAX_TITLE)]
Text = Annotated[str, Field(max_length=MAX_TEXT)]


class MacroBody(Wire):
    """How a reply closes; `hours` are for what the code leaves to do."""

    resolution: Resolution
    read_level: int | None = Field(None, ge=1, le=6, strict=True)
    hours: Literal[8, 12, 24, 48] | None = None
    codes: list[DescriptiveCode] = Field(default_factory=list, max_length=4)


class ReplyBody(Wire):
    """A reply in Chinese, English or both. In its texts `{reader_name}` and the like are filled in when it is used."""

    shortcut: Shortcut
    title_zh: Title = ""
    title_en: Title = ""
    text_zh: Text = ""
    text_en: Text = ""
    category: Category = Category.OTHER
    subject: ClcClass | None = None
    tags: list[Annotated[str, Field(max_length=MAX_TAG)]] = Field(default_factory=list, max_length=MAX_TAGS)
    macro: MacroBody | None = None

    def fields(self) -> ReplyFields:
        """Return it as the use case takes it."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        macro = self.macro
        return ReplyFields(
            **plain,
            category=self.category.value,
            tags=tuple(self.tags),
            resolution=macro.resolution.value if macro else None,
            read_level=macro.read_level if macro else None,
            hours=macro.hours if macro else None,
            codes=tuple(macro.codes) if macro else (),
        )


_PLAIN = ("shortcut", "title_zh", "title_en", "text_zh", "text_en", "subject")


class ChangedReply(ReplyBody):
    """A reply as it is to be; with `version` it is refused when somebody else changed it since."""

    version: int | None = Field(None, ge=1, strict=True)


class ReplyFile(Wire):
    """A file of replies as text. A dry run tells what would become of each line, and changes nothing."""

    format: Format
    content: str = Field(max_length=MAX_CHARACTERS)
    is_dry_run: bool = True


def get_shelf(
    node: Annotated[str | None, Query(min_length=2, max_length=8, pattern="^[A-Za-z0-9]+$")] = None,
    desk: UUID | None = None,
) -> Shelf:
    """Return whose replies are meant: those of a desk, of a node, or one's own."""
    return Shelf(node=node, desk_id=desk)


Where = Annotated[Shelf, Depends(get_shelf)]


@router.get("/replies")
def list_replies(place: Place, person: Staff, where: Where) -> ShelfView:
    """Return one's own replies, or those of a node (by its code) or a desk that one may use or change."""
    return canned_replies.shelf(place, person, where)


@router.post("/replies", status_code=201)
def add_reply(place: Place, person: Staff, where: Where, body: ReplyBody) -> ReplyView:
    """Add a reply of one's own, or to a node or a desk that one administers."""
    return canned_replies.add(place, person, where, body.fields())


@router.get("/replies/shelves")
def list_shelves(place: Place, person: Staff) -> ShelvesView:
    """Return everything one may use: one's own, those of one's desks, of one's library and above."""
    return canned_replies.my_shelves(place, person)


@router.get("/replies/file", response_class=Response, responses=_FILES)
def export_replies(place: Place, person: Staff, where: Where, format: Format = "csv") -> Response:
    """Return replies as a file that can be put in again. Cells that a spreadsheet would compute begin with '."""
    content = reply_files.export(place, person, where, format)
    headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": f'attachment; filename="replies.{format}"'}
    return Response(content, media_type=_TYPES[format], headers=headers)


@router.post("/replies/file")
def import_replies(place: Place, person: Staff, where: Where, body: ReplyFile) -> ImportReport:
    """Bring replies to what a file says, by shortcut; nothing is removed."""
    return reply_files.put_in(place, person, where, body.content, format_=body.format, is_dry_run=body.is_dry_run)


@router.put("/replies/{reply_id}")
def change_reply(place: Place, person: Staff, reply_id: UUID, body: ChangedReply) -> ReplyView:
    """Change a reply."""
    return canned_replies.change(place, person, reply_id, body.fields(), expected_version=body.version)


@router.delete("/replies/{reply_id}")
def remove_reply(place: Place, person: Staff, reply_id: UUID) -> Done:
    """Take a reply away."""
    canned_replies.remove(place, person, reply_id)
    return Done()


@router.get("/conversations/{conversation_id}/replies")
def list_usable(place: Place, person: Staff, conversation_id: UUID) -> UsableReplies:
    """Return the replies for a conversation, filled in for its reader; of several with one shortcut the nearest."""
    return using_replies.usable(place, person, conversation_id)


@router.post("/conversations/{conversation_id}/replies/{reply_id}/use")
def note_use(place: Place, person: Staff, conversation_id: UUID, reply_id: UUID) -> Done:
    """Count that a reply was used in a conversation."""
    using_replies.note_use(place, person, conversation_id, reply_id)
    return Done()

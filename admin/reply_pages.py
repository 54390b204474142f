"""What the pages about canned replies share: reading their forms and files, and what their templates need."""

import re
from dataclasses import asdict, dataclass
from uuid import UUID

from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from admin.page import Visitor
from admin.reply_wording import CATEGORIES, EXAMPLES, ORIGINS, OUTCOMES, VARIABLES
from admin.wording import CLC_CLASSES, READ_LEVELS, RESOLUTIONS
from qa_server.desk import canned_replies, reply_files
from qa_server.desk.canned_replies import Shelf, ShelvesView
from qa_server.desk.reply_files import ImportReport
from qa_server.desk.reply_views import ReplyView
from qa_server.network.setting_definitions import PROMISED_HOURS
from qa_server.replies.errors import ReplyFileRefused, ReplyInvalid
from qa_server.replies.fields import MAX_SHORTCUT, MAX_TEXT, MAX_TITLE, ReplyFields
from qa_server.replies.files import Format, decoded
from qa_server.replies.variables import fill
from storage.errors import NotFound

_TYPES: dict[Format, str] = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
# A file of a thousand long replies; more is another kind of file.
_MAX_BYTES = 8_000_000


@dataclass(frozen=True)
class SentFile:
    """A file as it was sent: its text travels along until it has been tried and is put in."""

    format: Format
    text: str
    is_dry_run: bool


def list_words() -> dict[str, object]:
    """Return the closed lists that the lists of replies show."""
    return {
        "categories": CATEGORIES,
        "origins": ORIGINS,
        "resolutions": RESOLUTIONS,
        "outcomes": OUTCOMES,
    }


def form_words(visitor: Visitor, where: Shelf, typed: ReplyFields) -> dict[str, object]:
    """Return what the form of a reply shows, with the texts as a reader would get them."""
    return {
        **list_words(),
        "typed": typed,
        "variables": VARIABLES,
        "read_levels": READ_LEVELS,
        "hours": PROMISED_HOURS,
        "classes": CLC_CLASSES,
        "codes": canned_replies.offered_codes(visitor.place, visitor.person, where),
        "limits": {"shortcut": MAX_SHORTCUT, "title": MAX_TITLE, "text": MAX_TEXT},
        "preview": {
            language: fill(text, EXAMPLES[language]).text
            for language, text in (("zh", typed.text_zh), ("en", typed.text_en))
            if text
        },
    }


def typed_fields(sent: FormData) -> ReplyFields:
    """Return what a form says, as it was typed. Raises ReplyInvalid for a level or hours that are no number."""
    resolution = _text(sent, "resolution") or None
    return ReplyFields(
        shortcut=_text(sent, "shortcut"),
        title_zh=_text(sent, "title_zh"),
        title_en=_text(sent, "title_en"),
        text_zh=_text(sent, "text_zh"),
        text_en=_text(sent, "text_en"),
        category=_text(sent, "category"),
        subject=_text(sent, "subject").strip().upper() or None,
        tags=tuple(tag.strip() for tag in re.split("[,;，；、]", _text(sent, "tags"))),
        # Whoever takes the closing away leaves what belongs to it in the form.
        resolution=resolution,
        read_level=_number(sent, "read_level") if resolution else None,
        hours=_number(sent, "hours") if resolution else None,
        codes=tuple(str(each) for each in sent.getlist("codes")) if resolution else (),
    )


def fields_of(reply: ReplyView) -> ReplyFields:
    """Return a reply as its form shows it."""
    macro = reply.macro
    plain = {name: getattr(reply, name) for name in asdict(ReplyFields("")) if hasattr(reply, name)}
    return ReplyFields(
        **{**plain, "tags": tuple(reply.tags)},
        resolution=macro.resolution if macro else None,
        read_level=macro.read_level if macro else None,
        hours=macro.hours if macro else None,
        codes=tuple(macro.codes) if macro else (),
    )


def found_on(shelves: ShelvesView, reply_id: UUID | None) -> ReplyView | None:
    """Return a reply that one of these shelves shows, or None."""
    every = (reply for shelf in (shelves.own, *shelves.desks, *shelves.above) for reply in shelf.replies)
    return next((reply for reply in every if reply.id == reply_id), None)


def version_of(sent: FormData) -> int | None:
    """Return the version that a form was made of."""
    text = _text(sent, "version")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def sent_file(sent: FormData) -> SentFile:
    """Return the file of a form, newly chosen or tried before. Raises ReplyFileRefused."""
    upload = sent.get("file")
    if isinstance(upload, UploadFile):
        with upload.file as file:
            raw = file.read(_MAX_BYTES + 1)
        if len(raw) > _MAX_BYTES:
            raise ReplyFileRefused(reason="It is too large.")
        format_: Format = "jsonl" if (upload.filename or "").lower().endswith((".jsonl", ".ndjson", ".json")) else "csv"
        return SentFile(format_, decoded(raw), is_dry_run=True)
    return SentFile("jsonl" if sent.get("format") == "jsonl" else "csv", _text(sent, "content"), is_dry_run=False)


def put_in(visitor: Visitor, where: Shelf, file: SentFile) -> ImportReport:
    """Try a file, or put it in. Raises NotFound, Forbidden, ReplyFileRefused."""
    return reply_files.put_in(
        visitor.place, visitor.person, where, file.text, format_=file.format, is_dry_run=file.is_dry_run
    )


def file_response(visitor: Visitor, where: Shelf, format_: str) -> Response:
    """Answer with a shelf as a file. Raises NotFound."""
    known = next((each for each in _TYPES if each == format_), None)
    if known is None:
        raise NotFound()
    content = reply_files.export(visitor.place, visitor.person, where, known)
    name = f"replies-{where.node or 'desk' if where != Shelf() else 'mine'}.{known}".lower()
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=_TYPES[known], headers={**headers, "Cache-Control": "no-store"})


def _text(sent: FormData, name: str) -> str:
    return str(sent.get(name, ""))


def _number(sent: FormData, name: str) -> int | None:
    text = _text(sent, name).strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 3:
        raise ReplyInvalid(reason="Choose one of the values offered.")
    return int(text)

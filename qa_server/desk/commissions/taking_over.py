"""Fills a new commission in with what its conversation says already: the question, what was asked for, who asks.

Only what the reader said or filled in; what librarians wrote stays where it is. The reader looks through it all.
"""

import re
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from qa_server.commissions.contact import Contact
from qa_server.commissions.definition import FieldDef, FieldKind, ServiceDefinition
from qa_server.commissions.models import Commission
from qa_server.commissions.papers.identifiers import is_doi, tidy_doi
from qa_server.commissions.values import MAX_LINE, MAX_PARAGRAPH, line, paragraph
from qa_server.conversations import queries as conversations
from qa_server.conversations.form_models import ConversationForm
from qa_server.conversations.models import Author, Kind
from qa_server.desk.asking import KnownReader
from qa_server.desk.form_values import EMAIL
from qa_server.people.reader_queries import identity_of

# DOIs that a reader may have written into a conversation.
MAX_DOIS = 50
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>，。；、（）]{1,200}")
# Where a question goes that is longer than a title, the first of these that a service has.
_LONG_TEXTS = ("background", "essentials", "remarks")


def take_over(
    session: Session, reader: KnownReader, commission: Commission, definition: ServiceDefinition, conversation_id: UUID
) -> None:
    """Fill in the form and the contact from the reader's own conversation. Raises NotFound for anybody else's."""
    conversation = conversations.of_reader(session, reader.id, conversation_id)
    commission.conversation_id = conversation.id
    fields = {field.key: field for field in definition.fields if field.by == "reader"}
    form = _question(conversation.question, fields, definition.title_field)
    said = [
        message.body
        for message in conversations.messages_after(session, conversation.id, 0)
        if message.author == Author.READER and message.kind == Kind.TEXT and message.deleted_at is None
    ]
    form |= _dois([conversation.question, *said], fields)
    commission.form = form
    commission.title = str(form.get(definition.title_field, ""))
    commission.contact = _contact(session, reader, conversation.id).model_dump()


def _question(question: str, fields: dict[str, FieldDef], title_field: str) -> dict[str, Any]:
    title = line(question)
    field = fields.get(title_field)
    longest = (field.maximum if field else None) or MAX_LINE
    form: dict[str, Any] = {title_field: title[:longest]}
    place = next((fields[key] for key in _LONG_TEXTS if key in fields), None)
    if place is not None and (len(title) > longest or "\n" in question.strip()):
        form[place.key] = paragraph(question)[: place.maximum or MAX_PARAGRAPH]
    return form


def _dois(texts: list[str], fields: dict[str, FieldDef]) -> dict[str, Any]:
    """Return the DOIs that were written as a list of papers, or the first in a field for one."""
    written = (tidy_doi(found) for text in texts for found in _DOI.findall(text))
    dois = list(dict.fromkeys(doi for doi in written if is_doi(doi)))[:MAX_DOIS]
    if not dois:
        return {}
    for field in fields.values():
        if field.kind is FieldKind.PAPERS:
            return {field.key: [{"language": "en", "kind": "article", "doi": doi} for doi in dois]}
        if field.format == "doi":
            return {field.key: dois[0]}
    return {}


def _contact(session: Session, reader: KnownReader, conversation_id: UUID) -> Contact:
    """Return what the reader told of themselves there: the address that was left, the name that was agreed to."""
    form = session.get(ConversationForm, conversation_id)
    email = next((each["value"] for each in form.fields if each["key"] == EMAIL.key), "") if form else ""
    identity = identity_of(session, reader.id)
    name = identity.name if identity is not None and identity.library_id == reader.library_id else ""
    return Contact(name=line(name)[:200], email=email)

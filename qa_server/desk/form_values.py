"""Values that a reader filled in: cleaned, checked against what the library asks for, kept with their labels."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from sqlalchemy.orm import Session

from qa_server.conversations.errors import FieldInvalid, FieldMissing
from qa_server.conversations.form_models import ConversationForm
from qa_server.conversations.models import Conversation
from qa_server.conversations.schemas import Wire
from qa_server.conversations.text import clean_text
from qa_server.desk.widget_settings import FormField, QuestionnaireItem, settings_of
from qa_server.network.models import Library

# A line, not a letter: the question itself is the place for more.
MAX_VALUE_CHARACTERS = 1_000
# Offered to everybody who leaves a question while nobody is on duty; never asked for otherwise.
EMAIL = FormField(
    key="email",
    kind="email",
    label_zh="电子邮箱",
    label_en="E-mail",
    is_required=False,
    choices=[],
    when="off_duty",
)
_ADDRESS = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{1,190}\.[^\s@<>\".]{2,63}")


class FilledIn(Wire):
    """One value with its labels, as they were when it was filled in."""

    key: str
    label_zh: str
    label_en: str
    value: str


def fields_for(session: Session, conversation: Conversation, given: Mapping[str, str]) -> list[FilledIn]:
    """Return the fields of a question, checked. Keys that the library does not ask for any more are left out.

    Raises FieldMissing, FieldInvalid.
    """
    asked = settings_of(session, session.get_one(Library, conversation.library_id)).form_fields
    known = {field.key for field in asked}
    offered = [*asked, *([] if EMAIL.key in known else [EMAIL])]
    needed = {field.key for field in asked if field.is_required and field.when == "always"}
    return list(_filled_in(offered, given, needed=needed, language=conversation.language))


def answers_for(session: Session, conversation: Conversation, given: Mapping[str, str]) -> list[FilledIn]:
    """Return the answers to the library's questionnaire, checked. Raises FieldMissing, FieldInvalid."""
    asked = settings_of(session, session.get_one(Library, conversation.library_id)).questionnaire
    needed = {item.key for item in asked if item.is_required}
    return list(_filled_in(asked, given, needed=needed, language=conversation.language))


def email_for(conversation: Conversation, address: str) -> list[FilledIn]:
    """Return an address as a field. Raises FieldInvalid."""
    return list(_filled_in([EMAIL], {EMAIL.key: address}, needed=set(), language=conversation.language))


def form_of(session: Session, conversation: Conversation) -> ConversationForm:
    """Return what is kept beside a conversation, added empty where nothing is yet."""
    found = session.get(ConversationForm, conversation.id)
    if found is None:
        found = ConversationForm(conversation_id=conversation.id, fields=[], answers=[])
        session.add(found)
    return found


def keep_fields(session: Session, conversation: Conversation, given: Mapping[str, str]) -> None:
    """Keep the fields of a new question. Raises FieldMissing, FieldInvalid."""
    fields = fields_for(session, conversation, given)
    if fields:
        form_of(session, conversation).fields = [each.model_dump() for each in fields]


def _filled_in(
    asked: Sequence[FormField | QuestionnaireItem],
    given: Mapping[str, str],
    *,
    needed: set[str],
    language: str,
) -> Iterator[FilledIn]:
    for item in asked:
        label = item.label_zh if language == "zh" else item.label_en
        raw = given.get(item.key, "").strip()
        if raw:
            value = _value(item.kind, raw, item, label)
            yield FilledIn(key=item.key, label_zh=item.label_zh, label_en=item.label_en, value=value)
        elif item.key in needed:
            raise FieldMissing(label=label, field=item.key)


def _value(kind: Literal["text", "email", "choice"], raw: str, item: FormField | QuestionnaireItem, label: str) -> str:
    text = clean_text(raw, limit=MAX_VALUE_CHARACTERS)
    offered = {each.zh for each in item.choices} | {each.en for each in item.choices}
    if (kind == "choice" and text not in offered) or (kind == "email" and not _ADDRESS.fullmatch(text)):
        raise FieldInvalid(label=label, field=item.key)
    return text

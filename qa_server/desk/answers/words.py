"""What a library itself publishes of its contacts: nobody's personal detail, however much it looks like one."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.masking.details import find
from qa_server.network.card_models import CardLine
from qa_server.network.node_settings import effective_all
from qa_server.network.queries import path_up
from qa_server.network.setting_definitions import CONTACT_EMAIL, CONTACT_PHONE


def public_words(session: Session, library_id: UUID) -> frozenset[str]:
    """Return telephone numbers, addresses and the like from the settings and cards of a node and those above it."""
    path = path_up(session, library_id)
    settings = effective_all(session, library_id, (CONTACT_PHONE.key, CONTACT_EMAIL.key))
    words = {str(each.value).strip() for each in settings.values() if each.value}
    lines = session.execute(select(CardLine.text_zh, CardLine.text_en).where(CardLine.library_id.in_(path)))
    for text in (text for row in lines for text in row if text):
        words.update(text[span.start : span.end] for span in find(text))
    return frozenset(words)

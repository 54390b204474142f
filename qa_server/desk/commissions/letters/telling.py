"""Tells people by letter what a transition or a message means for them.

A letter holds no word that anybody wrote: it says how things stand and leads to the page. Messages that follow one
another within some minutes make one letter, and none when they were read meanwhile.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qa_server.commissions import money, queries
from qa_server.commissions.contact import Contact
from qa_server.commissions.definition import Operation, ServiceDefinition, Transition
from qa_server.commissions.models import By, Commission, CommissionEntry
from qa_server.commissions.money_settings import NEWS_MINUTES, PAYMENT_ACCOUNT, SENDS_LETTERS
from qa_server.desk.commissions.letters import letter_words
from qa_server.desk.commissions.letters.staff_addresses import Recipient, recipients
from qa_server.desk.linking import mailed_commission_link
from qa_server.desk.telling_by_mail import tells_of_answers
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language
from qa_server.mail import outbox
from qa_server.mail.addresses import deliverable
from qa_server.mail.letters import Letter, Tag, say
from qa_server.mail.models import LetterState, OutgoingLetter
from qa_server.network.models import DeskMember, Library
from qa_server.network.node_settings import effective
from qa_server.network.queries import path_up

STEP, NEWS, STAFF_NEWS = "commission", "commission_news", "staff_news"


@dataclass(frozen=True)
class Occasion:
    """What a letter is about: the kind of its words, and how it counts. With a pause it gathers what follows soon."""

    words: str
    kind: str = STEP
    pause: timedelta | None = None


_MINUTE = "%Y-%m-%d %H:%M"
# A letter of its own for what an operation means; any other step has the general one, by the state's own words.
_OF_OPERATION: Mapping[Operation | None, str] = {
    Operation.SUBMIT: "submit",
    Operation.RETURN: "return",
    Operation.QUOTE: "quote",
    Operation.CHANGE_ORDER: "change_order",
    Operation.QUOTE_EXPIRES: "quote_expires",
    Operation.PAY: "pay",
    Operation.PAUSE: "pause",
    Operation.SEND_DRAFT: "send_draft",
    Operation.DELIVER: "deliver",
    Operation.REFUND: "refund",
}


def tell(
    place: Workplace, session: Session, commission: Commission, definition: ServiceDefinition, entry: CommissionEntry
) -> None:
    """Put the letters of a transition into the outbox, for the reader and for staff, as the definition says.

    Nobody is told what they did themselves; only a receipt, and how to pay, also come after one's own step.
    """
    transition = next((each for each in definition.transitions if each.key == entry.key), None)
    if transition is None:
        return
    if "reader" in transition.tells:
        kind = _kind_of(session, commission, definition, transition)
        if entry.by_kind != By.READER or kind in ("submit", "payment_due"):
            tell_reader(place, session, commission, definition, Occasion(kind))
    if "staff" in transition.tells:
        tell_staff(place, session, commission, definition, Occasion("staff_step"), but=entry.librarian_id)


def tell_message(place: Workplace, session: Session, commission: Commission, entry: CommissionEntry) -> None:
    """Put word of a message or a file into the outbox, for the other side: once for all that come within minutes."""
    if entry.is_private or commission.submitted_at is None:
        return
    definition = queries.definition_of(session, commission.version_id)
    pause = timedelta(minutes=int(effective(session, commission.library_id, NEWS_MINUTES.key).value))
    if entry.by_kind == By.READER:
        tell_staff(place, session, commission, definition, Occasion("staff_message", STAFF_NEWS, pause))
    else:
        tell_reader(place, session, commission, definition, Occasion("message", NEWS, pause))


def forget_news(session: Session, commission: Commission) -> None:
    """Take back the letter about messages that the reader has read before it went."""
    if commission.reader_seen_seq >= commission.last_seq:
        session.execute(
            delete(OutgoingLetter).where(
                OutgoingLetter.commission_id == commission.id,
                OutgoingLetter.kind == NEWS,
                OutgoingLetter.state == LetterState.WAITING,
                OutgoingLetter.attempts == 0,
            )
        )


def tell_reader(
    place: Workplace,
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    occasion: Occasion,
) -> None:
    """Put a letter to the reader into the outbox, where there is an address and letters are wanted."""
    contact = Contact.model_validate(commission.contact)
    address = deliverable(contact.email)
    if address is None or not _sends(place, session, commission):
        return
    if occasion.pause is not None and _is_on_its_way(session, commission, occasion.kind, address):
        return
    now = place.clock()
    language: Language = "en" if commission.language == "en" else "zh"
    link = mailed_commission_link(session, commission, base_url=place.settings.public_url.rstrip("/"), now=now)
    letter = _letter(session, commission, definition, occasion.words, language, contact.name, link)
    row = outbox.put_in(session, letter, kind=occasion.kind, commission_id=commission.id, recipient=address, now=now)
    row.next_try_at = now + (occasion.pause or timedelta())
    session.flush()


def tell_staff(
    place: Workplace,
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    occasion: Occasion,
    *,
    but: UUID | None = None,
    to: Collection[UUID] | None = None,
) -> None:
    """Put letters to whoever has the commission in hand, else to its desk, into the outbox; or to those named.

    Only who left an address in the preferences gets one.
    """
    if not _sends(place, session, commission):
        return
    for person in recipients(session, commission, but=but, to=to):
        if occasion.pause is None or not _is_on_its_way(session, commission, occasion.kind, person.address):
            _tell_person(place, session, commission, definition, occasion, person)


def tell_desk(place: Workplace, session: Session, commission: Commission, definition: ServiceDefinition) -> None:
    """Put letters to the desk to which a commission was just handed on into the outbox."""
    members = select(DeskMember.librarian_id).where(DeskMember.desk_id == commission.desk_id)
    to = set(session.scalars(members))
    tell_staff(place, session, commission, definition, Occasion("staff_step"), to=to)


def _tell_person(
    place: Workplace,
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    occasion: Occasion,
    person: Recipient,
) -> None:
    now = place.clock()
    link = f"{place.settings.public_url.rstrip('/')}/console/commissions/{commission.id}"
    letter = _letter(session, commission, definition, occasion.words, person.language, person.name, link)
    row = outbox.put_in(
        session, letter, kind=occasion.kind, commission_id=commission.id, recipient=person.address, now=now
    )
    row.next_try_at = now + (occasion.pause or timedelta())
    session.flush()


def _kind_of(session: Session, commission: Commission, definition: ServiceDefinition, transition: Transition) -> str:
    own = _OF_OPERATION.get(transition.does, "step")
    if own == "step" and money.is_called_for(commission, definition):
        return "payment_due" if money.standing(session, commission).open else own
    return own


def _sends(place: Workplace, session: Session, commission: Commission) -> bool:
    return tells_of_answers(place.settings) and bool(effective(session, commission.library_id, SENDS_LETTERS.key).value)


def _is_on_its_way(session: Session, commission: Commission, kind: str, address: str) -> bool:
    """Say whether a letter that nobody began to send will speak of this too; the lock keeps it from leaving now."""
    waiting = select(OutgoingLetter.id).where(
        OutgoingLetter.commission_id == commission.id,
        OutgoingLetter.kind == kind,
        OutgoingLetter.recipient == address,
        OutgoingLetter.state == LetterState.WAITING,
        OutgoingLetter.attempts == 0,
    )
    return session.scalar(waiting.limit(1).with_for_update(skip_locked=True)) is not None


def _letter(
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    kind: str,
    language: Language,
    name: str,
    link: str,
) -> Letter:
    tag: Tag = "en" if language == "en" else "zh-CN"
    words = letter_words.words_for(session, path_up(session, commission.library_id), kind, language)
    values = values_of(session, commission, definition, language, name)
    is_to_reader = letter_words.kinds()[kind].to == "reader"
    return Letter(
        language=tag,
        subject=letter_words.filled(words.subject, values)[:200],
        paragraphs=letter_words.paragraphs(letter_words.filled(words.body, values)),
        link=link,
        link_label=say("Open my commission" if is_to_reader else "Open the commission", tag),
        footer=say(
            "The link opens your commissions without an account: do not pass it on."
            if is_to_reader
            # A reader's link would open private pages; this one asks who is there.
            else "You get these letters because you left an address in your preferences.",
            tag,
        ),
    )


def values_of(
    session: Session, commission: Commission, definition: ServiceDefinition, language: Language, name: str
) -> dict[str, str]:
    """Return what fills the placeholders of a letter about a commission."""
    library = session.get_one(Library, commission.library_id)
    state = definition.state(commission.state)
    quote = queries.standing_quote(session, commission.id)
    account = effective(session, money.payee_of(session, commission), PAYMENT_ACCOUNT.key).value
    zone = ZoneInfo(library.time_zone)
    return {
        "name": name,
        "library": library.name_zh if language == "zh" else library.name_en,
        "service": definition.name.in_(language),
        "number": commission.number,
        "state": state.label.in_(language),
        "told": state.told.in_(language),
        "amount": str(quote.total if quote else money.standing(session, commission).open),
        "currency": commission.currency,
        "days": str((quote.days if quote else commission.days) or ""),
        "until": _moment(quote.valid_until if quote else None, zone),
        "due": _moment(commission.due_at, zone),
        "account": account.get(language) or account.get("zh") or account.get("en") or "",
    }


def _moment(value: datetime | None, zone: ZoneInfo) -> str:
    return value.astimezone(zone).strftime(_MINUTE) if value else ""

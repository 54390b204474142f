"""Who a reader is to a commission: shown to who asks for it, and written down before it is shown."""

from uuid import UUID

from qa_server.commissions import queries
from qa_server.commissions.contact import Contact, Invoice
from qa_server.conversations.schemas import Wire
from qa_server.desk import auditing
from qa_server.desk.commissions import standing
from qa_server.desk.workplace import Workplace
from qa_server.people import audit
from qa_server.people.audit import Action, Deed
from qa_server.people.rights import StaffMember
from storage.errors import NotFound


class AcquaintanceView(Wire):
    """How the reader is reached, and to whom the invoice goes."""

    contact: Contact
    invoice: Invoice


def who(place: Workplace, person: StaffMember, commission_id: UUID) -> AcquaintanceView:
    """Return who the reader is; once in ten minutes it is written down that somebody looked. Raises NotFound."""
    with place.database.read() as session:
        commission, actors = standing.for_staff(session, person, commission_id)
        if standing.is_supplier(queries.definition_of(session, commission.version_id), actors):
            raise NotFound()
        deed = Deed(Action.SAW_READER, "commission", commission.number, commission.library_id, person.id)
        is_known = audit.stands(session, deed, now=place.clock())
        told = AcquaintanceView(
            contact=Contact.model_validate(commission.contact), invoice=Invoice.model_validate(commission.invoice)
        )
    if not is_known:
        auditing.note(place, deed)
    return told

"""Money in tests: a cashier, proofs, and how an account stands, in few words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from qa_server.attachments.service import Content
from qa_server.commissions import money
from qa_server.commissions.definition import Operation
from qa_server.commissions.models import Commission, FilePurpose
from qa_server.commissions.money import Balance
from qa_server.commissions.money_models import PaymentMethod
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import filing
from qa_server.desk.commissions.filing import Upload
from qa_server.desk.commissions.money.paying import Sum
from qa_server.desk.commissions.money.quoting import Offer
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role, RoleGrant
from qa_server.people.queries import staff_member
from qa_server.people.rights import StaffMember
from tests.commissions.village_work import CITATION_VALUES, answers, staff, submitted
from tests.village import new_client_id


def empowered(place: Workplace, person: StaffMember, library_id: UUID, role: Role = Role.DISPATCHER) -> StaffMember:
    """Give somebody a role at a node; return the person with it."""
    with place.database.write() as session:
        session.add(RoleGrant(librarian_id=person.id, library_id=library_id, role=role))
    with place.database.read() as session:
        known = staff_member(session, person.id, csrf_token="csrf")
    assert known is not None
    return known


def agreed(
    place: Workplace,
    reader: KnownReader,
    person: StaffMember,
    *,
    code: str = "citation_search",
    values: Mapping[str, Any] = CITATION_VALUES,
    total: str | None = None,
) -> UUID:
    """Hand in a commission, quote it, and let the reader accept; return its id."""
    commission_id = submitted(place, reader, code, values)
    staff(place, person, commission_id, "accept")
    offer = Offer() if total is None else Offer(total=Decimal(total), note="按约定")
    staff(place, person, commission_id, "quote", offer=offer)
    answers(place, reader, commission_id, Operation.ACCEPT_QUOTE)
    return commission_id


def sends_proof(place: Workplace, reader: KnownReader, commission_id: UUID) -> UUID:
    """Let the reader send a proof of payment; return the file's id."""
    content = Content(sha256="0" * 64, name="凭证.png", media_type="image/png", size_bytes=10)
    upload = Upload(FilePurpose.PAYMENT_PROOF, new_client_id())
    return filing.keep(place, reader, commission_id, content, upload).id


def some(amount: str | None = None, *, note: str = "", method: PaymentMethod = PaymentMethod.CASH) -> Sum:
    """Return what a cashier writes down, under a fresh client id."""
    return Sum(new_client_id(), None if amount is None else Decimal(amount), method, note=note)


def stands(place: Workplace, commission_id: UUID) -> tuple[Balance, str, str]:
    """Return the balance, the state of the payment and the state of the commission."""
    with place.database.read() as session:
        commission = session.get_one(Commission, commission_id)
        return money.standing(session, commission), commission.payment_state, commission.state


def pays_first(place: Workplace, reader: KnownReader, person: StaffMember, *, total: str = "40.00") -> UUID:
    """Bring a commission with payment before the work to where the reader has to pay; return its id."""
    commission_id = submitted(place, reader)
    with place.database.write() as session:
        session.get_one(Commission, commission_id).payment_order = "before"
    staff(place, person, commission_id, "accept")
    staff(place, person, commission_id, "quote", offer=Offer(total=Decimal(total), note="按约定"))
    answers(place, reader, commission_id, Operation.ACCEPT_QUOTE)
    return commission_id

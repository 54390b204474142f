"""Whom a library asks for documents, and in what order: libraries of the network, and paid services outside."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qa_server.commissions.delivery_models import Supplier
from qa_server.conversations.schemas import Wire
from qa_server.desk.commissions.supply import dispatching
from qa_server.desk.finding import OwnerView
from qa_server.desk.rights_at import holds, node_for, require
from qa_server.desk.workplace import Workplace
from qa_server.network.models import AllianceMember, Desk, DeskState, Library, LibraryState
from qa_server.network.queries import library_by_code, path_up
from qa_server.people.rights import Right, StaffMember
from storage.errors import AppError, NotFound

MAX_SUPPLIERS = 60
# A list to choose from; who looks for another library types its name.
MAX_CANDIDATES = 40
Money = Annotated[Decimal, Field(ge=0, le=Decimal("100000"), max_digits=8, decimal_places=2)]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class SupplierInvalid(AppError):
    """A supplier lacks what it needs, is the library itself, or is in the list already."""

    code = "supplier_invalid"
    status = 422
    message = "This supplier cannot be added: {reason}"


class SupplierInput(Wire):
    """One of those that are asked: a library of the network by its code, or a service outside by its name."""

    kind: Literal["library", "paid"]
    library: str | None = Field(None, min_length=2, max_length=8, pattern="^[A-Za-z0-9]+$")
    name_zh: _Name = ""
    name_en: _Name = ""
    agency: Annotated[str, StringConstraints(max_length=60, pattern=r"^[A-Za-z0-9:._/-]*$")] = ""
    fee_page: Money = Decimal(0)
    fee_item: Money = Decimal(0)
    subsidy_percent: int = Field(0, ge=0, le=100)
    offer_hours: int | None = Field(None, ge=1, le=400)
    is_active: bool = True


class SupplierPage(Wire):
    """A library's list as its page shows it; `candidates` are libraries that could be added."""

    node: OwnerView
    suppliers: list["SupplierView"]
    may_edit: bool
    may_settle: bool
    candidates: list[OwnerView]


class SupplierView(Wire):
    """A supplier in the order in which it is asked."""

    id: UUID
    kind: str
    library: str | None
    name_zh: str
    name_en: str
    agency: str
    fee_page: Decimal
    fee_item: Decimal
    subsidy_percent: int
    offer_hours: int | None
    is_active: bool


def suppliers(place: Workplace, person: StaffMember, code: str) -> list[SupplierView]:
    """Return whom a library asks, in order. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        library = node_for(session, person, Right.WORK_ON_COMMISSIONS, code)
        return _views(session, library.id)


def listing(place: Workplace, person: StaffMember, code: str, *, words: str = "") -> SupplierPage:
    """Return the list with what the person may do, and libraries that could be added. Raises NotFound, Forbidden.

    With `words` those whose name or code holds them; else allies and the nodes above.
    """
    with place.database.read() as session:
        library = node_for(session, person, Right.WORK_ON_COMMISSIONS, code)
        return SupplierPage(
            node=_named(library),
            suppliers=_views(session, library.id),
            may_edit=holds(session, person, Right.EDIT_SERVICES, library.id),
            may_settle=holds(session, person, Right.TAKE_PAYMENTS, library.id),
            candidates=_candidates(session, library, words),
        )


def add_supplier(place: Workplace, person: StaffMember, code: str, given: SupplierInput) -> list[SupplierView]:
    """Add a supplier at the end of a library's list. Raises NotFound, Forbidden, SupplierInvalid."""
    with place.database.write() as session:
        library = node_for(session, person, Right.EDIT_SERVICES, code)
        rows = _rows(session, library.id)
        if len(rows) >= MAX_SUPPLIERS:
            raise SupplierInvalid(reason="the list is full.")
        supplier = _revived(session, library, given) or Supplier(library_id=library.id, created_at=place.clock())
        supplier.position = max((row.position for row in rows), default=0) + 1
        _fill(session, library, supplier, given)
        session.add(supplier)
        session.flush()
        return _views(session, library.id)


def change_supplier(
    place: Workplace, person: StaffMember, supplier_id: UUID, given: SupplierInput
) -> list[SupplierView]:
    """Change a supplier; who it is stays. Raises NotFound, Forbidden, SupplierInvalid."""
    with place.database.write() as session:
        supplier = _supplier(session, person, supplier_id)
        library = session.get_one(Library, supplier.library_id)
        if given.kind != supplier.kind:
            raise SupplierInvalid(reason="its kind cannot be changed.")
        _fill(session, library, supplier, given)
        session.flush()
        return _views(session, library.id)


def move_supplier(place: Workplace, person: StaffMember, supplier_id: UUID, *, up: bool) -> list[SupplierView]:
    """Ask a supplier one place earlier or later. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        supplier = _supplier(session, person, supplier_id)
        rows = _rows(session, supplier.library_id)
        at = next(place_ for place_, row in enumerate(rows) if row.id == supplier.id)
        to = at - 1 if up else at + 1
        if 0 <= to < len(rows):
            rows[at], rows[to] = rows[to], rows[at]
        for position, row in enumerate(rows, start=1):
            row.position = position
        session.flush()
        return _views(session, supplier.library_id)


def remove_supplier(place: Workplace, person: StaffMember, supplier_id: UUID) -> list[SupplierView]:
    """Take a supplier off the list; requests it has stay with it. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        supplier = _supplier(session, person, supplier_id)
        supplier.removed_at = place.clock()
        session.flush()
        return _views(session, supplier.library_id)


def _supplier(session: Session, person: StaffMember, supplier_id: UUID) -> Supplier:
    supplier = session.get(Supplier, supplier_id)
    if supplier is None or supplier.removed_at is not None:
        raise NotFound()
    require(session, person, Right.EDIT_SERVICES, supplier.library_id)
    return supplier


def _fill(session: Session, library: Library, supplier: Supplier, given: SupplierInput) -> None:
    supplier.kind = given.kind
    if given.kind == "library" and supplier.supplier_library_id is None:
        target = library_by_code(session, given.library or "")
        if target.id == library.id:
            raise SupplierInvalid(reason="a library's own holdings come first by themselves.")
        if any(row.supplier_library_id == target.id for row in _rows(session, library.id)):
            raise SupplierInvalid(reason="it is in the list already.")
        supplier.supplier_library_id = target.id
    if given.kind == "paid" and not (given.name_zh or given.name_en):
        raise SupplierInvalid(reason="a service outside of the network needs a name.")
    supplier.name_zh, supplier.name_en = given.name_zh or given.name_en, given.name_en or given.name_zh
    supplier.agency, supplier.is_active = given.agency, given.is_active
    supplier.fee_page, supplier.fee_item = given.fee_page, given.fee_item
    supplier.subsidy_percent, supplier.offer_hours = given.subsidy_percent, given.offer_hours


def _candidates(session: Session, library: Library, words: str) -> list[OwnerView]:
    known = {row.supplier_library_id for row in _rows(session, library.id)} | {library.id}
    found = select(Library).where(
        Library.id.in_(select(Desk.library_id).where(Desk.state != DeskState.CLOSED)),
        Library.id.not_in({each for each in known if each is not None}),
        Library.state == LibraryState.ACTIVE,
    )
    wanted = words.strip()[:80]
    if wanted:
        named = [each.icontains(wanted, autoescape=True) for each in (Library.name_zh, Library.name_en)]
        found = found.where(or_(*named, Library.code == wanted.upper()))
    else:
        alliances = select(AllianceMember.alliance_id).where(AllianceMember.library_id == library.id)
        allies = select(AllianceMember.library_id).where(AllianceMember.alliance_id.in_(alliances))
        above = path_up(session, library.id)
        found = found.where(or_(Library.id.in_(allies), Library.id.in_(above), Library.parent_id == library.parent_id))
    return [_named(each) for each in session.scalars(found.order_by(Library.code).limit(MAX_CANDIDATES))]


def _named(library: Library) -> OwnerView:
    return OwnerView(code=library.code, name_zh=library.name_zh, name_en=library.name_en)


def _revived(session: Session, library: Library, given: SupplierInput) -> Supplier | None:
    """Return a library that was in the list once: its offers and settlements name that row."""
    if given.kind != "library" or not given.library:
        return None
    target = library_by_code(session, given.library)
    found = session.scalar(
        select(Supplier).where(
            Supplier.library_id == library.id,
            Supplier.supplier_library_id == target.id,
            Supplier.removed_at.is_not(None),
        )
    )
    if found is not None:
        found.removed_at = None
    return found


def _rows(session: Session, library_id: UUID) -> list[Supplier]:
    found = select(Supplier).where(Supplier.library_id == library_id, Supplier.removed_at.is_(None))
    return list(session.scalars(found.order_by(Supplier.position, Supplier.id)))


def _views(session: Session, library_id: UUID) -> list[SupplierView]:
    views: list[SupplierView] = []
    for row in _rows(session, library_id):
        zh, en = dispatching.name_of(session, row)
        code = session.get_one(Library, row.supplier_library_id).code if row.supplier_library_id else None
        views.append(
            SupplierView(
                id=row.id,
                kind=row.kind,
                library=code,
                name_zh=zh,
                name_en=en,
                agency=row.agency,
                fee_page=row.fee_page,
                fee_item=row.fee_item,
                subsidy_percent=row.subsidy_percent,
                offer_hours=row.offer_hours,
                is_active=row.is_active,
            )
        )
    return views

"""The end of what is kept: who and what goes, course and amounts stay; drafts left alone go; nothing else ever does."""

import json
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from qa_server.commissions.definition import Operation
from qa_server.commissions.models import Commission, CommissionEntry, CommissionFile
from qa_server.commissions.money_models import Payment
from qa_server.commissions.work_models import Quote, WorkLogEntry
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import handling, requesting
from qa_server.desk.commissions.money import paying
from qa_server.desk.commissions.requesting import Form
from qa_server.desk.commissions.retention import drop_drafts, forget_ended
from qa_server.desk.tidying import tidy
from qa_server.desk.workplace import Workplace
from storage.database import Database
from tests.commissions.till import empowered, pays_first, sends_proof, some, stands
from tests.commissions.village_work import CONTACT, answers, begun, searched, staff
from tests.fakes import Clock
from tests.village import Village, new_client_id

WORDS = (CONTACT.name, CONTACT.email, "王小渡", "渡口考", "请早些", "凭证.png", "户名王小渡", "AU=(Wang XD)")


def everything(database: Database, commission_id: UUID) -> str:
    """Return all that the tables hold of a commission, as text."""
    found: list[object] = []
    with database.read() as session:
        for table in (Commission, CommissionEntry, CommissionFile, Payment, Quote, WorkLogEntry):
            own = "id" if table is Commission else "commission_id"
            for row in session.scalars(select(table).where(getattr(table, own) == commission_id)):
                found.append({column.name: getattr(row, column.key) for column in table.__mapper__.columns})
    return json.dumps(found, ensure_ascii=False, default=str)


def ended(place: Workplace, people: Village, reader: KnownReader) -> UUID:
    """Bring a commission with words, files and money of every kind to its end; return its id."""
    cashier = empowered(place, people.chen, people.library_a)
    commission_id = pays_first(place, reader, people.lin)
    requesting.say(place, reader, commission_id, client_id=new_client_id(), body="请早些", language="zh")
    sends_proof(place, reader, commission_id)
    paying.receive(place, cashier, commission_id, some(note="户名王小渡"))
    staff(place, people.lin, commission_id, "begin")
    searched(place, people.lin, commission_id)
    answers(place, reader, commission_id, Operation.CANCEL, reason="请早些")
    return commission_id


def test_after_the_years_of_its_service_a_commission_is_nobodys_and_its_amounts_stay(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    commission_id = ended(place, people, reader)
    before, balance = everything(place.database, commission_id), stands(place, commission_id)[0]
    for word in WORDS:
        assert word in before, f"the test shows nothing about {word}"
    clock.forward(hours=(3 * 365 - 1) * 24)
    assert forget_ended(place) == 0

    clock.forward(hours=3 * 24)
    assert (forget_ended(place), forget_ended(place)) == (1, 0)

    after = everything(place.database, commission_id)
    for word in (*WORDS, str(reader.id)):
        assert word not in after
    assert stands(place, commission_id)[0] == balance
    view = handling.read(place, empowered(place, people.zhou, people.library_a), commission_id, language="zh")
    course = [entry.key for entry in view.entries if entry.kind == "transition"]
    assert course == ["submit", "accept", "quote", "accept_quote_and_pay", "pay_before", "begin", "cancel"]
    assert all(entry.created_at for entry in view.entries)
    assert requesting.mine(place, reader, language="zh")[0] == []


def test_what_has_not_ended_is_never_forgotten(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    clock.forward(hours=20 * 366 * 24)
    assert tidy(place) == 0
    assert "王小渡" in everything(place.database, commission_id)


def test_a_draft_left_alone_goes_after_the_days_of_its_library_and_a_submitted_one_stays(
    place: Workplace, people: Village, reader: KnownReader, clock: Clock
) -> None:
    left, kept_up = begun(place, reader), begun(place, reader)
    submitted_id = pays_first(place, reader, people.lin)
    clock.forward(hours=80 * 24)
    requesting.save(place, reader, kept_up, Form(values={"title": "还在写"}), revision=None, language="zh")
    clock.forward(hours=11 * 24)
    assert (drop_drafts(place), drop_drafts(place)) == (1, 0)
    with place.database.read() as session:
        there = set(session.scalars(select(Commission.id)))
        orphans = session.scalar(
            select(func.count()).select_from(CommissionEntry).where(CommissionEntry.commission_id == left)
        )
    assert (there, orphans) == ({kept_up, submitted_id}, 0)
    assert timedelta(days=90) > timedelta(days=80), "the one that was gone on with is younger than the setting"

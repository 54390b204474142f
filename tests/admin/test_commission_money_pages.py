"""The pages of money, letters and figures of commissions: cashiers act, others do not, nothing private slips out."""

import json
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from qa_server.commissions.models import Commission
from qa_server.commissions.payment_signing import seconds_of, sign
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import handling
from qa_server.desk.commissions.money import payment_services
from qa_server.people.audit_models import AuditEntry
from qa_server.people.models import Role
from tests.admin.conftest import Doors, Visit
from tests.commissions.till import empowered, pays_first, sends_proof, stands
from tests.commissions.village_work import CONTACT
from tests.village import Village, come_in, new_client_id


@pytest.fixture
def reader(doors: Doors) -> KnownReader:
    """A reader of library A."""
    return come_in(doors.place)[0]


@pytest.fixture
def commission_id(doors: Doors, townsfolk: Village, reader: KnownReader) -> UUID:
    """A commission that waits for its payment."""
    return pays_first(doors.place, reader, townsfolk.lin)


@pytest.fixture
def cashier(doors: Doors, townsfolk: Village) -> Visit:
    """CHEN, who dispatches and takes payments at library A."""
    empowered(doors.place, townsfolk.chen, townsfolk.library_a)
    return doors.sign_in("chen")


def act(visit: Visit, commission_id: UUID, name: str, **fields: str) -> str:
    """Send a form of the account; return where it leads."""
    path = f"/console/commission-accounts/{commission_id}/{name}"
    return str(visit.post(path, client_id=new_client_id(), **fields).headers.get("location", ""))


def cells(content: bytes) -> str:
    """Return the sheet of a workbook."""
    with ZipFile(BytesIO(content)) as packed:
        return packed.read("xl/worksheets/sheet1.xml").decode()


def test_a_cashier_finds_the_proof_and_confirms_it(
    doors: Doors, cashier: Visit, reader: KnownReader, commission_id: UUID
) -> None:
    sends_proof(doors.place, reader, commission_id)
    page = cashier.read("/console/commission-accounts")
    assert f"/console/commission-accounts/{commission_id}" in page
    account = cashier.read(f"/console/commission-accounts/{commission_id}")
    assert "A proof waits for you" in account
    proof = account.split("/proofs/")[1].split("/")[0]
    assert act(cashier, commission_id, f"proofs/{proof}/confirm", amount="40.00", method="cash").endswith(
        "done=confirm"
    )
    assert stands(doors.place, commission_id)[1:] == ("paid", "confirmed")
    assert "Proofs to confirm" in cashier.read("/console/commission-accounts")


def test_each_form_of_the_till_does_what_it_says(doors: Doors, cashier: Visit, commission_id: UUID) -> None:
    assert act(cashier, commission_id, "payments", amount="50.00", method="campus_card").endswith("done=payments")
    assert act(cashier, commission_id, "refunds", amount="10.00", note="Too much").endswith("done=refunds")
    assert act(cashier, commission_id, "fees", amount="8.00", note="Courier").endswith("done=fees")
    assert act(cashier, commission_id, "waivers", amount="8.00", note="Kind").endswith("done=waivers")
    assert act(cashier, commission_id, "invoice", number="0042").endswith("done=invoice")
    balance, payment_state, _ = stands(doors.place, commission_id)
    assert (str(balance.open), str(balance.credit), payment_state) == ("0.00", "0.00", "paid")
    assert "Issued: 0042" in cashier.read(f"/console/commission-accounts/{commission_id}")


@pytest.mark.parametrize("amount", ["0", "-1", "1e5", "NaN", "12.345", "abc", "9999999"])
def test_what_is_no_amount_is_refused_with_a_reason(
    doors: Doors, cashier: Visit, commission_id: UUID, amount: str
) -> None:
    answer = cashier.post(f"/console/commission-accounts/{commission_id}/payments", client_id="x" * 8, amount=amount)
    assert answer.status_code == (303 if amount == "1e5" else 422)
    if amount != "1e5":
        assert not stands(doors.place, commission_id)[0].paid


def test_whoever_takes_no_payments_sees_the_account_without_its_forms_and_no_lists(
    doors: Doors, townsfolk: Village, commission_id: UUID
) -> None:
    lin = doors.sign_in("lin")
    account = lin.read(f"/console/commission-accounts/{commission_id}")
    assert "Money came" not in account
    for path in ("", "/ledger", "/ledger/file"):
        assert lin.client.get(f"/console/commission-accounts{path}").status_code == 403
    assert lin.client.get("/console/commission-statistics").status_code == 403
    assert lin.post(f"/console/commission-accounts/{commission_id}/payments", amount="1.00").status_code == 403
    grace = doors.sign_in("grace")
    assert grace.client.get(f"/console/commission-accounts/{commission_id}").status_code == 404


def test_the_ledger_of_a_month_adds_up_and_leaves_as_a_file_that_is_on_record(
    doors: Doors, cashier: Visit, commission_id: UUID
) -> None:
    act(cashier, commission_id, "payments", amount="15.00", reference="=1+1")
    page = cashier.read("/console/commission-accounts/ledger?month=2026-09")
    for amount in ("40.00", "15.00", "25.00"):
        assert amount in page
    totals = cashier.client.get("/console/commission-accounts/ledger/file?month=2026-09&what=totals")
    assert "<v>40.0</v>" in cells(totals.content)
    assert "<v>25.0</v>" in cells(totals.content)
    lines = cells(cashier.client.get("/console/commission-accounts/ledger/file?month=2026-09&what=lines").content)
    assert "=1+1</t>" in lines
    assert "<f>" not in lines
    assert CONTACT.name not in lines
    assert "No money moved" not in cashier.read("/console/commission-accounts/ledger?month=2026-10")
    with doors.place.database.read() as session:
        kept = session.scalars(select(AuditEntry).where(AuditEntry.subject_key == "commission_money")).all()
        assert [entry.details["what"] for entry in kept] == ["totals", "lines"]


def test_the_statistics_count_work_and_name_no_reader(
    doors: Doors, townsfolk: Village, cashier: Visit, commission_id: UUID
) -> None:
    act(cashier, commission_id, "payments", amount="40.00")
    with doors.place.database.write() as session:
        commission = session.get_one(Commission, commission_id)
        commission.delivered_at, commission.stars = doors.place.clock(), 4
        commission.searcher_id = townsfolk.lin.id
    page = cashier.read("/console/commission-statistics")
    assert "Citation search" in page
    assert "Lin" in page
    assert "40.00" in page
    for private in (CONTACT.name, CONTACT.email, "王小渡"):
        assert private not in page
    file = cashier.client.get("/console/commission-statistics/file")
    assert "王小渡" not in cells(file.content)
    assert "2026-09" in cells(file.content)


def test_an_administrator_settles_payment_letters_and_service(doors: Doors, townsfolk: Village) -> None:
    empowered(doors.place, townsfolk.zhou, townsfolk.library_a, Role.LIBRARY_ADMINISTRATOR)
    visit = doors.sign_in("zhou")
    base = "/console/network/AAA/commissions"
    assert "Words of the letters" in visit.read(base)
    settings = {
        "account_zh": "户名：示例大学",
        "account_en": "Account: Example",
        "sends_letters": "1",
        "commissions.news_minutes": "10",
        "commissions.draft_days": "60",
        "commissions.archive_days": "30",
    }
    assert visit.post(f"{base}/settings", **settings).status_code == 303
    assert "户名：示例大学" in visit.read(base)
    assert visit.post(f"{base}/settings", **{**settings, "commissions.draft_days": "1"}).status_code == 422
    words = {"language": "zh", "subject": "{number} 已收到", "body": "{name}：收到。"}
    preview = visit.post(f"{base}/letters/submit", **words, preview="1")
    assert "王小渡：收到。" in preview.text
    assert visit.post(f"{base}/letters/submit", **{**words, "body": "{nobody}"}).status_code == 422
    assert visit.post(f"{base}/letters/submit", **words).status_code == 303
    assert "own words" in visit.read(f"{base}?letters=zh")
    assert visit.post(f"{base}/letters/submit", language="zh", inherit="1").status_code == 303
    made = visit.post(f"{base}/payment-service", secret="1")
    secret = made.text.split("<code>")[1].split("</code>")[0]
    assert len(secret) == 64
    assert secret not in visit.read(base)
    refused = visit.post(f"{base}/payment-service", address="http://inside/", is_on="1")
    assert refused.status_code == 422


def test_a_failed_payment_stands_in_account_and_course_and_a_lost_secret_on_the_page(
    doors: Doors, cashier: Visit, townsfolk: Village, commission_id: UUID, tmp_path: Path
) -> None:
    doors.place.settings.originals_key_file = str(tmp_path / "originals.key")
    person = empowered(doors.place, townsfolk.zhou, townsfolk.library_a, Role.LIBRARY_ADMINISTRATOR)
    payment_services.set_up(doors.place, person, "AAA", address="", is_on=True)
    secret = payment_services.make_secret(doors.place, person, "AAA").encode()
    number = handling.read(doors.place, person, commission_id, language="en").number
    told = {"event_id": "event-0001", "kind": "payment.failed", "commission": number, "amount": "40.00"}
    body = json.dumps({**told, "currency": "CNY", "reason": "Card <b>expired</b>"}).encode()
    now = seconds_of(doors.place.clock())
    headers = {"X-Wenjin-Timestamp": str(now), "X-Wenjin-Signature": sign(secret, now, body)}

    answer = cashier.client.post("/api/v1/payments/AAA", content=body, headers=headers)

    assert answer.json() == {"outcome": "failed", "is_repeated": False}
    assert "Card <b>expired</b>" in cashier.read(f"/console/commission-accounts/{commission_id}")
    assert "Card <b>" not in cashier.client.get(f"/console/commission-accounts/{commission_id}").text
    record = cashier.read(f"/console/commissions/{commission_id}/record")
    assert "The payment service could not collect the money" in record
    assert "CNY 40.00" in record
    administrator = doors.sign_in("zhou")
    page = "/console/network/AAA/commissions"
    assert "The secret cannot be opened" not in administrator.read(page)
    Path(doors.place.settings.originals_key_file).unlink()
    assert "The secret cannot be opened" in administrator.read(page)
    assert cashier.client.post("/api/v1/payments/AAA", content=body, headers=headers).status_code == 401

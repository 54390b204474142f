"""Money of a commission: proofs, cash, parts, too much, refunds, waivers, invoices; on both databases."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_server.commissions.contact import Invoice
from qa_server.commissions.definition import Operation
from qa_server.commissions.errors import ReasonMissing
from qa_server.commissions.models import Commission, PaymentState
from qa_server.commissions.money import Balance, balance_of, state_of
from qa_server.commissions.money_errors import AmountTooLarge, NothingOwed, PaymentSettled
from qa_server.commissions.money_models import LedgerState, Payment, PaymentKind
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import handling, requesting
from qa_server.desk.commissions.money import accounts, paying
from qa_server.desk.commissions.money.quoting import Offer
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from storage.errors import AppError, Forbidden, NotFound
from tests.commissions.till import agreed, empowered, pays_first, sends_proof, some, stands
from tests.commissions.village_work import answers, staff
from tests.village import Village, come_in


@pytest.fixture
def cashier(place: Workplace, people: Village) -> StaffMember:
    """CHEN, who takes payments at library A."""
    return empowered(place, people.chen, people.library_a)


def kinds(place: Workplace, person: StaffMember, commission_id: object) -> list[tuple[str, str, str]]:
    """Return kind, state and amount of each line."""
    lines = accounts.account(place, person, commission_id).lines  # type: ignore[arg-type]
    return [(line.kind, line.state, str(line.amount)) for line in lines]


def test_a_confirmed_proof_takes_the_commission_on(
    place: Workplace, people: Village, reader: KnownReader, cashier: StaffMember
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    assert stands(place, commission_id)[1:] == ("due", "awaiting_payment")
    sends_proof(place, reader, commission_id)
    assert stands(place, commission_id)[1:] == ("proof_sent", "awaiting_payment")
    proof = accounts.account(place, cashier, commission_id).lines[-1]

    paying.confirm(place, cashier, commission_id, proof.id, some())

    balance, payment_state, state = stands(place, commission_id)
    assert (balance.open, payment_state, state) == (Decimal(0), "paid", "confirmed")
    record = handling.read(place, people.lin, commission_id, language="zh").entries
    assert [each.key for each in record if each.kind == "payment"] == ["confirmed"]
    assert [each.key for each in record][-1] == "pay_before"
    with pytest.raises(PaymentSettled):
        paying.confirm(place, cashier, commission_id, proof.id, some())


def test_a_rejected_proof_says_why_and_the_reader_sends_another(
    place: Workplace, people: Village, reader: KnownReader, cashier: StaffMember
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    sends_proof(place, reader, commission_id)
    proof = accounts.account(place, cashier, commission_id).lines[-1]

    with pytest.raises(ReasonMissing):
        paying.reject(place, cashier, commission_id, proof.id, some())
    paying.reject(place, cashier, commission_id, proof.id, some(note="金额看不清"))

    panel = accounts.panel(place, reader, commission_id)
    assert (panel.payment_state, panel.lines[-1].note, panel.is_called_for) == ("due", "金额看不清", True)
    sends_proof(place, reader, commission_id)
    assert stands(place, commission_id)[1] == "proof_sent"


def test_parts_add_up_and_only_the_last_takes_the_commission_on(
    place: Workplace, people: Village, reader: KnownReader, cashier: StaffMember
) -> None:
    commission_id = pays_first(place, reader, people.lin)

    paying.receive(place, cashier, commission_id, some("15.50"))
    balance, payment_state, state = stands(place, commission_id)
    assert (str(balance.open), payment_state, state) == ("24.50", "due", "awaiting_payment")

    paying.receive(place, cashier, commission_id, some())
    assert stands(place, commission_id)[1:] == ("paid", "confirmed")
    with pytest.raises(NothingOwed):
        paying.receive(place, cashier, commission_id, some())


def test_too_much_is_credit_that_can_be_given_back_and_no_more(
    place: Workplace, people: Village, reader: KnownReader, cashier: StaffMember
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    paying.receive(place, cashier, commission_id, some("50.00"))
    assert str(stands(place, commission_id)[0].credit) == "10.00"

    with pytest.raises(AmountTooLarge):
        paying.give_back(place, cashier, commission_id, some("50.01", note="多付"))
    with pytest.raises(ReasonMissing):
        paying.give_back(place, cashier, commission_id, some("10.00"))
    paying.give_back(place, cashier, commission_id, some(note="多付"))

    balance, payment_state, state = stands(place, commission_id)
    assert (balance.credit, str(balance.refunded), payment_state, state) == (Decimal(0), "10.00", "paid", "confirmed")


def test_a_cancelled_commission_keeps_its_fee_and_the_rest_goes_back(
    place: Workplace, people: Village, reader: KnownReader, cashier: StaffMember
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    paying.receive(place, cashier, commission_id, some())
    staff(place, people.lin, commission_id, "begin")
    answers(place, reader, commission_id, Operation.CANCEL)
    # Half of the price in this state, as the price list says.
    assert str(stands(place, commission_id)[0].credit) == "20.00"

    paying.give_back(place, cashier, commission_id, some(note="取消"))

    balance, payment_state, state = stands(place, commission_id)
    assert (balance.credit, str(balance.received), payment_state, state) == (Decimal(0), "20.00", "paid", "refunded")
    assert kinds(place, cashier, commission_id)[:3] == [
        ("fee", "confirmed", "40.00"),
        ("payment", "confirmed", "40.00"),
        ("fee", "confirmed", "-20.00"),
    ]


def test_what_is_given_back_beyond_the_credit_is_let_off_too(
    place: Workplace, people: Village, reader: KnownReader, cashier: StaffMember
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    paying.receive(place, cashier, commission_id, some())

    paying.give_back(place, cashier, commission_id, some("40.00", note="馆方原因"))

    balance, payment_state, _ = stands(place, commission_id)
    assert (balance.open, balance.received, payment_state) == (Decimal(0), Decimal(0), "refunded")
    assert kinds(place, cashier, commission_id)[1:] == [
        ("payment", "refunded", "40.00"),
        ("waiver", "confirmed", "40.00"),
        ("refund", "confirmed", "40.00"),
    ]


def test_a_waiver_takes_the_commission_on_and_a_fee_asks_for_more(
    place: Workplace, people: Village, reader: KnownReader, cashier: StaffMember
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    paying.let_off(place, cashier, commission_id, some(note="馆长批准"))
    assert stands(place, commission_id)[1:] == ("paid", "confirmed")

    paying.charge(place, cashier, commission_id, some("12.00", note="快递"))

    balance, payment_state, _ = stands(place, commission_id)
    assert (str(balance.open), payment_state) == ("12.00", "due")
    assert str(handling.read(place, people.lin, commission_id, language="zh").price) == "52.00"


def test_what_is_sent_twice_is_written_once(
    place: Workplace, people: Village, reader: KnownReader, cashier: StaffMember
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    once = some("15.00")
    paying.receive(place, cashier, commission_id, once)
    view = paying.receive(place, cashier, commission_id, once)
    assert str(view.paid) == "15.00"


def test_two_cashiers_confirm_a_proof_once(
    place: Workplace, people: Village, reader: KnownReader, cashier: StaffMember
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    sends_proof(place, reader, commission_id)
    proof = accounts.account(place, cashier, commission_id).lines[-1].id

    def confirm(_: int) -> str:
        try:
            paying.confirm(place, cashier, commission_id, proof, some())
        except AppError as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(confirm, range(2))) == ["done", "payment_settled"]
    assert str(stands(place, commission_id)[0].paid) == "40.00"


def test_only_a_cashier_moves_money_and_nobody_elsewhere_sees_it(
    place: Workplace, people: Village, reader: KnownReader, cashier: StaffMember
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    assert accounts.account(place, cashier, commission_id).lines
    with pytest.raises(Forbidden):
        paying.receive(place, people.lin, commission_id, some("1.00"))
    with pytest.raises(NotFound):
        paying.receive(place, people.grace, commission_id, some("1.00"))
    stranger, _ = come_in(place)
    with pytest.raises(NotFound):
        accounts.panel(place, stranger, commission_id)


def test_the_tax_number_is_shown_to_cashiers_alone_and_the_invoice_to_the_reader(
    place: Workplace, people: Village, reader: KnownReader, cashier: StaffMember
) -> None:
    commission_id = agreed(place, reader, people.lin)
    wanted = Invoice(kind="organisation", title="示例大学", tax_number="91110000MA00000000")
    with place.database.write() as session:
        session.get_one(Commission, commission_id).invoice = wanted.model_dump()

    paying.issue_invoice(place, cashier, commission_id, number="0042 1337", client_id="invoice-1")

    assert accounts.account(place, cashier, commission_id).invoice_data["tax_number"] == "91110000MA00000000"
    assert accounts.account(place, people.lin, commission_id).invoice_data == {}
    invoice = accounts.panel(place, reader, commission_id).invoice
    assert invoice is not None
    assert (invoice.number, str(invoice.amount)) == ("0042 1337", "40.00")


def test_with_payment_after_the_work_a_reader_owes_but_is_not_asked_yet(
    place: Workplace, people: Village, reader: KnownReader, cashier: StaffMember
) -> None:
    commission_id = agreed(place, reader, people.lin)
    panel = accounts.panel(place, reader, commission_id)
    assert (str(panel.open), panel.is_called_for, panel.payment_state) == ("40.00", False, "due")


def test_the_cashiers_step_of_the_state_table_writes_the_ledger_too(
    place: Workplace, people: Village, reader: KnownReader, cashier: StaffMember
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    staff(place, cashier, commission_id, "pay_before")
    balance, payment_state, state = stands(place, commission_id)
    assert (balance.open, str(balance.paid), payment_state, state) == (Decimal(0), "40.00", "paid", "confirmed")


def test_a_dearer_change_after_payment_is_owed_before_the_work_goes_on(
    place: Workplace, people: Village, reader: KnownReader, cashier: StaffMember
) -> None:
    commission_id = pays_first(place, reader, people.lin)
    paying.receive(place, cashier, commission_id, some())
    staff(place, people.lin, commission_id, "begin")
    offer = Offer(total=Decimal("65.00"), note="增加检索")
    staff(place, people.lin, commission_id, "change_order", reason="增加检索", offer=offer)
    answers(place, reader, commission_id, Operation.ACCEPT_QUOTE)
    balance, payment_state, state = stands(place, commission_id)
    assert (str(balance.open), payment_state, state) == ("25.00", "due", "awaiting_payment")
    assert requesting.read(place, reader, commission_id, language="zh").payment_state == "due"


_CENTS = st.integers(1, 20_000).map(lambda cents: Decimal(cents) / 100)
_LINES = st.lists(
    st.builds(
        lambda kind, state, amount: Payment(kind=kind.value, state=state.value, amount=amount),
        st.sampled_from(list(PaymentKind)),
        st.sampled_from(list(LedgerState)),
        _CENTS,
    ),
    max_size=30,
)


@given(_LINES)
@settings(max_examples=300, deadline=None)
def test_a_balance_is_the_sum_of_what_counts(lines: list[Payment]) -> None:
    balance = balance_of(lines)
    counted = [line for line in lines if line.state in ("confirmed", "refunded")]
    signs = {"fee": 1, "waiver": -1, "payment": -1, "refund": 1}
    total = sum((signs[line.kind] * line.amount for line in counted), Decimal(0))
    assert balance.open - balance.credit == total
    assert balance.open >= 0
    assert balance.credit >= 0
    assert not (balance.open and balance.credit)
    state = state_of(balance, has_proof=False)
    assert (state is PaymentState.DUE) == bool(balance.open)


def test_nothing_agreed_is_nothing_to_pay() -> None:
    assert state_of(Balance(), has_proof=False) is PaymentState.NONE


_STEPS = st.lists(
    st.tuples(st.sampled_from(["receive", "give_back", "let_off", "charge"]), _CENTS), min_size=1, max_size=8
)


def test_whatever_a_cashier_does_the_ledger_explains_the_state(
    place: Workplace, people: Village, cashier: StaffMember
) -> None:
    @given(_STEPS)
    @settings(max_examples=5, deadline=None, database=None)
    def check(steps: list[tuple[str, Decimal]]) -> None:
        reader, _ = come_in(place)
        commission_id = pays_first(place, reader, people.lin)
        for name, amount in steps:
            try:
                getattr(paying, name)(place, cashier, commission_id, some(str(amount), note="试"))
            except (AmountTooLarge, NothingOwed):
                continue
        balance, payment_state, _ = stands(place, commission_id)
        with place.database.read() as session:
            price = session.get_one(Commission, commission_id).price
        assert balance.fees == price
        assert balance.refunded <= balance.paid
        assert payment_state == state_of(balance, has_proof=False)

    check()

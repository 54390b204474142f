"""What a commissioned service is, as data: its form, states, rights, clock, prices, report and retention.

A definition is the edge where a library's own rules come in; `definition_checks` says whether one makes sense.
"""

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
# Without control characters but line ends and tabs: these texts go into letters and documents.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=600),
    BeforeValidator(lambda text: _UNWANTED.sub("", text) if isinstance(text, str) else text),
]
# Two places after the point, as invoices have them.
Amount = Annotated[
    Decimal,
    Field(ge=0, le=Decimal("1000000"), max_digits=9, decimal_places=2),
    AfterValidator(lambda amount: amount.quantize(Decimal("0.01"))),
]
Quantity = Annotated[Decimal, Field(ge=0, le=Decimal("100000"))]
# What a clock may listen to besides transitions.
EVENTS = frozenset({"payment_proof"})
Percent = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2)]


class FieldKind(StrEnum):
    """What a field holds. `years` is a first and a last year; `terms` a list of words; `subject` a CLC main class."""

    TEXT = "text"
    PARAGRAPH = "paragraph"
    INTEGER = "integer"
    DATE = "date"
    YEARS = "years"
    CHOICE = "choice"
    CHOICES = "choices"
    BOOLEAN = "boolean"
    EMAIL = "email"
    PHONE = "phone"
    SUBJECT = "subject"
    TERMS = "terms"
    PAPERS = "papers"
    FILES = "files"


class Actor(StrEnum):
    """Who may make a transition. Each is a right at a library; see `desk.commissions.standing`.

    `contact` is the library that the reader applied to, `service` the one that does the work (the same unless it was
    transferred), `searcher` whoever has the work, `reviewer` somebody else who may review, `signer` the stamp holder.
    """

    READER = "reader"
    CONTACT = "contact"
    SERVICE = "service"
    SEARCHER = "searcher"
    REVIEWER = "reviewer"
    SIGNER = "signer"
    CASHIER = "cashier"
    SYSTEM = "system"


class Operation(StrEnum):
    """What a transition does besides changing the state. One without an operation is a button with a reason."""

    SUBMIT = "submit"
    RETURN = "return"
    ACCEPT = "accept"
    REFUSE = "refuse"
    TRANSFER = "transfer"
    TAKE_OVER = "take_over"
    SEND_BACK = "send_back"
    QUOTE = "quote"
    ACCEPT_QUOTE = "accept_quote"
    DECLINE_QUOTE = "decline_quote"
    QUOTE_EXPIRES = "quote_expires"
    CHANGE_ORDER = "change_order"
    PAY = "pay"
    BEGIN = "begin"
    PAUSE = "pause"
    RESUME = "resume"
    SEND_DRAFT = "send_draft"
    APPROVE_DRAFT = "approve_draft"
    CORRECT_DRAFT = "correct_draft"
    ASK_REVIEW = "ask_review"
    PASS_REVIEW = "pass_review"  # noqa: S105 - no password
    FAIL_REVIEW = "fail_review"
    SIGN = "sign"
    DELIVER = "deliver"
    ACCEPT_RESULT = "accept_result"
    OBJECT = "object"
    REJECT_OBJECTION = "reject_objection"
    REWORK = "rework"
    CLOSE = "close"
    CANCEL = "cancel"
    REFUND = "refund"
    ARCHIVE = "archive"
    DISPATCH = "dispatch"
    OFFER = "offer"
    SUPPLIER_ACCEPTS = "supplier_accepts"
    SUPPLIER_CONDITION = "supplier_condition"
    ACCEPT_CONDITION = "accept_condition"
    DECLINE_CONDITION = "decline_condition"
    SUPPLIER_FAILS = "supplier_fails"
    NO_SUPPLIER = "no_supplier"
    SETTLE = "settle"


class Need(StrEnum):
    """What has to be so before a transition is possible.

    `pays_before`: the reader pays before the work and has not paid all of it yet; `pays_not_before` is its opposite.
    `paid_if_before` and `paid_if_after`: nothing is owed, or it is owed at another time. `report_passed`: somebody
    other than the searcher passed the newest version, or the service needs no review. `draft_ready` and
    `report_ready`: there is a version to show, or to review; `result_ready`: what is to be delivered is there.
    """

    COMPLETE_FORM = "complete_form"
    STANDING_QUOTE = "standing_quote"
    PAYS_BEFORE = "pays_before"
    PAYS_NOT_BEFORE = "pays_not_before"
    PAID_IF_BEFORE = "paid_if_before"
    PAID_IF_AFTER = "paid_if_after"
    IS_FREE = "is_free"
    WORK_LOGGED = "work_logged"
    DRAFT_READY = "draft_ready"
    REPORT_READY = "report_ready"
    REPORT_PASSED = "report_passed"
    RESULT_READY = "result_ready"
    WITHIN_OBJECTION = "within_objection"


class PaymentOrder(StrEnum):
    """When a reader pays: before the work, after it, never, or to the library that acts as agent."""

    BEFORE = "before"
    AFTER = "after"
    FREE = "free"
    AGENT = "agent"


class Part(BaseModel):
    """The base of everything in a definition: frozen, and nothing that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Words(Part):
    """A text in both languages."""

    zh: Text
    en: Text

    def in_(self, language: str) -> str:
        """Return the text in a language; English for any but Chinese."""
        return self.zh if language == "zh" else self.en


class Condition(Part):
    """Holds where the field's value, or one of its values, is one of these; numbers and yes or no as they are."""

    field: Key
    one_of: tuple[bool | int | str, ...] = Field(min_length=1, max_length=50)


class Choice(Part):
    """One of the values of a choice."""

    key: Key
    label: Words


class FieldDef(Part):
    """One field of the form. `minimum` and `maximum` are characters of texts, entries of lists, or the number itself.

    For dates they are days from today. `longest` is characters of each entry of a list; `format` what a text has to
    be. A yes or no that is `required` has to be yes. A field `by` staff is filled in by librarians, and is not asked
    of readers.
    """

    key: Key
    kind: FieldKind
    label: Words
    section: Key
    help: Words | None = None
    example: Words | None = None
    required: bool = False
    when: Condition | None = None
    choices: tuple[Choice, ...] = Field((), max_length=80)
    minimum: int | None = Field(None, ge=0, le=1_000_000)
    maximum: int | None = Field(None, ge=0, le=1_000_000)
    longest: int | None = Field(None, ge=1, le=1_000)
    format: Literal["doi", "issn", "isbn"] | None = None
    by: Literal["reader", "staff"] = "reader"


class Section(Part):
    """A heading of the form."""

    key: Key
    label: Words
    help: Words | None = None


class StateDef(Part):
    """One state. `told` is what the reader reads; `acts` is who has to do something; an end has no way out but filing.

    `is_form_open`: the reader may change the form.
    """

    key: Key
    label: Words
    told: Words
    acts: Literal["reader", "library", "nobody"]
    is_form_open: bool = False
    is_end: bool = False


class Transition(Part):
    """One way between states. Of several with one operation from a state the first whose needs are met is taken."""

    key: Key
    label: Words
    from_: tuple[Key, ...] = Field(alias="from", min_length=1, max_length=40)
    to: Key
    by: tuple[Actor, ...] = Field(min_length=1, max_length=8)
    does: Operation | None = None
    needs: tuple[Need, ...] = ()
    reason: Literal["none", "optional", "required"] = "none"
    tells: tuple[Literal["reader", "staff"], ...] = ()


class Speed(Part):
    """A speed that may be ordered, in working days."""

    key: Key
    label: Words
    days: int = Field(ge=1, le=400)


class ClockRule(Part):
    """Which transitions (by key) start, pause, resume and stop the clock of working days; `payment_proof` also may.

    The field `speed_field` holds the key of the speed; without one the first speed holds.
    """

    speeds: tuple[Speed, ...] = Field(min_length=1, max_length=10)
    speed_field: Key | None = None
    starts_on: tuple[Key, ...] = Field(min_length=1)
    pauses_on: tuple[Key, ...] = ()
    resumes_on: tuple[Key, ...] = ()
    stops_on: tuple[Key, ...] = Field(min_length=1)
    # A question of intake that nobody took up goes on to the next desk after so many working hours.
    intake_hours: int = Field(8, ge=1, le=400)
    # Word before the deadline, in working hours.
    remind_hours: int = Field(8, ge=1, le=400)
    # A result that goes back to work after an objection has at least so many working days from then on.
    rework_days: int = Field(2, ge=1, le=400)


class PriceLine(Part):
    """One line of a price list. Quantity is the fact named by `each` (1 without one) less what is included.

    With `percent` the line is that part of what stands above it (of the lines named in `of`, or all), times quantity.
    """

    key: Key
    label: Words
    unit: Words | None = None
    amount: Amount = Decimal("0.00")
    each: Key | None = None
    included: Quantity = Decimal(0)
    at_most: Quantity | None = None
    percent: Percent | None = None
    of: tuple[Key, ...] = ()
    when: tuple[Condition, ...] = Field((), max_length=10)


class Waiver(Part):
    """A rule that lessens the price by a percentage of the lines named, or of all; `yearly`: so often a year."""

    key: Key
    label: Words
    percent: Annotated[Decimal, Field(gt=0, le=100)]
    of: tuple[Key, ...] = ()
    when: tuple[Condition, ...] = Field((), max_length=10)
    yearly: int | None = Field(None, ge=1, le=1000)


class PriceRules(Part):
    """A published price list: lines in order, then waivers, then floor and ceiling."""

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "CNY"
    order: PaymentOrder = PaymentOrder.AFTER
    lines: tuple[PriceLine, ...] = Field((), max_length=60)
    waivers: tuple[Waiver, ...] = Field((), max_length=20)
    floor: Amount | None = None
    ceiling: Amount | None = None
    valid_days: int = Field(14, ge=1, le=365)
    # What a cancellation costs, in percent of the agreed price, by the state it is cancelled in; elsewhere nothing.
    cancellation: dict[Key, Annotated[Decimal, Field(ge=0, le=100)]] = Field(default_factory=dict)
    source: Words | None = None


class ReportRule(Part):
    """How the report is numbered and made. `template` names the shipped form of it."""

    number: Annotated[str, StringConstraints(min_length=3, max_length=80)]
    template: Key
    title: Words
    needs_review: bool = True
    needs_seal: bool = True


class DeliveryRule(Part):
    """Limits of document delivery: copies of one issue, the part of a book in percent, items a reader and month."""

    articles_per_issue: int | None = Field(None, ge=1, le=1000)
    book_percent: int | None = Field(None, ge=1, le=100)
    monthly_quota: int | None = Field(None, ge=1, le=10_000)
    offer_hours: int = Field(8, ge=1, le=400)
    link_days: int = Field(14, ge=1, le=90)
    downloads: int = Field(5, ge=1, le=100)
    # Of the form, suppliers see these fields alone: what names the document, and nothing of the reader.
    shown_to_suppliers: tuple[Key, ...] = Field((), max_length=80)


Keyed = TypeVar("Keyed", StateDef, FieldDef, Transition)


class ServiceDefinition(Part):
    """A whole service."""

    code: Key
    name: Words
    summary: Words
    details: Words | None = None
    sections: tuple[Section, ...] = Field(min_length=1, max_length=20)
    fields: tuple[FieldDef, ...] = Field(min_length=1, max_length=80)
    # The field whose value is the title of the commission.
    title_field: Key
    subject_field: Key | None = None
    states: tuple[StateDef, ...] = Field(min_length=2, max_length=40)
    first_state: Key
    transitions: tuple[Transition, ...] = Field(min_length=1, max_length=120)
    clock: ClockRule
    prices: PriceRules
    report: ReportRule | None = None
    delivery: DeliveryRule | None = None
    # Days within which a reader may object after delivery; then it is closed by itself.
    objection_days: int = Field(7, ge=1, le=365)
    # Years for which a closed commission is kept with its report; then it is made anonymous.
    retention_years: int = Field(3, ge=1, le=50)

    def state(self, key: str) -> StateDef:
        """Return a state by its key. Raises KeyError."""
        return next_of(self.states, key)

    def field(self, key: str) -> FieldDef:
        """Return a field by its key. Raises KeyError."""
        return next_of(self.fields, key)


def next_of(parts: tuple[Keyed, ...], key: str) -> Keyed:
    """Return the part with a key. Raises KeyError."""
    for part in parts:
        if part.key == key:
            return part
    raise KeyError(key)

"""What the pages of one commission share: its head, its tabs, the steps that may be taken, who has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID, uuid4

from fastapi import Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin import supply_wording
from admin.commission_wording import DONE, PAYMENT_ORDERS, PAYMENT_STATES, TABS
from admin.page import Visitor, go_to, render
from admin.supply_wording import SUPPLIER_TABS
from qa_server.commissions.definition import Operation
from qa_server.desk.commissions import handling, passing_on
from qa_server.desk.commissions.supply import supplying
from qa_server.desk.commissions.views import CommissionView, WayView
from qa_server.people.errors import Unauthenticated
from storage.errors import AppError

PAGE = "/console/commissions"
Kind = Literal["plain", "reason", "accept", "return", "transfer", "cancel", "quote", "supply"]

_KINDS: Mapping[str | None, Kind] = {
    Operation.ACCEPT: "accept",
    Operation.TAKE_OVER: "accept",
    Operation.RETURN: "return",
    Operation.TRANSFER: "transfer",
    Operation.CANCEL: "cancel",
    Operation.QUOTE: "quote",
    Operation.CHANGE_ORDER: "quote",
}
# Of a document delivery: each has a form of its own in the part about suppliers.
_SUPPLY = frozenset({Operation.DISPATCH, Operation.SUPPLIER_CONDITION, Operation.SUPPLIER_FAILS, Operation.DELIVER})
# What leads away from the usual course stands behind the others.
_ASIDE = frozenset(
    {
        Operation.RETURN,
        Operation.TRANSFER,
        Operation.PAUSE,
        Operation.CHANGE_ORDER,
        Operation.SEND_BACK,
        Operation.REFUND,
        Operation.SUPPLIER_FAILS,
        Operation.REFUSE,
        Operation.CANCEL,
    }
)
_HARD = frozenset({Operation.CANCEL, Operation.REFUSE})


@dataclass(frozen=True)
class StepForm:
    """A step as the page offers it. `typed` is what was typed before it was refused."""

    way: WayView
    kind: Kind
    is_aside: bool
    is_hard: bool
    typed: Mapping[str, str]

    @property
    def is_open(self) -> bool:
        """Say whether it may be taken now."""
        return not self.way.missing


@dataclass(frozen=True)
class Refused:
    """A refusal of a form of the page, with the form's name and what was typed into it."""

    error: AppError
    form: str
    typed: Mapping[str, str]


def address_of(commission_id: UUID, tab: str = "") -> str:
    """Return the address of a tab of a commission."""
    return f"{PAGE}/{commission_id}{tab}"


def show(
    request: Request,
    visitor: Visitor,
    commission_id: UUID,
    template: str,
    *,
    tab: str,
    refused: Refused | None = None,
    **context: object,
) -> Response:
    """Answer with a tab of a commission as it is now. With a refusal it says why; what was typed stays.

    Raises NotFound.
    """
    place, person, language = visitor.place, visitor.person, visitor.language
    view = handling.read(place, person, commission_id, language=language)
    definition = handling.definition(place, person, commission_id)
    supply = supplying.supply(place, person, commission_id) if definition.delivery is not None else None
    steps = _steps(view, refused, has_supply=supply is not None)
    may_transfer = any(each.kind == "transfer" for each in steps)
    sought = request.query_params.get("to", "")[:80]
    return render(
        request,
        template,
        seen_by=visitor,
        status=refused.error.status if refused else 200,
        view=view,
        tab=tab,
        tabs=TABS if supply is None or not supply.is_supplier else SUPPLIER_TABS,
        supply=supply,
        supply_words=supply_wording,
        address=address_of(commission_id),
        steps=steps,
        new_id=lambda: uuid4().hex,
        is_worker=bool({"searcher", "service"} & set(view.actors)) and not view.is_end,
        stops=passing_on.way(place, person, commission_id),
        colleagues=passing_on.colleagues(place, person, commission_id),
        targets=passing_on.targets(place, person, commission_id, words=sought) if may_transfer else [],
        sought=sought,
        reckoning=handling.reckon(place, person, commission_id),
        definition=definition,
        payment_states=PAYMENT_STATES,
        payment_orders=PAYMENT_ORDERS,
        now=place.clock(),
        done=DONE.get(request.query_params.get("done", "")),
        problem=visitor.say(refused.error.message, **refused.error.details) if refused else None,
        refused=refused,
        typed=refused.typed if refused else {},
        **context,
    )


def may_stay(error: AppError) -> bool:
    """Say whether a refusal is told on the page; what is not there, and who is not signed in, is told elsewhere."""
    return not isinstance(error, Unauthenticated) and error.code != "not_found"


def plain(sent: FormData) -> dict[str, str]:
    """Return the texts of a sent form."""
    return {name: value for name, value in sent.items() if isinstance(value, str) and name != "csrf_token"}


def whole(text: str) -> int | None:
    """Return a whole number that somebody typed, None for nothing or anything else."""
    digits = text.strip()
    return int(digits) if digits.isdecimal() and len(digits) < 10 else None


def back_to(commission_id: UUID, given: Mapping[str, str], done: str) -> Response:
    """Go back to the tab that a form stood on."""
    tab = given.get("tab", "")
    return go_to(address_of(commission_id, tab if tab in TABS else ""), done=done)


def _steps(view: CommissionView, refused: Refused | None, *, has_supply: bool) -> list[StepForm]:
    found = []
    for way in view.ways:
        kind: Kind = _KINDS.get(way.operation) or ("plain" if way.reason == "none" else "reason")
        if has_supply and way.operation in _SUPPLY:
            kind = "supply"
        typed: Mapping[str, Any] = refused.typed if refused and refused.form == way.key else {}
        found.append(StepForm(way, kind, way.operation in _ASIDE, way.operation in _HARD, typed))
    return sorted(found, key=lambda each: (each.is_aside, each.is_hard, not each.is_open))

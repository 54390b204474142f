"""Tries a service out at a node before it is published: form, price, deadline, steps. Writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from qa_server.commissions import trial
from qa_server.commissions.definition import PaymentOrder, ServiceDefinition
from qa_server.commissions.definition_checks import Problem
from qa_server.commissions.fields import Checked, check_values
from qa_server.commissions.pricing import Fact, Reckoning, reckon
from qa_server.commissions.trial import Form, Step, Walk
from qa_server.desk.commissions.services.service_views import editing_of
from qa_server.desk.rights_at import node_for
from qa_server.desk.workplace import Workplace
from qa_server.network.hours import Schedule, working_deadline
from qa_server.network.models import Library
from qa_server.network.schedules import schedule_of
from qa_server.people.rights import Right, StaffMember

_DAY_HOURS = 24


@dataclass(frozen=True)
class Attempt:
    """What somebody tries: both sides of the form, the moment of the beginning (UTC), and the steps taken.

    `used_this_year` counts how often the reader had each waiver that is bounded by the year.
    """

    values: Mapping[str, object]
    staff_values: Mapping[str, object]
    starts_at: datetime
    steps: Sequence[Step] = ()
    used_this_year: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Tried:
    """What came of it. `due` is when the ordered days end for work that begins at the start moment."""

    definition: ServiceDefinition
    form: Checked
    staff_form: Checked
    reckoning: Reckoning
    days: int
    due: datetime
    walk: Walk

    @property
    def problems(self) -> list[Problem]:
        """Return what is wrong on either side of the form."""
        return [*self.form.problems, *self.staff_form.problems]


def try_out(place: Workplace, person: StaffMember, code: str, service: str, attempt: Attempt) -> Tried:
    """Try the draft of a service, or without one what holds. Raises NotFound, Forbidden, StepImpossible."""
    with place.database.read() as session:
        node = node_for(session, person, Right.EDIT_SERVICES, code)
        definition = editing_of(session, node.id, service, language=person.language).definition
        schedule = _schedule(session, node, attempt)
    today = schedule.local_date(attempt.starts_at)
    form = check_values(definition, attempt.values, by="reader", today=today, beside=attempt.staff_values)
    staff_form = check_values(
        definition, attempt.staff_values, by="staff", today=today, beside=form.values, partly=True
    )
    facts = cast(Mapping[str, Fact], {**form.values, **staff_form.values})
    reckoning = reckon(definition.prices, facts, used_this_year=attempt.used_this_year)
    days = days_for(definition, form.values)
    is_free = definition.prices.order is PaymentOrder.FREE or not reckoning.total
    walked = trial.walk(definition, schedule, Form(not form.problems, is_free, days), attempt.steps)
    due = working_deadline(schedule, attempt.starts_at, days * _DAY_HOURS)
    return Tried(definition, form, staff_form, reckoning, days, due, walked)


def days_for(definition: ServiceDefinition, values: Mapping[str, object]) -> int:
    """Return the working days of the speed that a form orders."""
    wanted = values.get(definition.clock.speed_field) if definition.clock.speed_field else None
    speeds = {speed.key: speed.days for speed in definition.clock.speeds}
    return speeds.get(str(wanted), definition.clock.speeds[0].days)


def _schedule(session: Session, node: Library, attempt: Attempt) -> Schedule:
    return schedule_of(session, node.id, around=attempt.starts_at)

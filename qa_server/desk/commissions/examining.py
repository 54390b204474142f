"""Is a submitted form complete? What is missing or doubtful, for the librarian who takes it in."""

from uuid import UUID

from qa_server.commissions import queries
from qa_server.commissions.definition import FieldKind
from qa_server.commissions.fields import check_values
from qa_server.commissions.papers.checks import check
from qa_server.commissions.papers.models import papers_from_json
from qa_server.conversations.schemas import Wire
from qa_server.desk.commissions import standing
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, translate
from qa_server.network.schedules import schedule_of
from qa_server.people.rights import StaffMember


class DoubtView(Wire):
    """What is wrong or doubtful about a field; `paper` is the place in its list from 1 on, 0 for the field itself.

    `is_missing`: the form is not complete without it; else it is a hint.
    """

    field: str
    paper: int
    message: str
    is_missing: bool


def doubts(place: Workplace, person: StaffMember, commission_id: UUID, *, language: Language) -> list[DoubtView]:
    """Return what the form of a commission lacks, in the order of the form. Raises NotFound."""
    with place.database.read() as session:
        commission, actors = standing.for_staff(session, person, commission_id)
        definition = queries.definition_of(session, commission.version_id)
        if standing.is_supplier(definition, actors):
            # What is wrong may say what was written; to complete it is the asking library's affair.
            return []
        now = commission.submitted_at or place.clock()
        today = schedule_of(session, commission.library_id, around=now).local_date(now)
        form = commission.form
    checked = check_values(definition, form, by="reader", today=today, beside=commission.staff_form)
    found = [
        DoubtView(
            field=each.where, paper=0, message=translate(each.sentence, language, **each.details), is_missing=True
        )
        for each in checked.problems
    ]
    for field in definition.fields:
        if field.kind is FieldKind.PAPERS and form.get(field.key):
            found += [
                DoubtView(
                    field=field.key,
                    paper=each.paper,
                    message=translate(each.text, language, **each.details),
                    is_missing=False,
                )
                for each in check(papers_from_json(form[field.key]), today=today)
            ]
    return found

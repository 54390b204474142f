"""Lists of papers that a reader hands in: read from a file or from what was pasted, and looked through. Keeps nothing.

Reading a list takes a moment and no database: callers run it beside the event loop.
"""

from collections.abc import Iterable
from typing import Any

from qa_server.commissions.papers.checks import check
from qa_server.commissions.papers.intake import read_papers
from qa_server.commissions.papers.models import papers_from_json, papers_to_json
from qa_server.commissions.papers.remarks import Remark
from qa_server.conversations.schemas import Wire
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, translate


class PaperRemark(Wire):
    """A remark in the reader's language: on a paper by its place from 1 on, or with 0 on a record of the source.

    `other` is the place of the paper that is the same.
    """

    code: str
    paper: int
    record: int
    message: str
    other: int | None


class PaperList(Wire):
    """Papers in order, and what was remarked on them. `form` is what they were read from."""

    form: str
    papers: list[dict[str, Any]]
    remarks: list[PaperRemark]


def read_list(content: bytes, name: str, language: Language) -> PaperList:
    """Return the papers of a file or of pasted text with what was read in doubt.

    Raises PaperListEmpty, PaperListTooLarge, PaperListTooLong, PaperListTypeUnknown, PaperListDamaged.
    """
    reading = read_papers(content, name)
    return PaperList(form=reading.form, papers=papers_to_json(reading.papers), remarks=_told(reading.remarks, language))


def look_through(place: Workplace, papers: list[dict[str, Any]], language: Language) -> list[PaperRemark]:
    """Return what a search would stumble over in a list. Raises PaperMalformed, PaperListTooLong."""
    return _told(check(papers_from_json(papers), today=place.clock().date()), language)


def _told(remarks: Iterable[Remark], language: Language) -> list[PaperRemark]:
    return [
        PaperRemark(
            code=each.code.value,
            paper=each.paper,
            record=each.record,
            message=translate(each.text, language, **each.details),
            other=_place(each),
        )
        for each in remarks
    ]


def _place(remark: Remark) -> int | None:
    other = remark.details.get("other")
    return other if isinstance(other, int) else None

"""A publication from the reviewer's word to what readers get: committed first, then found, then tried, and all said."""

import logging
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from qa_server.desk.articles import curating
from qa_server.desk.articles import trials as article_trials
from qa_server.desk.articles.trials import Verdict
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember

Found = Literal["found", "by_words", "later"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Publication:
    """What came of a publication. `found` later: readers find it when the search is back, nobody has to do anything.

    `verdict` is None where test questions could not be asked.
    """

    found: Found
    verdict: Verdict | None


def publish(place: Workplace, person: StaffMember, article_id: UUID, *, details_reason: str = "") -> Publication:
    """Publish an article and ask the test questions that it may have changed. Blocks for them.

    The publication stands whatever the search does. `details_reason` says why personal details may stand in the text.
    Raises NotFound, Forbidden, NotInReview, AlreadyPublished, OwnRevision, PersonalDataStands.
    """
    curating.publish(place, person, article_id, details_reason=details_reason)
    return tried(place, article_id)


def tried(place: Workplace, article_id: UUID) -> Publication:
    """Say how a published article is found now, and which test questions fail because of it."""
    try:
        verdict = article_trials.try_after_publication(place, article_id)
        return Publication(standing_of_search(place), verdict)
    except Exception:
        # The article is published already; a search that is down must not make it look otherwise.
        _log.exception("a publication could not be tried")
        return Publication("later", None)


def standing_of_search(place: Workplace) -> Found:
    """Say how what was just published is found: fully, by words alone while the encoder is away, or later."""
    status = place.search.status()
    if status.lag > 0:
        return "later"
    is_by_words = status.mode == "keyword" and place.settings.encoder != "none"
    return "by_words" if is_by_words else "found"

"""A publication from the reviewer's word to what readers get: rehearsed, committed, found and tried, and all said."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from qa_server.desk.articles import curating
from qa_server.desk.articles import reviews as article_reviews
from qa_server.desk.articles import trials as article_trials
from qa_server.desk.articles.rehearsing import Rehearsal, rehearse, require_knowing, require_ready
from qa_server.desk.articles.trials import Verdict
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from storage.errors import AppError

Found = Literal["found", "by_words", "later"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Publication:
    """What came of a publication. `found` later: readers find it when the search is back, nobody has to do anything.

    `verdict` is None where test questions could not be asked.
    """

    found: Found
    verdict: Verdict | None


def publish(
    place: Workplace,
    person: StaffMember,
    article_id: UUID,
    *,
    details_reason: str = "",
    knowingly: Collection[UUID] = (),
) -> Publication:
    """Publish an article, after asking the test questions that it may change; and ask them again once it is found.

    `knowingly` are the test questions that may fail because of it. The publication stands whatever the search does
    afterwards. `details_reason` says why personal details may stand in the text. Raises NotFound, Forbidden,
    NotInReview, AlreadyPublished, OwnRevision, PersonalDataStands, ArticleChanged, PushesAside. Blocks.
    """
    rehearsal = rehearsed(place, person, article_id, knowingly=knowingly)
    curating.publish(place, person, article_id, details_reason=details_reason, rehearsal=rehearsal)
    return tried(place, article_id)


def plan(
    place: Workplace, person: StaffMember, article_id: UUID, *, at: datetime, knowingly: Collection[UUID] = ()
) -> None:
    """Approve an article for a moment ahead, after asking the test questions as `publish` does. Raises as both do."""
    rehearsal = rehearsed(place, person, article_id, knowingly=knowingly)
    article_reviews.plan(place, person, article_id, at=at, rehearsal=rehearsal)


def rehearsed(
    place: Workplace, person: StaffMember, article_id: UUID, *, knowingly: Collection[UUID]
) -> Rehearsal | None:
    """Return what the publication would do, None while the search is away: that holds up nobody.

    Raises PushesAside, and what says that the article cannot be published anyway.
    """
    require_ready(place, person, article_id)
    try:
        found = rehearse(place, person, article_id)
    except AppError:
        raise
    except Exception:
        # What readers get must not wait for an index; the check after the publication and the night ask again.
        _log.exception("a publication could not be rehearsed")
        return None
    require_knowing(found, knowingly)
    return found


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

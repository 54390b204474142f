"""What time does to articles: planned publications, dates that come and pass, and each night a look at all of them.

Each is safe to repeat and on several processes at once.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledge import article_log, helpfulness, reasons, rounds, validity
from knowledge.helpfulness import Share
from knowledge.life_models import ReasonKind, ReviewReason
from knowledge.models import VISIBLE_STATES, Article
from knowledge.proposal_models import AnswerVerdict, VerdictSource
from knowledge.trial_models import TrialCause
from qa_server.desk.articles import reuse
from qa_server.desk.articles import trials as article_trials
from qa_server.desk.articles.checking_links import check_due
from qa_server.desk.articles.curating import note_publication
from qa_server.desk.articles.telling import tell_curators
from qa_server.desk.workplace import Workplace
from qa_server.network.article_settings import NOTED, PAST_ANSWERS, REVIEW_LEAD_DAYS
from qa_server.network.node_settings import effective_for
from storage.after_commit import after_commit

_NIGHT = "night"
# What readers said lately, and what they said in the time before, are compared.
LATELY = timedelta(days=30)
BEFORE = timedelta(days=365)
_LONGEST_LEAD = timedelta(days=365)


def publish_planned(place: Workplace) -> int:
    """Publish what was planned for now, each once; return how many this process published."""
    with place.database.read() as session:
        due = validity.planned_due(session, now=place.clock())
    published = [each for each in due if _publish_planned(place, each)]
    for each in published:
        article_trials.try_after_publication(place, each)
    return len(published)


def begin_and_end(place: Workplace) -> int:
    """Let readers find what begins now, and have what ended looked at again; return how many articles moved."""
    now = place.clock()
    with place.database.read() as session:
        starting, ending = validity.starting(session, now=now), validity.ending(session, now=now)
    moved = sum(_begin(place, each) for each in starting)
    return moved + sum(_end(place, each) for each in ending)


def keep_night(place: Workplace) -> int:
    """Once a night, on one process: look at every article and ask every test question; return 1 when it was done."""
    now = place.clock()
    with place.database.read() as session:
        if not rounds.is_due(session, _NIGHT, now=now):
            return 0
    with place.database.write() as session:
        if not rounds.take(session, _NIGHT, first_due=_next_night(place, now), now=now):
            return 0
    look_at_all(place)
    article_trials.try_all(place, TrialCause.NIGHT)
    with place.database.write() as session:
        done = place.clock()
        rounds.finish(session, _NIGHT, next_due=_next_night(place, done), now=done)
    return 1


def look_at_all(place: Workplace) -> int:
    """Note which articles end soon, which help less than before, and show or hide what is past its date as settled.

    Returns how many reasons are new.
    """
    with place.database.write() as session:
        found = _note_ending_soon(session, place.clock()) + _note_less_helpful(session, place.clock())
        if _show_past_as_settled(session, place.clock()):
            after_commit(session, place.search.refresh)
    return found


def _publish_planned(place: Workplace, article_id: UUID) -> bool:
    with place.database.write() as session:
        if _is_refused_meanwhile(place, session, article_id):
            return False
        article = validity.publish_planned(session, article_id, now=place.clock())
        if article is None:
            return False
        note_publication(place, session, article, by=article.reviewer_id)
        return True


def _is_refused_meanwhile(place: Workplace, session: Session, article_id: UUID) -> bool:
    """Call a planned publication off whose conversation was made private since it was approved."""
    article = session.get_one(Article, article_id)
    if not reuse.is_refused(session, article):
        return False
    validity.call_off(session, article, now=place.clock())
    article_log.record(session, article_id, "called_off", by=None, now=place.clock())
    return True


def _begin(place: Workplace, article_id: UUID) -> bool:
    with place.database.write() as session:
        has_begun = validity.start(session, article_id, now=place.clock())
        if has_begun:
            article_log.record(session, article_id, "began", by=None, now=place.clock())
            after_commit(session, place.search.refresh)
        return has_begun


def _end(place: Workplace, article_id: UUID) -> bool:
    with place.database.write() as session:
        owner = session.get_one(Article, article_id).library_id
        shows_past = effective_for(session, [owner], PAST_ANSWERS.key)[owner].value == NOTED
        article = validity.end(session, article_id, shows_past=shows_past, now=place.clock())
        if article is None:
            return False
        reasons.settle(session, article_id, outcome="ended", by=None, now=place.clock(), kinds=(ReasonKind.ENDS_SOON,))
        article_log.record(session, article_id, "ended", by=None, now=place.clock())
        after_commit(session, place.search.refresh)
        return True


def _note_ending_soon(session: Session, now: datetime) -> int:
    rows = session.execute(
        select(Article.id, Article.library_id, Article.valid_until).where(
            Article.valid_until > now,
            Article.valid_until <= now + _LONGEST_LEAD,
            Article.published_revision.is_not(None),
            Article.state.in_(VISIBLE_STATES),
        )
    ).all()
    lead = effective_for(session, {row.library_id for row in rows}, REVIEW_LEAD_DAYS.key)
    found = 0
    for row in rows:
        if row.valid_until <= now + timedelta(days=int(lead[row.library_id].value)):
            details = {"until": row.valid_until.isoformat()}
            found += reasons.note(session, row.id, ReasonKind.ENDS_SOON, details, now=now)
    return found


def _note_less_helpful(session: Session, now: datetime) -> int:
    lately, before = _verdicts(session, now - LATELY, now), _verdicts(session, now - BEFORE, now - LATELY)
    suspected = [each for each, share in lately.items() if helpfulness.has_fallen(before.get(each, Share(0, 0)), share)]
    found = 0
    for article_id in suspected:
        share = _since_looked_at(session, article_id, now) or lately[article_id]
        article = session.get_one(Article, article_id)
        if article.state not in VISIBLE_STATES or not helpfulness.has_fallen(before[article_id], share):
            continue
        details = {"before": round_percent(before[article_id]), "lately": round_percent(share), "said": share.total}
        if reasons.note(session, article_id, ReasonKind.HELPS_LESS, details, now=now):
            validity.question(session, article, now=now)
            found += 1
    return found


def round_percent(share: Share) -> int:
    """Return a share as a whole number of percent."""
    return int(share.rate * 100 + 0.5)


def _verdicts(session: Session, since: datetime, until: datetime) -> dict[UUID, Share]:
    rows = session.execute(
        select(AnswerVerdict.article_id, AnswerVerdict.is_helpful, func.count())
        .where(
            AnswerVerdict.source == VerdictSource.READER, AnswerVerdict.said_at > since, AnswerVerdict.said_at <= until
        )
        .group_by(AnswerVerdict.article_id, AnswerVerdict.is_helpful)
    ).all()
    found: dict[UUID, Share] = {}
    for article_id, is_helpful, count in rows:
        share = found.get(article_id, Share(0, 0))
        found[article_id] = Share(share.helpful + (count if is_helpful else 0), share.total + count)
    return found


def _since_looked_at(session: Session, article_id: UUID, now: datetime) -> Share | None:
    """Return what was said since somebody last dealt with this doubt, so that it is not raised by the same words."""
    settled = session.scalar(
        select(func.max(ReviewReason.settled_at)).where(
            ReviewReason.article_id == article_id, ReviewReason.kind == ReasonKind.HELPS_LESS
        )
    )
    if settled is None or settled <= now - LATELY:
        return None
    return _verdicts(session, settled, now).get(article_id, Share(0, 0))


def _show_past_as_settled(session: Session, now: datetime) -> int:
    """Bring articles past their date in line with what their owners settle now; return how many changed."""
    ended = session.scalars(
        select(Article)
        .join(ReviewReason, ReviewReason.article_id == Article.id)
        .where(
            ReviewReason.kind == ReasonKind.ENDED,
            ReviewReason.settled_at.is_(None),
            Article.state.in_(VISIBLE_STATES),
            Article.published_revision.is_not(None),
        )
    ).all()
    wanted = effective_for(session, {each.library_id for each in ended}, PAST_ANSWERS.key)
    changed: Sequence[bool] = [
        validity.show_past(session, each, shows_past=wanted[each.library_id].value == NOTED, now=now) for each in ended
    ]
    return sum(changed)


def _next_night(place: Workplace, now: datetime) -> datetime:
    tonight = now.replace(hour=place.settings.night_hour, minute=0, second=0, microsecond=0)
    return tonight if tonight > now else tonight + timedelta(days=1)


ROUNDS: tuple[Callable[[Workplace], int], ...] = (
    publish_planned,
    begin_and_end,
    keep_night,
    check_due,
    tell_curators,
)

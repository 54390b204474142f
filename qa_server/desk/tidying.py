"""What is kept for a time only: talk, practice, seen notices, times as a trainee, drafts and ended commissions."""

from qa_server.desk.commissions.retention import drop_drafts, forget_ended
from qa_server.desk.noticing import forget_seen_notices
from qa_server.desk.practising import forget_old_practice
from qa_server.desk.reviewing import end_times_as_trainee
from qa_server.desk.staff_talk import forget_old_talk
from qa_server.desk.workplace import Workplace


def tidy(place: Workplace) -> int:
    """Delete what was kept long enough and end times as a trainee; return how much was done. Safe to repeat."""
    with place.database.write() as session:
        now = place.clock()
        gone = forget_old_talk(session, place) + forget_old_practice(session, now) + forget_seen_notices(session, now)
    return gone + end_times_as_trainee(place) + drop_drafts(place) + forget_ended(place)

"""How much one session may ask of the service, over all its sockets and polls, and when a flood is cut off.

Every frame counts before it is handled, so that whatever it costs no session takes the service from the others. It also
bounds the sockets of one session: each has to say hello and to send a ping now and then.
"""

from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.live.rates import TooManyRequests
from qa_server.people.rights import StaffMember

# A hello looks the session up, and takes memory until the socket ends.
HELLO_FRAMES = 10


def count_frames(place: Workplace, person: KnownReader | StaffMember, frames: int = 1) -> None:
    """Count frames of a session. Raises TooManyRequests when they are too many."""
    kind = "reader_frame" if isinstance(person, KnownReader) else "staff_frame"
    place.rates.spend(kind, str(person.id), frames)


def last_word(place: Workplace, person: KnownReader | StaffMember) -> TooManyRequests | None:
    """Count a refused frame of a session; return what to tell it before it is cut off when it takes no notice."""
    try:
        place.rates.spend("refused_frame", str(person.id))
    except TooManyRequests as refusal:
        return refusal
    return None

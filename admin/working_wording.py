"""What librarians are to others, the sounds and keys they choose: in words."""

from collections.abc import Mapping

from qa_server.desk.preferring import REPEATS, Sound
from qa_server.people.availability import Availability

AVAILABILITIES: Mapping[str, str] = {
    Availability.ONLINE: "Online",
    Availability.AWAY: "Away",
    Availability.INTERNAL: "Colleagues only",
    Availability.OFFLINE: "Offline",
}

AVAILABILITY_NOTES: Mapping[str, str] = {
    Availability.ONLINE: "Readers' questions and hand-overs come to you.",
    Availability.AWAY: "Nothing new comes to you; what you hold stays yours.",
    Availability.INTERNAL: "Hand-overs and colleagues' matters, no new questions of readers.",
    Availability.OFFLINE: "As if you had left: what you hold goes back to the queue.",
}

SOUNDS: Mapping[str, str] = {
    Sound.NONE: "No sound",
    Sound.CHIME: "Chime",
    Sound.BELL: "Bell",
    Sound.DROP: "Drop",
    Sound.KNOCK: "Knock",
    Sound.MARIMBA: "Marimba",
}

# By seconds; 0 is once.
REPEAT_NAMES: Mapping[int, str] = {
    seconds: "Every {seconds} seconds until somebody claims it" if seconds else "Once" for seconds in REPEATS
}

"""Fills a fresh database with the demo network and a desk under load: what waits, and what one person holds."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

from qa_server.app import MIGRATIONS, make_workplace
from qa_server.conversations.service import Question
from qa_server.desk import answering, asking, talking
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.people.queries import librarian_by_login, staff_member
from qa_server.people.rights import StaffMember
from qa_server.people.service import add_staff_session
from qa_server.seeds.loader import seed
from qa_server.settings import Settings
from storage.migrate import upgrade

LIBRARY = "JZU"
PERSON, COLLEAGUE = "lin.yue", "chen.mo"
# What each held chat has been through before it is looked at.
MESSAGES_PER_CHAT = 30
_UNLIMITED = {"reader_questions_per_hour": 10**9, "reader_messages_per_minute": 10**9}
_QUESTIONS = (
    "怎么下载学位论文？导师说图书馆买了数据库，但是我在宿舍打不开。",
    "馆际互借的书要多久才能到？我下周要用。",
    "How can I renew a book that somebody else has reserved?",
    "自习室的座位预约总是显示已满，有别的办法吗？",
    "投稿要查收查引报告，需要准备什么材料，多久能拿到？",
)


@dataclass(frozen=True)
class FullDesk:
    """Who sits there, and what the two sides show at the door."""

    staff_token: str
    colleague_token: str
    readers: list[tuple[str, str]]
    waiting: list[str]


def fill(database_url: str, *, waiting: int, mine: int) -> FullDesk:
    """Bring an empty database to the newest schema and put the desk under load. `readers`: token and conversation."""
    with TemporaryDirectory() as folder:
        settings = Settings.model_validate(
            {
                "database_url": database_url,
                "encoder": "none",
                "index_folder": "",
                "attachments_folder": str(Path(folder)),
                **_UNLIMITED,
            }
        )
        place = make_workplace(settings)
        try:
            upgrade(place.database, MIGRATIONS)
            seed(place.database)
            return _load(place, waiting, mine)
        finally:
            place.messages.stop()
            place.search.stop()
            place.database.dispose()


def _load(place: Workplace, waiting: int, mine: int) -> FullDesk:
    person, token = _staff(place, PERSON)
    _, colleague_token = _staff(place, COLLEAGUE)
    numbers = count()
    held = [_ask(place, next(numbers)) for _ in range(mine)]
    for reader, _, conversation_id in held:
        answering.claim(place, person, conversation_id)
        _talk(place, reader, person, conversation_id)
    queue = [str(_ask(place, next(numbers))[2]) for _ in range(waiting)]
    return FullDesk(token, colleague_token, [(text, str(each)) for _, text, each in held], queue)


def _ask(place: Workplace, number: int) -> tuple[KnownReader, str, UUID]:
    _, token = asking.begin(
        place, library_code=LIBRARY, language="zh", network=f"10.{number // 250}.{number % 250}.0/24"
    )
    reader = asking.recognise(place, token)
    text = f"{_QUESTIONS[number % len(_QUESTIONS)]}（{number}）"
    asked = Question(text, uuid4().hex, "en" if text[0].isascii() else "zh")
    return reader, token, asking.ask(place, reader, asked)[0].conversation.id


def _talk(place: Workplace, reader: KnownReader, person: StaffMember, conversation_id: UUID) -> None:
    for number in range(MESSAGES_PER_CHAT):
        said = f"第 {number} 句：{_QUESTIONS[number % len(_QUESTIONS)]}"
        if number % 2:
            talking.say_as_reader(place, reader, conversation_id, client_id=uuid4().hex, body=said)
        else:
            talking.say_as_librarian(place, person, conversation_id, client_id=uuid4().hex, body=said)


def _staff(place: Workplace, login: str) -> tuple[StaffMember, str]:
    with place.database.write() as session:
        row = librarian_by_login(session, login)
        assert row is not None
        token = add_staff_session(session, librarian_id=row.id, now=place.clock(), lifetime=timedelta(hours=12))
        person = staff_member(session, row.id, csrf_token="")
    assert person is not None
    return person, token

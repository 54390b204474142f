"""Names on pages are in the language of the console, whatever language the conversation and the account are in."""

from uuid import UUID

import pytest

from qa_server.conversations.models import Resolution
from qa_server.conversations.service import Question
from qa_server.desk import answering, asking, correcting, talking
from qa_server.desk.keeping_words import take_up_missed
from tests.admin.conftest import Doors, Visit
from tests.admin.test_articles import write
from tests.village import Village, come_in, new_client_id

# Of LIN and of library A: as an English page has them, and as a Chinese one has them.
ENGLISH = {"library": "AAA Library", "name": "<b>Lin</b>", "took": "Lin took the question"}
CHINESE = {"library": "AAA图书馆", "name": "<b>lin老师</b>", "took": "lin老师"}
PAGES = {"en": ENGLISH, "zh": CHINESE}


@pytest.fixture(params=["zh", "en"])
def ended(request: pytest.FixtureRequest, doors: Doors, townsfolk: Village) -> UUID:
    """A conversation in each language that LIN answered, with a note of his."""
    place, lin = doors.place, townsfolk.lin
    question = Question("怎么续借？", new_client_id(), request.param)
    known = asking.ask(place, come_in(place)[0], question)[0].conversation.id
    answering.claim(place, lin, known)
    talking.say_as_librarian(place, lin, known, client_id=new_client_id(), body="在二楼服务台续借。")
    correcting.write_note(place, lin, known, client_id=new_client_id(), body="常见问题")
    answering.close(place, lin, known, resolution=Resolution.ANSWERED, read_level=2)
    return known


@pytest.fixture(params=["zh", "en"])
def console(request: pytest.FixtureRequest) -> str:
    """The language of the console."""
    return str(request.param)


def visit_in(doors: Doors, login: str, language: str) -> Visit:
    """Sign somebody in whose account is Chinese, with a language chosen in the browser."""
    visit = doors.sign_in(login)
    visit.client.cookies.set("wenjin_language", language, path="/console")
    return visit


def test_history_and_transcript_name_everybody_in_the_language_of_the_console(
    doors: Doors, ended: UUID, console: str
) -> None:
    visit = visit_in(doors, "chen", console)
    names, others = PAGES[console], PAGES["en" if console == "zh" else "zh"]
    history, transcript = visit.read("/console/history"), visit.read(f"/console/history/{ended}")
    assert names["library"] in history
    assert others["library"] not in history
    # The message, the note and the sentences of what happened.
    assert transcript.count(names["name"]) == 2
    assert names["took"] in transcript
    assert names["library"] in transcript
    assert others["library"] not in transcript
    assert others["took"] not in transcript
    assert others["name"] not in transcript


def test_search_names_the_library_in_the_language_of_the_console(doors: Doors, ended: UUID, console: str) -> None:
    # The service does so within a second or two; nobody waits for that here.
    take_up_missed(doors.place, is_whole=True)
    page = visit_in(doors, "chen", console).read("/console/search?q=续借")
    assert f'<span class="row-sub">{PAGES[console]["library"]}</span>' in page


def test_an_article_names_its_author_in_the_language_of_the_console(doors: Doors, console: str) -> None:
    path = write(doors.sign_in("lin"))
    page = visit_in(doors, "chen", console).read(f"{path}/revisions")
    author = {"zh": '<span class="quiet">lin老师 ·', "en": '<span class="quiet">Lin ·'}
    assert author.pop(console) in page
    assert author.popitem()[1] not in page

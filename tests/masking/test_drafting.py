"""From a conversation to a draft and to readers: what is masked, who may see it, put it back, and when it is gone."""

from uuid import UUID

import pytest
from sqlalchemy import select

from knowledge import articles
from knowledge.masking.text import Kind
from knowledge.models import Article, ArticleState, Revision
from qa_server.conversations.models import Resolution
from qa_server.desk import answering, asking, talking
from qa_server.desk.articles import curating, drafting, masking, reuse
from qa_server.desk.articles.drafting import Choice
from qa_server.desk.articles.exchange import Part
from qa_server.desk.articles.masking import MaskImpossible, PersonalDataStands
from qa_server.desk.articles.reuse import ConversationPrivate, PastRetention, ReuseNotAgreed, ReuseOff, Standing
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.network import node_settings
from storage.errors import Forbidden, NotFound
from tests.fakes import Clock
from tests.village import Village, new_client_id, question

TALK = (
    ("reader", "老师好"),
    ("reader", "我是周雨桐，学号2023101456，毕业后还能用校外访问吗？"),
    ("librarian", "请稍等"),
    ("librarian", "周雨桐同学您好，毕业离校后统一身份认证账号保留3个月，期间可以用校外访问。"),
    ("reader", "那校友可以进馆吗？"),
    ("librarian", "校友凭校友卡可以进馆阅览。如需帮助请写信到 lihua1990@example.org 找李华老师。"),
    ("reader", "好的谢谢！"),
)


@pytest.fixture
def talk(place: Workplace, people: Village, reader: KnownReader) -> UUID:
    """An exchange with names, a student number and a private address, held and closed by Lin."""
    conversation = asking.ask(place, reader, question(TALK[0][1]))[0].conversation.id
    answering.claim(place, people.lin, conversation)
    for author, body in TALK[1:]:
        if author == "reader":
            talking.say_as_reader(place, reader, conversation, client_id=new_client_id(), body=body)
        else:
            talking.say_as_librarian(place, people.lin, conversation, client_id=new_client_id(), body=body)
    answering.close(place, people.lin, conversation, resolution=Resolution.ANSWERED, read_level=2)
    return conversation


@pytest.fixture
def drafted(place: Workplace, people: Village, talk: UUID) -> UUID:
    """The draft that Lin made of it, as proposed."""
    return drafting.draft(place, people.lin, talk)


def stored_texts(place: Workplace, article_id: UUID) -> str:
    with place.database.read() as session:
        rows = session.scalars(select(Revision).where(Revision.article_id == article_id)).all()
        return "\n".join(f"{row.question}\n{row.answer}\n{row.alternates}\n{row.change_note}" for row in rows)


def originals(place: Workplace, people: Village, article_id: UUID) -> list[str]:
    """Return what a curator reads of the originals."""
    return sorted(mask.original or "" for mask in masking.masks(place, people.zhou, article_id).masks)


def settle(place: Workplace, people: Village, key: str, value: object) -> None:
    with place.database.write() as session:
        node_settings.set_value(
            session, people.library_a, key, value, is_locked=False, by=people.zhou.id, now=place.clock()
        )


def test_question_and_answers_are_taken_and_courtesies_and_people_left_out(
    place: Workplace, people: Village, drafted: UUID
) -> None:
    revision = curating.article(place, people.lin, drafted).revision
    assert revision.question == "毕业后还能用校外访问吗？"
    assert "毕业离校后统一身份认证账号保留3个月" in revision.answer
    assert "**那校友可以进馆吗？**" in revision.answer
    assert "老师好" not in revision.answer
    assert "谢谢" not in revision.answer
    assert "请稍等" not in revision.answer
    for personal in ("周雨桐", "2023101456", "lihua1990", "李华"):
        assert personal not in stored_texts(place, drafted)
    assert "〔姓名〕" in revision.answer


def test_the_messages_are_chosen_by_the_person(place: Workplace, people: Village, talk: UUID) -> None:
    sheet = drafting.sheet(place, people.lin, talk)
    last = max(line.said.seq for line in sheet.lines if line.part is Part.ANSWER)
    asked = next(line.said.seq for line in sheet.lines if "校友可以" in line.said.text)
    chosen = drafting.draft(place, people.lin, talk, Choice({asked: Part.QUESTION, last: Part.ANSWER}))
    revision = curating.article(place, people.lin, chosen).revision
    assert revision.question == "那校友可以进馆吗？"
    assert "保留3个月" not in revision.answer


def test_what_is_not_personal_stays_when_the_person_says_so(place: Workplace, people: Village, talk: UUID) -> None:
    sheet = drafting.sheet(place, people.lin, talk)
    email = next(mask for mask in sheet.masks if mask.kind == Kind.EMAIL)
    draft = drafting.draft(place, people.lin, talk, Choice(unmasked={email.placeholder}))
    assert "lihua1990@example.org" in curating.article(place, people.lin, draft).revision.answer
    assert "lihua1990@example.org" not in originals(place, people, draft)


def test_a_mask_is_put_back_by_the_drafter_and_the_curator_alone(
    place: Workplace, people: Village, drafted: UUID
) -> None:
    for_curator = masking.masks(place, people.zhou, drafted).masks
    assert "周雨桐" in {mask.original for mask in for_curator}
    assert {mask.original for mask in masking.masks(place, people.chen, drafted).masks} == {None}
    placeholder = next(mask.placeholder for mask in for_curator if mask.original == "周雨桐")
    with pytest.raises(Forbidden):
        masking.put_back(place, people.chen, drafted, placeholder=placeholder)
    with pytest.raises(NotFound):
        masking.masks(place, people.grace, drafted)
    masking.put_back(place, people.lin, drafted, placeholder=placeholder)
    assert "周雨桐" in curating.article(place, people.lin, drafted).revision.answer
    with pytest.raises(NotFound):
        masking.put_back(place, people.lin, drafted, placeholder=placeholder)


def test_originals_are_gone_with_the_submission(place: Workplace, people: Village, drafted: UUID) -> None:
    assert originals(place, people, drafted)
    curating.submit(place, people.lin, drafted)
    assert originals(place, people, drafted) == []
    assert masking.masks(place, people.zhou, drafted).masks == ()


def test_originals_are_gone_after_their_days(place: Workplace, people: Village, drafted: UUID, clock: Clock) -> None:
    clock.forward(hours=24 * 13)
    assert masking.forget_expired(place) == 0
    clock.forward(hours=24 * 2)
    assert masking.forget_expired(place) > 0
    assert originals(place, people, drafted) == []


def test_words_masked_by_hand_stand_in_no_revision(place: Workplace, people: Village, drafted: UUID) -> None:
    placeholder = masking.mask_words(place, people.lin, drafted, words="校友卡", kind=Kind.OTHER)
    assert placeholder == "〔隐去〕"
    assert "校友卡" not in stored_texts(place, drafted)
    masking.put_back(place, people.lin, drafted, placeholder=placeholder)
    assert "校友卡" in stored_texts(place, drafted)


@pytest.mark.parametrize("words", ["校", "不在文中的话", "  ", "x" * 201])
def test_words_that_are_not_there_cannot_be_masked(
    place: Workplace, people: Village, drafted: UUID, words: str
) -> None:
    with pytest.raises(MaskImpossible):
        masking.mask_words(place, people.lin, drafted, words=words, kind=Kind.NAME)


def test_nothing_is_published_while_details_stand_unless_somebody_says_why(
    place: Workplace, people: Village, talk: UUID
) -> None:
    place.search.start()
    sheet = drafting.sheet(place, people.lin, talk)
    draft = drafting.draft(place, people.lin, talk, Choice(unmasked={mask.placeholder for mask in sheet.masks}))
    curating.submit(place, people.lin, draft)
    with pytest.raises(PersonalDataStands) as refused:
        curating.publish(place, people.zhou, draft)
    assert "name" in str(refused.value.details["kinds"])
    assert curating.article(place, people.zhou, draft).article.state == ArticleState.IN_REVIEW
    curating.publish(place, people.zhou, draft, details_reason="馆员公开的联系方式")
    assert curating.article(place, people.zhou, draft).article.state == ArticleState.PUBLISHED


def test_masking_what_readers_see_reaches_the_search(place: Workplace, people: Village, talk: UUID) -> None:
    place.search.start()
    sheet = drafting.sheet(place, people.lin, talk)
    draft = drafting.draft(place, people.lin, talk, Choice(unmasked={mask.placeholder for mask in sheet.masks}))
    curating.submit(place, people.lin, draft)
    curating.publish(place, people.zhou, draft, details_reason="check")
    masking.mask_words(place, people.zhou, draft, words="lihua1990@example.org", kind=Kind.EMAIL)
    place.search.catch_up()
    with place.database.read() as session:
        article = session.get_one(Article, draft)
        assert "lihua1990" not in articles.current_revision(session, article).answer
        assert article.state == ArticleState.PUBLISHED


def test_a_private_conversation_gives_no_article(place: Workplace, people: Village, talk: UUID) -> None:
    reuse.mark_private(place, people.chen, talk, is_private=True)
    with pytest.raises(ConversationPrivate):
        drafting.draft(place, people.lin, talk)
    reuse.mark_private(place, people.lin, talk, is_private=False)
    assert drafting.draft(place, people.lin, talk)


def test_a_readers_no_is_taken_back_by_nobody_else(
    place: Workplace, people: Village, reader: KnownReader, talk: UUID
) -> None:
    reuse.choose_as_reader(place, reader, talk, is_allowed=False)
    reuse.mark_private(place, people.lin, talk, is_private=False)
    with pytest.raises(ConversationPrivate):
        drafting.sheet(place, people.lin, talk)
    reuse.choose_as_reader(place, reader, talk, is_allowed=True)
    assert drafting.sheet(place, people.lin, talk).question


def test_a_no_after_the_draft_stops_what_nobody_has_seen_yet(
    place: Workplace, people: Village, reader: KnownReader, talk: UUID
) -> None:
    draft = drafting.draft(place, people.lin, talk)
    curating.submit(place, people.lin, draft)
    reuse.choose_as_reader(place, reader, talk, is_allowed=False)
    with pytest.raises(ConversationPrivate):
        curating.publish(place, people.zhou, draft, details_reason="check")
    reuse.choose_as_reader(place, reader, talk, is_allowed=True)
    curating.publish(place, people.zhou, draft, details_reason="check")
    # What readers see already holds nothing of the exchange but the answer.
    reuse.choose_as_reader(place, reader, talk, is_allowed=False)
    assert curating.article(place, people.zhou, draft).article.state == ArticleState.PUBLISHED


def test_reader_and_librarian_see_what_was_said_and_what_the_library_does(
    place: Workplace, people: Village, reader: KnownReader, talk: UUID
) -> None:
    assert reuse.reader_choice(place, reader, talk) == Standing("masked", None, None)
    settle(place, people, "conversations_to_articles", "agreed")
    reuse.choose_as_reader(place, reader, talk, is_allowed=True)
    reuse.mark_private(place, people.lin, talk, is_private=True)
    assert reuse.standing(place, people.lin, talk) == Standing("agreed", True, False)
    with pytest.raises(NotFound):
        reuse.standing(place, people.grace, talk)


def test_where_consent_is_asked_nothing_goes_without_it(
    place: Workplace, people: Village, reader: KnownReader, talk: UUID
) -> None:
    settle(place, people, "conversations_to_articles", "agreed")
    with pytest.raises(ReuseNotAgreed):
        drafting.draft(place, people.lin, talk)
    reuse.choose_as_reader(place, reader, talk, is_allowed=True)
    assert drafting.draft(place, people.lin, talk)
    settle(place, people, "conversations_to_articles", "never")
    with pytest.raises(ReuseOff):
        drafting.sheet(place, people.lin, talk)


def test_what_is_past_its_time_is_not_used(place: Workplace, people: Village, talk: UUID, clock: Clock) -> None:
    settle(place, people, "conversation_reuse_days", 30)
    clock.forward(hours=24 * 31)
    with pytest.raises(PastRetention):
        drafting.draft(place, people.lin, talk)


def test_others_cannot_say_anything_about_a_conversation(place: Workplace, people: Village, talk: UUID) -> None:
    with pytest.raises(NotFound):
        reuse.mark_private(place, people.grace, talk, is_private=True)
    with pytest.raises(NotFound):
        drafting.sheet(place, people.grace, talk)

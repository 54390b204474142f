"""Mentions in internal notes: of those who may read them, as notices that last until seen; and never for readers."""

from uuid import UUID

import pytest

from qa_server.colleagues.errors import MentionRefused, TooManyMentions
from qa_server.desk import asking, correcting, noticing
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from tests.village import Village, new_client_id


def test_a_mentioned_colleague_gets_one_notice_however_often_the_note_is_sent(
    place: Workplace, people: Village, reader: KnownReader, held: UUID
) -> None:
    client_id = new_client_id()
    for _ in range(2):
        note = correcting.write_note(
            place,
            people.lin,
            held,
            client_id=client_id,
            body="@chen 知道吗？",
            mentions=[people.chen.id, people.chen.id],
        )
    assert note.mentions == [people.chen.id]
    [notice] = noticing.my_notices(place, people.chen)
    assert (notice.kind, notice.conversation_id) == ("note_mention", held)
    assert notice.number is not None
    assert str(people.chen.id) not in asking.thread(place, reader, held, 0).model_dump_json()
    assert noticing.see_notices(place, people.chen, [notice.id]) == []


def test_who_may_not_read_the_conversation_is_not_offered_and_cannot_be_mentioned(
    place: Workplace, people: Village, held: UUID
) -> None:
    offered = {each.id for each in correcting.colleagues_of(place, people.lin, held)}
    assert offered == {people.chen.id, people.zhou.id}
    with pytest.raises(MentionRefused):
        correcting.write_note(
            place, people.lin, held, client_id=new_client_id(), body="@grace", mentions=[people.grace.id]
        )
    assert noticing.my_notices(place, people.grace) == []


def test_nobody_is_told_of_the_own_mention_and_crowds_are_refused(
    place: Workplace, people: Village, held: UUID
) -> None:
    write = correcting.write_note
    write(place, people.lin, held, client_id=new_client_id(), body="@lin", mentions=[people.lin.id])
    assert noticing.my_notices(place, people.lin) == []
    crowd = [UUID(int=number) for number in range(21)]
    with pytest.raises(TooManyMentions):
        write(place, people.lin, held, client_id=new_client_id(), body="@alle", mentions=crowd)

"""Numbered messages: gapless, in commit order, each once, whatever is sent at once or again."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from qa_server.desk import asking, talking
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from tests.fakes import Ear
from tests.village import Village, new_client_id

SENDERS = 6
EACH = 8


def test_messages_sent_at_once_get_gapless_numbers(
    place: Workplace, people: Village, reader: KnownReader, held: UUID
) -> None:
    place.settings.reader_messages_per_minute = 1_000
    before = asking.thread(place, reader, held, 0).conversation.last_seq

    def send(sender: int) -> list[int]:
        return [
            talking.say_as_librarian(place, people.lin, held, client_id=f"send-{sender}-{count}", body="好").seq
            for count in range(EACH)
        ]

    with ThreadPoolExecutor(SENDERS) as pool:
        given = sorted(seq for seqs in pool.map(send, range(SENDERS)) for seq in seqs)
    assert given == list(range(before + 1, before + 1 + SENDERS * EACH))
    stored = asking.thread(place, reader, held, 0).messages
    assert [message.seq for message in stored] == list(range(1, before + 1 + SENDERS * EACH))


def test_a_message_sent_again_is_stored_once(place: Workplace, reader: KnownReader, held: UUID, ear: Ear) -> None:
    client_id = new_client_id()

    def send(_: int) -> int:
        return talking.say_as_reader(place, reader, held, client_id=client_id, body="在吗").seq

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(send, range(8)))) == 1
    assert [m.body for m in asking.thread(place, reader, held, 0).messages].count("在吗") == 1
    told = [item.seq for each in ear.heard if each.kind == "messages_posted" for item in each.items]
    assert set(told) == {3}


def test_a_resend_after_the_end_still_returns_the_first_message(
    place: Workplace, reader: KnownReader, held: UUID
) -> None:
    client_id = new_client_id()
    first = talking.say_as_reader(place, reader, held, client_id=client_id, body="谢谢")
    asking.withdraw(place, reader, held)
    assert talking.say_as_reader(place, reader, held, client_id=client_id, body="谢谢") == first


def test_reading_marks_move_forward_only_and_not_past_the_end(
    place: Workplace, people: Village, reader: KnownReader, held: UUID, ear: Ear
) -> None:
    talking.say_as_librarian(place, people.lin, held, client_id=new_client_id(), body="您好")
    last = asking.thread(place, reader, held, 0).conversation.last_seq
    talking.see_as_reader(place, reader, held, 999)
    talking.see_as_reader(place, reader, held, 1)
    assert asking.thread(place, reader, held, 0).conversation.reader_seen_seq == last
    assert ear.kinds().count("seen_moved") == 1


def test_only_the_holders_reading_counts_as_read_by_staff(
    place: Workplace, people: Village, reader: KnownReader, held: UUID
) -> None:
    talking.say_as_reader(place, reader, held, client_id=new_client_id(), body="在吗")
    before = asking.thread(place, reader, held, 0).conversation.staff_seen_seq
    talking.see_as_librarian(place, people.chen, held, 99)
    assert asking.thread(place, reader, held, 0).conversation.staff_seen_seq == before
    talking.see_as_librarian(place, people.lin, held, 99)
    assert asking.thread(place, reader, held, 0).conversation.staff_seen_seq > before


def test_resuming_from_a_number_gives_everything_after_it_once(
    place: Workplace, people: Village, reader: KnownReader, held: UUID
) -> None:
    for count in range(5):
        talking.say_as_librarian(place, people.lin, held, client_id=f"message-{count}", body=str(count))
    everything = asking.thread(place, reader, held, 0).messages
    resumed = asking.thread(place, reader, held, 3).messages
    assert list(resumed) == list(everything)[3:]

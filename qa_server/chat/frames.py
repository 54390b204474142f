"""What each client frame does. One connection's frames are handled one after the other, in their order."""

import asyncio
from functools import partial
from time import monotonic
from typing import assert_never
from uuid import UUID

from anyio.to_thread import run_sync

from qa_server.chat.attending import attend
from qa_server.chat.connection import Connection
from qa_server.chat.errors import FrameMalformed, NotFollowing
from qa_server.chat.following import follow
from qa_server.chat.hub import Hub
from qa_server.chat.mending import watch
from qa_server.chat.presence_notices import leave
from qa_server.chat.protocol import (
    Ack,
    Attend,
    ClientFrame,
    Delete,
    Edit,
    Follow,
    Hello,
    Look,
    Note,
    Notes,
    Ping,
    Pong,
    Reviews,
    Say,
    Seen,
    Typing,
    Unfollow,
    Watch,
)
from qa_server.chat.refusals import refusal_frame
from qa_server.colleagues.practices import is_practice
from qa_server.conversations.schemas import MessageView, ReviewView
from qa_server.desk import correcting, practising, talking
from qa_server.desk.asking import KnownReader
from qa_server.desk.correcting import Target
from qa_server.desk.talking import Said
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import SideTyped, StaffLooked
from qa_server.people.errors import Unauthenticated
from qa_server.people.rights import StaffMember
from storage.errors import AppError

# A typing sign goes out at most this often per connection; clients send it every 3 seconds.
TYPING_SECONDS = 2.0
# Messages of one connection that may wait for their commit; past it, reading from the socket pauses.
MESSAGES_UNDER_WAY = 64


class FrameHandler:
    """Handles the frames of one connection."""

    __slots__ = ("_connection", "_hub", "_place", "_typed_at", "_under_way")

    def __init__(self, place: Workplace, hub: Hub, connection: Connection) -> None:
        self._place = place
        self._hub = hub
        self._connection = connection
        self._typed_at = float("-inf")
        self._under_way = asyncio.Semaphore(MESSAGES_UNDER_WAY)

    async def handle(self, frame: ClientFrame) -> None:
        """Do what a frame asks. Raises AppError for a refusal, which the caller sends back."""
        match frame:
            case Ping():
                self._connection.offer(Pong())
            case Say():
                await self._say(frame)
            case Edit() | Delete():
                await self._change(frame)
            case Note():
                await self._note(frame)
            case Seen():
                await self._see(frame)
            case Typing():
                self._type(frame.conversation_id)
            case Follow():
                await follow(self._place, self._hub, self._connection, frame.conversation_id, frame.after_seq)
            case Unfollow():
                self._unfollow(frame.conversation_id)
            case Watch():
                await watch(self._place, self._hub, self._connection, frame.desks)
            case Look():
                self._look(frame)
            case Attend():
                await attend(self._place, self._connection, frame.rooms)
            case Hello():
                raise FrameMalformed()
            case _:
                assert_never(frame)

    async def settle(self) -> None:
        """Wait until every message under way has been answered."""
        for _ in range(MESSAGES_UNDER_WAY):
            await self._under_way.acquire()
        for _ in range(MESSAGES_UNDER_WAY):
            self._under_way.release()

    async def _say(self, frame: Say) -> None:
        person = self._connection.person
        if is_practice(frame.conversation_id) and isinstance(person, StaffMember):
            say = partial(practising.say, client_id=frame.client_id, body=frame.body)
            self._offer_ack(frame.conversation_id, await run_sync(say, self._place, person, frame.conversation_id))
            return
        # Not awaited until stored: a sender may have several messages under way, and the writer keeps their order.
        await self._under_way.acquire()
        try:
            talking.post(self._place, self._connection.person, _said(frame), partial(self._take_answer, frame))
        except AppError:
            self._under_way.release()
            raise

    def _take_answer(self, frame: Say, answer: MessageView | ReviewView | Exception) -> None:
        """Pass on what became of a message, in the writer's thread."""
        self._hub.inbox.put(partial(self._acknowledge, frame, answer))

    def _acknowledge(self, frame: Say, answer: MessageView | ReviewView | Exception) -> None:
        self._under_way.release()
        if isinstance(answer, ReviewView):
            self._connection.offer(Reviews(conversation_id=frame.conversation_id, items=[answer]))
            return
        if isinstance(answer, Exception):
            self._connection.offer(refusal_frame(answer, self._connection.language, ref=frame.client_id))
        else:
            self._offer_ack(frame.conversation_id, answer)

    def _offer_ack(self, conversation_id: UUID, message: MessageView) -> None:
        self._connection.offer(
            Ack(
                conversation_id=conversation_id,
                client_id=message.client_id,
                seq=message.seq,
                created_at=message.created_at,
            )
        )

    async def _change(self, frame: Edit | Delete) -> None:
        target = Target(frame.conversation_id, frame.seq, frame.client_id)
        if isinstance(frame, Edit):
            changed = await run_sync(correcting.edit, self._place, self._connection.person, target, frame.body)
        else:
            changed = await run_sync(correcting.delete, self._place, self._connection.person, target)
        self._offer_ack(frame.conversation_id, changed)

    async def _note(self, frame: Note) -> None:
        person = self._connection.person
        if not isinstance(person, StaffMember):
            raise Unauthenticated()
        write = partial(correcting.write_note, client_id=frame.client_id, body=frame.body, mentions=frame.mentions)
        note = await run_sync(write, self._place, person, frame.conversation_id)
        self._connection.offer(Notes(conversation_id=frame.conversation_id, items=[note]))

    async def _see(self, frame: Seen) -> None:
        person = self._connection.person
        if isinstance(person, KnownReader):
            await run_sync(talking.see_as_reader, self._place, person, frame.conversation_id, frame.seq)
        else:
            await run_sync(talking.see_as_librarian, self._place, person, frame.conversation_id, frame.seq)

    def _type(self, conversation_id: UUID) -> None:
        if conversation_id not in self._connection.follows:
            raise NotFollowing()
        if monotonic() - self._typed_at < TYPING_SECONDS:
            return
        self._typed_at = monotonic()
        self._place.bus.publish(SideTyped(conversation_id=conversation_id, side=self._connection.side))

    def _look(self, frame: Look) -> None:
        person = self._connection.person
        if not isinstance(person, StaffMember):
            raise Unauthenticated()
        if frame.conversation_id not in self._connection.follows:
            raise NotFollowing()
        self._place.bus.publish(
            StaffLooked(
                conversation_id=frame.conversation_id,
                librarian_id=person.id,
                name_zh=person.name_zh,
                name_en=person.name_en,
                is_typing=frame.is_typing,
                is_leaving=frame.is_leaving,
            )
        )

    def _unfollow(self, conversation_id: UUID) -> None:
        if conversation_id in self._connection.follows:
            leave(self._place, self._connection, conversation_id)
            self._hub.unfollow(self._connection, conversation_id)


def _said(frame: Say) -> Said:
    return Said(frame.conversation_id, frame.client_id, frame.body)

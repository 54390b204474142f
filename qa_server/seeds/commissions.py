"""Commissions of the demo network in many states, made by the same use cases as real ones, at moments of the past."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from qa_server.attachments.service import Content
from qa_server.commissions.contact import Contact, Invoice
from qa_server.commissions.definition import Operation
from qa_server.commissions.models import FilePurpose
from qa_server.desk import asking, attaching
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import filing, handling, requesting, working
from qa_server.desk.commissions.filing import Upload
from qa_server.desk.commissions.money.quoting import Offer
from qa_server.desk.commissions.operating import Asked
from qa_server.desk.commissions.requesting import Form
from qa_server.desk.commissions.services import offering_services
from qa_server.desk.commissions.working import LogInput, StrategyInput
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language
from qa_server.people.queries import librarian_by_login, staff_member
from qa_server.people.rights import StaffMember
from qa_server.seeds.files import SeedInvalid
from storage.errors import NotFound

_FILE = "commissions.json"
_READER = "reader"


class _Seed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileSeed(_Seed):
    """A small text as a file."""

    purpose: FilePurpose
    name: str
    text: str


class EventSeed(_Seed):
    """What somebody did, hours after what was before; one of the later fields says what."""

    after: float = Field(ge=0)
    by: str
    step: str | None = None
    reason: str = ""
    library: str | None = None
    total: Decimal | None = None
    days: int | None = None
    note: str | None = None
    say: str | None = None
    staff: dict[str, Any] | None = None
    log: dict[str, Any] | None = None
    keep: dict[str, Any] | None = None
    file: FileSeed | None = None
    stars: int | None = None
    comment: str | None = None


class CommissionSeed(_Seed):
    """One commission: who asked for what, when, and what came of it."""

    library: str
    service: str
    hours_ago: float = Field(gt=0)
    language: Literal["zh", "en"] = "zh"
    contact: dict[str, str]
    values: dict[str, Any]
    course: list[EventSeed]


def read_commissions(folder: Path) -> list[CommissionSeed]:
    """Return the file. Raises SeedInvalid."""
    try:
        return TypeAdapter(list[CommissionSeed]).validate_json((folder / _FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise SeedInvalid(file=_FILE, reason=str(error)) from error


def plant_commissions(place: Workplace) -> int:
    """Put the commissions into the seeded network; return how many. The parts of `place` need not be started."""
    offering_services.keep_shipped(place)
    seeds = read_commissions(Path(__file__).parent)
    # The oldest first, as their numbers run.
    for number, seed in enumerate(sorted(seeds, key=lambda each: -each.hours_ago)):
        _Course(place, seed, number).run()
    return len(seeds)


class _Course:
    """One commission on its way, with a clock of its own."""

    def __init__(self, place: Workplace, seed: CommissionSeed, number: int) -> None:
        self._seed = seed
        self._number = number
        self._events = 0
        self._moment = place.clock() - timedelta(hours=seed.hours_ago)
        self._place = replace(place, clock=self._now)
        self._language: Language = seed.language

    def run(self) -> None:
        seed = self._seed
        # A network of its own: sessions are counted by network, and here they come at once.
        network = f"10.{200 + self._number // 250}.{self._number % 250}.0/24"
        _, token = asking.begin(self._place, library_code=seed.library, language=seed.language, network=network)
        reader = asking.recognise(self._place, token)
        view, _ = requesting.begin(
            self._place, reader, seed.service, client_id=self._client_id(), language=self._language
        )
        form = Form(values=seed.values, contact=Contact.model_validate(seed.contact), invoice=Invoice())
        asked = requesting.Asked(self._client_id())
        requesting.submit(self._place, reader, view.id, form, asked, language=self._language)
        for event in seed.course:
            self._moment += timedelta(hours=event.after)
            if event.by == _READER:
                self._as_reader(reader, view.id, event)
            else:
                self._as_librarian(self._person(event.by), view.id, event)

    def _as_reader(self, reader: KnownReader, commission_id: UUID, event: EventSeed) -> None:
        place, language = self._place, self._language
        if event.say is not None:
            requesting.say(place, reader, commission_id, client_id=self._client_id(), body=event.say, language=language)
        elif event.stars is not None:
            requesting.rate(place, reader, commission_id, stars=event.stars, comment=event.comment, language=language)
        else:
            asked = requesting.Asked(self._client_id(), reason=event.reason)
            requesting.step(place, reader, commission_id, Operation(event.step or ""), asked, language=language)

    def _as_librarian(self, person: StaffMember, commission_id: UUID, event: EventSeed) -> None:
        place, language = self._place, self._language
        if event.log is not None:
            entry = LogInput.model_validate({"client_id": self._client_id(), **event.log})
            working.write(place, person, commission_id, entry)
        elif event.keep is not None:
            working.keep_strategy(place, person, commission_id, StrategyInput.model_validate(event.keep))
        elif event.staff is not None:
            handling.fill_in(place, person, commission_id, event.staff, revision=None, language=language)
        elif event.file is not None:
            upload = Upload(event.file.purpose, self._client_id())
            filing.keep(place, person, commission_id, self._content(event.file), upload)
        elif event.step is not None:
            offer = Offer(event.total, event.days, event.note or "")
            asked = Asked(
                self._client_id(), reason=event.reason, offer=offer, library_code=event.library, days=event.days
            )
            handling.step(place, person, commission_id, event.step, asked, language=language)
        else:
            handling.say(
                place,
                person,
                commission_id,
                client_id=self._client_id(),
                body=event.say or event.note or "",
                is_note=event.note is not None,
                language=language,
            )

    def _content(self, file: FileSeed) -> Content:
        with attaching.store_of(self._place.settings).incoming() as path:
            path.write_text(file.text, encoding="utf-8")
            return attaching.take_in(self._place, path, file.name)

    def _person(self, login: str) -> StaffMember:
        with self._place.database.read() as session:
            row = librarian_by_login(session, login)
            found = staff_member(session, row.id, csrf_token="") if row else None
        if found is None:
            raise NotFound()
        return found

    def _client_id(self) -> str:
        self._events += 1
        return f"demo-{self._number:03d}-{self._events:04d}"

    def _now(self) -> datetime:
        return self._moment

"""What the demo's readers asked in vain over the past weeks; the service sorts it into the ledger when it starts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from knowledge.ledger import service as ledger
from knowledge.ledger.models import QuestionSource
from knowledge.ledger.service import Asked
from knowledge.wordings import hash_of
from qa_server.seeds.files import SeedInvalid

_FILE = "unanswered.json"


class UnansweredSeed(BaseModel):
    """Words that a library's readers searched for in vain, and how many days ago each time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    library: str
    words: str
    days_ago: list[int] = Field(min_length=1)


def read_unanswered(folder: Path) -> list[UnansweredSeed]:
    """Return the questions. Raises SeedInvalid."""
    try:
        return TypeAdapter(list[UnansweredSeed]).validate_json((folder / _FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise SeedInvalid(file=_FILE, reason=str(error)) from error


def plant_unanswered(
    session: Session, seeds: list[UnansweredSeed], *, libraries: Mapping[str, UUID], now: datetime
) -> None:
    """Note the questions at their times; they wait to be sorted in."""
    for line in seeds:
        for time, days in enumerate(line.days_ago):
            asked = Asked(
                mark=hash_of(f"demo {line.library} {line.words} {time}"),
                source=QuestionSource.SEARCH,
                library_id=libraries[line.library],
                words=line.words,
                language="zh",
                asked_at=now - timedelta(days=days, minutes=7 * time),
            )
            ledger.record(session, asked)

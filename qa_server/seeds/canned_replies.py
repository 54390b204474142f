"""The demo's canned replies: a starter set of the network, some of a province, of libraries, desks and people."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from qa_server.replies import service
from qa_server.replies.fields import ReplyFields
from qa_server.replies.holders import Holder, HolderKind
from qa_server.seeds.files import SeedInvalid

_FILE = "canned_replies.json"


class ReplySeeds(BaseModel):
    """The whole file: fields of replies by the code of a node, of a desk's library, by user name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    nodes: dict[str, list[dict[str, Any]]]
    desks: dict[str, list[dict[str, Any]]]
    people: dict[str, list[dict[str, Any]]]


def read_replies(folder: Path) -> ReplySeeds:
    """Return the file. Raises SeedInvalid."""
    try:
        return TypeAdapter(ReplySeeds).validate_json((folder / _FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise SeedInvalid(file=_FILE, reason=str(error)) from error


def plant_replies(
    session: Session,
    seeds: ReplySeeds,
    *,
    libraries: Mapping[str, UUID],
    desks: Mapping[str, UUID],
    people: Mapping[str, UUID],
    now: datetime,
) -> None:
    """Put them in; libraries and desks are given by code, people by user name."""
    for kind, given, ids in (
        (HolderKind.NODE, seeds.nodes, libraries),
        (HolderKind.DESK, seeds.desks, desks),
        (HolderKind.PERSON, seeds.people, people),
    ):
        for name, replies in given.items():
            for values in replies:
                lists = {key: tuple(value) for key, value in values.items() if isinstance(value, list)}
                service.add(session, Holder(kind, ids[name]), ReplyFields(**{**values, **lists}), by=None, now=now)

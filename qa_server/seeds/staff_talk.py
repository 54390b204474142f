"""What the demo's librarians said to one another lately."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from qa_server.colleagues import rooms

_FILE = Path(__file__).parent / "staff_talk.json"


def plant_staff_talk(session: Session, desks: Mapping[str, UUID], people: Mapping[str, UUID], *, now: datetime) -> None:
    """Say it in the rooms of these desks, by code of the library and login."""
    rows: list[dict[str, Any]] = json.loads(_FILE.read_text(encoding="utf-8"))
    for number, row in enumerate(rows):
        said_at = now - timedelta(hours=row["hours_ago"])
        room = rooms.room_of_desk(session, desks[row["library"]], now=said_at)
        rooms.say(
            session,
            room,
            people[row["login"]],
            client_id=f"demo-talk-{number:04d}",
            body=row["body"],
            mentions=[people[login] for login in row.get("mentions", ())],
            now=said_at,
        )

"""The reader's window as its library sets it: what holds, what somebody is about to set, and saving it in one go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qa_server.desk.administering import SettingView, settings_of
from qa_server.desk.rights_at import node_for
from qa_server.desk.widget_settings import WidgetSettings, made_of
from qa_server.desk.workplace import Workplace
from qa_server.network import node_settings
from qa_server.network import widget_settings as keys
from qa_server.network.errors import SettingInvalid
from qa_server.network.node_settings import effective_all
from qa_server.network.queries import path_up
from qa_server.network.setting_definitions import WEB_ORIGINS, definition_of
from qa_server.people.rights import Right, StaffMember

# What the page sets, in its order.
KEYS = (*keys.KEYS, WEB_ORIGINS.key)


@dataclass(frozen=True)
class Draft:
    """What the window would be: its settings, and by key the sentence that says why a value does not fit."""

    settings: WidgetSettings
    problems: dict[str, str]


def window_settings(place: Workplace, person: StaffMember, code: str) -> dict[str, SettingView]:
    """Return what holds at a node for the reader's window, by key. Raises NotFound, Forbidden."""
    return {each.key: each for each in settings_of(place, person, code) if each.key in KEYS}


def draft(place: Workplace, person: StaffMember, code: str, values: Mapping[str, Any]) -> Draft:
    """Return the window as it would be with these values; one that does not fit leaves what holds. Writes nothing.

    Raises NotFound, Forbidden.
    """
    with place.database.read() as session:
        node = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        held = {key: found.value for key, found in effective_all(session, node.id, KEYS).items()}
        problems = {}
        for key, value in values.items():
            try:
                held[key] = definition_of(key).check(value)
            except ValueError as error:
                problems[key] = str(error)
        return Draft(made_of(node.code, held), problems)


def save(place: Workplace, person: StaffMember, code: str, values: Mapping[str, Any]) -> None:
    """Set what differs from what holds, all or nothing; a lock that stands here stays.

    Raises NotFound, Forbidden, SettingInvalid for the first value that does not fit, SettingLocked.
    """
    with place.database.write() as session:
        node = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        for key, value in values.items():
            held = node_settings.effective(session, node.id, key)
            try:
                checked = definition_of(key).check(value)
            except ValueError as error:
                raise SettingInvalid(key=key, reason=str(error)) from None
            if checked != held.value:
                node_settings.set_value(
                    session,
                    node.id,
                    key,
                    checked,
                    is_locked=held.is_locked_by == node.id,
                    by=person.id,
                    now=place.clock(),
                )


def inherit(place: Workplace, person: StaffMember, code: str) -> None:
    """Let the window be as the nodes above have it again; what they locked is theirs already.

    Raises NotFound, Forbidden.
    """
    with place.database.write() as session:
        node = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        above = set(path_up(session, node.id)) - {node.id}
        for key in keys.KEYS:
            if node_settings.effective(session, node.id, key).is_locked_by not in above:
                node_settings.clear_value(session, node.id, key, by=person.id, now=place.clock())

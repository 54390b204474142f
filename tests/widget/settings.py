"""What the tests of the widget set at libraries of the demo network."""

from typing import Any

from qa_server.network.node_settings import clear_value, set_value
from qa_server.network.queries import library_by_code
from qa_server.network.widget_settings import KEYS
from tests.widget.service import Service

STATUS = {
    "key": "status",
    "kind": "choice",
    "label_zh": "身份",
    "label_en": "Status",
    "is_required": True,
    "choices": [{"zh": "本科生", "en": "Undergraduate"}, {"zh": "教师", "en": "Teacher"}],
}
DEPARTMENT = {"key": "department", "kind": "text", "label_zh": "院系", "label_en": "Department"}
QUICK = {
    "key": "quick",
    "kind": "choice",
    "label_zh": "答复是否及时？",
    "label_en": "Was the answer quick enough?",
    "choices": [{"zh": "及时", "en": "Yes"}, {"zh": "一般", "en": "So so"}],
}
MORE = {"key": "more", "kind": "text", "label_zh": "还需要哪些服务？", "label_en": "What else would you like?"}


def put(service: Service, code: str, **values: Any) -> None:
    """Set keys of the window, without their beginning, at a library."""
    with service.place.database.write() as session:
        library = library_by_code(session, code).id
        for key, value in values.items():
            set_value(session, library, f"widget.{key}", value, is_locked=False, by=None, now=service.place.clock())


def clear(service: Service, code: str) -> None:
    """Let a library inherit everything again."""
    with service.place.database.write() as session:
        library = library_by_code(session, code).id
        for key in KEYS:
            clear_value(session, library, key, by=None, now=service.place.clock())

"""An invented report of each service type, by which templates are checked and looks are shown. Names nobody."""

import json
from functools import lru_cache
from pathlib import Path

from qa_server.commissions.reports.content import ReportContent, ServiceCode, from_json
from qa_server.i18n import Language

_FOLDER = Path(__file__).parent / "sample_reports"


@lru_cache(maxsize=16)
def sample(service: ServiceCode, language: Language) -> ReportContent:
    """Return the invented report of this service type; it has every kind of part and no images."""
    written = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return from_json(written[service])

"""`wenjin openapi`: the HTTP interface as a document, without a database."""

import json
import tempfile
from pathlib import Path

from qa_server.app import create_app
from qa_server.settings import Settings


def openapi(settings: Settings) -> str:
    """Return the OpenAPI document as JSON text. Nothing is connected; the settings' database is left alone."""
    with tempfile.TemporaryDirectory() as folder:
        elsewhere = settings.model_copy(update={"database_url": f"sqlite:///{Path(folder) / 'none.db'}"})
        return json.dumps(create_app(elsewhere).openapi(), ensure_ascii=False, indent=2)

"""What the outside sees of an attachment."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from qa_server.conversations.schemas import Wire


class AttachmentView(Wire):
    """The file of a message, as `details.attachment` of that message."""

    id: UUID
    name: str
    media_type: str
    size_bytes: int


class AttachmentLink(Wire):
    """A link that opens one file without further proof until `expires_at`. Not for passing on."""

    url: str = Field(description="Path and query below the address of the service.")
    expires_at: datetime

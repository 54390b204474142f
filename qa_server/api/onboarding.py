"""How libraries join: anybody may apply, the centre above checks and decides."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import Field

from qa_server.api.asker import Network, Place, Staff
from qa_server.api.libraries import Code
from qa_server.api.network import CodeText, Name
from qa_server.conversations.schemas import Wire
from qa_server.desk import onboarding
from qa_server.desk.onboarding import ApplicationFields, ApplicationReceipt, ApplicationView, Joined

router = APIRouter(prefix="/api/v1", tags=["onboarding"])


class ApplicationBody(Wire):
    """What a library says of itself; `parent` is the centre it joins below."""

    parent: CodeText
    code: CodeText
    name_zh: Name
    name_en: Name
    language: Literal["zh", "en"] = "zh"
    time_zone: str = Field("Asia/Shanghai", max_length=64)
    web_origins: list[Annotated[str, Field(max_length=300)]] = Field(default_factory=list, max_length=50)
    contact_name: Annotated[str, Field(min_length=1, max_length=100)]
    contact_email: Annotated[str, Field(min_length=3, max_length=254)]
    note: str = Field("", max_length=4000)

    def fields(self) -> ApplicationFields:
        """Return it as the use case takes it."""
        return ApplicationFields(**{**self.model_dump(), "web_origins": tuple(self.web_origins)})


class Declined(Wire):
    """Why an application is turned down."""

    note: str = Field(max_length=2000)


class EmbedCode(Wire):
    """The line that puts a library's desk on a page."""

    embed_code: str


@router.post("/applications", status_code=201)
def apply(place: Place, network: Network, body: ApplicationBody) -> ApplicationReceipt:
    """Apply to join the network."""
    return onboarding.apply(place, body.fields(), network=network)


@router.get("/staff/applications")
def list_applications(place: Place, person: Staff, state: Literal["open", "decided"] = "open") -> list[ApplicationView]:
    """Return applications to join below one's centres."""
    return onboarding.applications(place, person, is_open=state == "open")


@router.post("/staff/applications/{application_id}/check")
def check(place: Place, person: Staff, application_id: UUID) -> ApplicationView:
    """Look whether anything stands in the way."""
    return onboarding.check(place, person, application_id)


@router.post("/staff/applications/{application_id}/approval")
def approve(place: Place, person: Staff, application_id: UUID, request: Request) -> Joined:
    """Make a node and a desk; get the line for the library's pages."""
    return onboarding.approve(place, person, application_id, base_url=_base_url(place, request))


@router.post("/staff/applications/{application_id}/refusal")
def decline(place: Place, person: Staff, application_id: UUID, body: Declined) -> ApplicationView:
    """Turn an application down with the reason."""
    return onboarding.decline(place, person, application_id, note=body.note)


@router.get("/staff/nodes/{code}/embed-code")
def read_embed_code(place: Place, _person: Staff, code: Code, request: Request) -> EmbedCode:
    """Return the line for the pages of a library."""
    return EmbedCode(embed_code=onboarding.embed_code_of(place, code, base_url=_base_url(place, request)))


def _base_url(place: Place, request: Request) -> str:
    return place.settings.public_url or str(request.base_url)

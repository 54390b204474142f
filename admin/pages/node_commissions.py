"""What a node settles about commissions: how to pay, letters and their words, times, and its payment service."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin import money_wording
from admin.node_pages import node_address, render_node
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.session import posted
from qa_server.commissions.money_settings import (
    ARCHIVE_DAYS,
    DRAFT_DAYS,
    MAX_ACCOUNT_CHARACTERS,
    NEWS_MINUTES,
    PAYMENT_ACCOUNT,
    SENDS_LETTERS,
)
from qa_server.desk import administering
from qa_server.desk.commissions.letters import letter_words, lettering
from qa_server.desk.commissions.letters.lettering import PreviewView
from qa_server.desk.commissions.money import payment_services
from qa_server.i18n import Language
from storage.errors import AppError, NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PART = "/commissions"
_NUMBERS = (NEWS_MINUTES.key, DRAFT_DAYS.key, ARCHIVE_DAYS.key)


@router.get("/console/network/{code}/commissions")
def show(request: Request, visitor: SignedInVisitor, code: str) -> Response:
    """Show what is settled at a node. Raises NotFound, Forbidden."""
    return _page(request, visitor, code)


@router.post("/console/network/{code}/commissions/settings")
def save_settings(
    request: Request, visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Set how to pay, whether letters are sent, and the times; what stays as it was is not set anew."""
    wanted: dict[str, Any] = {
        PAYMENT_ACCOUNT.key: {language: str(sent.get(f"account_{language}", "")) for language in ("zh", "en")},
        SENDS_LETTERS.key: "sends_letters" in sent,
    }
    wanted |= {key: _number(str(sent.get(key, ""))) for key in _NUMBERS}
    held = {each.key: each.value for each in administering.settings_of(visitor.place, visitor.person, code)}
    try:
        for key, value in wanted.items():
            if held[key] != value:
                administering.set_setting(visitor.place, visitor.person, code, key, value, is_locked=False)
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal, typed=sent)
    return go_to(node_address(code, _PART), done="saved")


@router.post("/console/network/{code}/commissions/letters/{kind}")
def save_words(
    request: Request, visitor: SignedInVisitor, code: str, kind: str, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Use other words for a letter, show how they would read, or take ours again."""
    language: Language = "en" if sent.get("language") == "en" else "zh"
    subject, body = str(sent.get("subject", "")), str(sent.get("body", ""))
    try:
        if "inherit" in sent:
            lettering.clear_words(visitor.place, visitor.person, code, kind, language)
        elif "preview" in sent:
            shown = lettering.preview(language, subject=subject, body=body)
            return _page(request, visitor, code, typed=sent, kind=kind, preview=shown)
        else:
            lettering.set_words(visitor.place, visitor.person, code, kind, language, subject=subject, body=body)
    except NotFound:
        raise
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal, typed=sent, kind=kind)
    done = "inherited" if "inherit" in sent else "saved"
    return go_to(node_address(code, _PART), done=done, letters=language)


@router.post("/console/network/{code}/commissions/payment-service")
def save_payment_service(
    request: Request, visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Set up the node's payment service, or make a new secret and show it this once."""
    try:
        if "secret" in sent:
            secret = payment_services.make_secret(visitor.place, visitor.person, code)
            # Not by another address: the secret would have to be in it.
            return _page(request, visitor, code, secret=secret)
        address = str(sent.get("address", ""))
        payment_services.set_up(visitor.place, visitor.person, code, address=address, is_on="is_on" in sent)
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal, typed=sent)
    return go_to(node_address(code, _PART), done="saved")


def _page(
    request: Request,
    visitor: Visitor,
    code: str,
    *,
    refusal: AppError | None = None,
    typed: FormData | None = None,
    kind: str = "",
    preview: PreviewView | None = None,
    secret: str = "",
) -> Response:
    asked = str(typed.get("language", "")) if typed else request.query_params.get("letters", visitor.language)
    language: Language = "en" if asked == "en" else "zh"
    settings = {each.key: each for each in administering.settings_of(visitor.place, visitor.person, code)}
    return render_node(
        request,
        visitor,
        "commissions.html",
        code,
        refusal=refusal,
        settings=settings,
        account=settings[PAYMENT_ACCOUNT.key],
        sends=settings[SENDS_LETTERS.key],
        numbers=[settings[key] for key in _NUMBERS],
        letters=lettering.words_at(visitor.place, visitor.person, code, language),
        letters_language=language,
        placeholders_shown="  ".join(f"{{{name}}}" for name in letter_words.PLACEHOLDERS),
        service=payment_services.service_of(visitor.place, visitor.person, code),
        secret=secret,
        kind=kind,
        preview=preview,
        typed={key: str(value) for key, value in typed.items()} if typed else {},
        most=MAX_ACCOUNT_CHARACTERS,
        recipients=money_wording.RECIPIENTS,
        call_kinds=money_wording.CALL_KINDS,
        call_states=money_wording.CALL_STATES,
    )


def _number(text: str) -> int | str:
    """Return a number as typed; what is none goes on as it is, and is refused with the setting's own words."""
    return int(text) if text.isdecimal() and len(text) <= 6 else text

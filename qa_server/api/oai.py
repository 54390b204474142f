"""OAI-PMH 2.0 at `/oai`: six verbs by GET and POST. The protocol answers refusals with 200 and an error element."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from knowledge.public.records import Wanted
from qa_server.api import oai_tokens, oai_xml
from qa_server.api.asker import Place
from qa_server.api.oai_requests import Asked, OaiError, checked, span, stamp
from qa_server.api.oai_tokens import Token, TokenUnusable
from qa_server.api.oai_xml import Envelope, identifier_of, namespace_of, number_in
from qa_server.desk.answers import providing
from qa_server.desk.answers import sites as public_sites
from qa_server.desk.answers.providing import Provided
from qa_server.desk.workplace import Workplace
from qa_server.live.rates import TooManyRequests
from storage.errors import NotFound

router = APIRouter(include_in_schema=False)

_XML = "text/xml; charset=utf-8"
# Sets in one answer; a network has some thousands.
_SETS = 500


async def given(request: Request) -> list[tuple[str, str]]:
    """Return the arguments as they came, in an address or in a form, repeated ones too."""
    text = request.url.query if request.method != "POST" else (await request.body()).decode("utf-8", "replace")
    return parse_qsl(text, keep_blank_values=True, max_num_fields=50) if text.count("&") < 50 else [("verb", "")]


@router.api_route("/oai", methods=["GET", "POST"])
def answer(request: Request, place: Place, pairs: Annotated[list[tuple[str, str]], Depends(given)]) -> Response:
    """Answer a harvester."""
    root = (place.settings.public_url or str(request.base_url)).rstrip("/")
    try:
        providing.count_harvesting(place, request.client.host if request.client else "")
    except TooManyRequests as refusal:
        # What harvesters know to wait for.
        return Response("", 503, {"Retry-After": str(refusal.details["retry_after_seconds"])})
    content = _answer(place, root, pairs)
    return Response(content, media_type=_XML, headers={"Cache-Control": "no-cache"})


def _answer(place: Workplace, root: str, pairs: Sequence[tuple[str, str]]) -> bytes:
    address, now = f"{root}/oai", place.clock()
    try:
        asked = checked(pairs)
    except OaiError as refusal:
        # The protocol wants no attributes where the request itself was wrong.
        envelope = Envelope(address, {}, now=now)
        envelope.error(refusal)
        return envelope.written()
    envelope = Envelope(address, {"verb": asked.verb, **asked.arguments}, now=now)
    try:
        providing.catch_up(place)
        _Answering(place, root, asked).write(envelope)
    except OaiError as refusal:
        envelope = Envelope(address, {"verb": asked.verb, **asked.arguments}, now=now)
        envelope.error(refusal)
    return envelope.written()


class _Answering:
    """One request that keeps the rules."""

    def __init__(self, place: Workplace, root: str, asked: Asked) -> None:
        self._place = place
        self._root = root
        self._asked = asked
        self._namespace = namespace_of(place.settings.oai_namespace, root)

    def write(self, envelope: Envelope) -> None:
        """Write what was asked for. Raises OaiError; the envelope is then of no use."""
        verbs = {
            "Identify": self._identify,
            "ListMetadataFormats": self._formats,
            "ListSets": self._sets,
            "GetRecord": self._one,
            "ListIdentifiers": self._list,
            "ListRecords": self._list,
        }
        verbs[self._asked.verb](envelope)

    def _identify(self, envelope: Envelope) -> None:
        settings = self._place.settings
        email = settings.oai_admin_email or settings.mail_from.partition("<")[2].rstrip(">") or settings.mail_from
        oai_xml.identify(
            envelope.part("Identify"),
            name=self._name(),
            address=f"{self._root}/oai",
            email=email or f"admin@{self._namespace}",
            earliest=providing.earliest(self._place),
            namespace=self._namespace,
        )

    def _formats(self, envelope: Envelope) -> None:
        if self._asked.get("identifier"):
            self._find()
        oai_xml.metadata_format(envelope.part("ListMetadataFormats"))

    def _sets(self, envelope: Envelope) -> None:
        token = self._token()
        found = providing.sets(self._place)
        start = token.cursor if token else 0
        part = envelope.part("ListSets")
        for each in found[start : start + _SETS]:
            oai_xml.one_set(part, each)
        after = start + _SETS
        if after < len(found):
            self._resumption(part, self._next(token, cursor=after, total=len(found)), start)
        elif token:
            oai_xml.resumption(part, "", expires=None, total=len(found), cursor=start)

    def _one(self, envelope: Envelope) -> None:
        found = self._find()
        self._check_prefix(self._asked.get("metadataPrefix"))
        oai_xml.record(envelope.part("GetRecord"), found, namespace=self._namespace, root=self._root)

    def _list(self, envelope: Envelope) -> None:
        token = self._token()
        prefix = token.prefix if token else self._asked.get("metadataPrefix")
        self._check_prefix(prefix)
        size = self._place.settings.oai_page_size
        page = providing.records(self._place, self._wanted(token), limit=size + 1, is_counted=token is None)
        shown, is_more = page.records[:size], len(page.records) > size
        if not shown and not token:
            raise OaiError("noRecordsMatch", "Nothing fits what was asked for.")
        part = envelope.part(self._asked.verb)
        for each in shown:
            self._write(part, each)
        cursor = token.cursor if token else 0
        total = token.total if token else page.total
        if is_more:
            last = shown[-1]
            after = self._next(token, cursor=cursor + len(shown), total=total, last=last)
            self._resumption(part, after, cursor)
        elif token:
            oai_xml.resumption(part, "", expires=None, total=total, cursor=cursor)

    def _write(self, part: Element, found: Provided) -> None:
        if self._asked.verb == "ListIdentifiers":
            oai_xml.header(part, found, self._namespace)
        else:
            oai_xml.record(part, found, namespace=self._namespace, root=self._root)

    def _wanted(self, token: Token | None) -> Wanted:
        since, until, spec = (
            (token.since, token.until, token.spec)
            if token
            else (self._asked.get("from"), self._asked.get("until"), self._asked.get("set"))
        )
        first, last = span(since, until)
        after = (datetime.fromisoformat(token.after), token.number) if token else None
        wanted = Wanted(since=first, until=last, after=after)
        narrowed = providing.narrowed(self._place, wanted, spec) if spec else wanted
        if narrowed is None:
            raise OaiError("noRecordsMatch", "There is no such set.")
        return narrowed

    def _find(self) -> Provided:
        number = number_in(self._asked.get("identifier"), self._namespace)
        found = providing.find(self._place, number) if number is not None else None
        if found is None:
            raise OaiError("idDoesNotExist", f"Identifiers look like {identifier_of(1, self._namespace)}.")
        return found

    def _check_prefix(self, prefix: str) -> None:
        if prefix != oai_xml.PREFIX:
            raise OaiError("cannotDisseminateFormat", f"The one format here is {oai_xml.PREFIX}.")

    def _token(self) -> Token | None:
        text = self._asked.get("resumptionToken")
        if not text:
            return None
        try:
            token = oai_tokens.read(text, verb=self._asked.verb, now=self._place.clock())
            span(token.since, token.until)
            if token.after:
                datetime.fromisoformat(token.after)
        except (TokenUnusable, OaiError, ValueError) as error:
            raise OaiError("badResumptionToken", "The token is not ours or too old; begin again.") from error
        return token

    def _next(self, token: Token | None, *, cursor: int, total: int, last: Provided | None = None) -> Token:
        now, hours = self._place.clock(), self._place.settings.oai_token_hours
        return Token(
            verb=self._asked.verb,
            prefix=token.prefix if token else self._asked.get("metadataPrefix"),
            since=token.since if token else self._asked.get("from"),
            until=token.until if token else self._asked.get("until"),
            spec=token.spec if token else self._asked.get("set"),
            after=stamp(last.datestamp) if last else "",
            number=last.number if last else 0,
            cursor=cursor,
            total=total,
            expires=int((now + timedelta(hours=hours)).timestamp()),
        )

    def _resumption(self, part: Element, token: Token, cursor: int) -> None:
        expires = datetime.fromtimestamp(token.expires, UTC)
        oai_xml.resumption(part, oai_tokens.written(token), expires=expires, total=token.total, cursor=cursor)

    def _name(self) -> str:
        try:
            site = public_sites.site_of(self._place, None)
        except NotFound:
            return "Wenjin"
        return f"{site.name_en} · {site.name_zh}"

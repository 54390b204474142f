"""What the pages about one service share: addresses, and problems and differences in words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from admin import service_wording as words
from admin.node_pages import node_address
from admin.page import Visitor
from admin.service_rows import TITLES, parts_of
from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.definition_checks import Problem
from qa_server.commissions.differing import Difference
from storage.errors import AppError


@dataclass(frozen=True)
class Told:
    """A problem in words, with its place."""

    where: str
    sentence: str


def service_address(code: str, service: str, part: str = "") -> str:
    """Return the address of a page about a service of a node."""
    return node_address(code, f"/services/{service}{part}")


def problems_in_words(visitor: Visitor, problems: Iterable[Problem]) -> list[Told]:
    """Return problems as the visitor reads them."""
    return [Told(each.where, visitor.say(each.sentence, **each.details)) for each in problems]


def problems_of(visitor: Visitor, refusal: AppError | None) -> list[Told]:
    """Return the problems that came with a refusal, in words."""
    found = cast(list[dict[str, Any]], refusal.details.get("problems", [])) if refusal is not None else []
    return [Told(each["where"], visitor.say(each["sentence"], **each["details"])) for each in found]


def differences_in_words(
    visitor: Visitor, differences: Sequence[Difference], definition: ServiceDefinition
) -> list[tuple[str, str, str]]:
    """Return each difference as its place in words, what was there and what is."""
    return [
        (" › ".join(_steps(visitor, each.where, definition)), each.old or "", each.new or "") for each in differences
    ]


def _steps(visitor: Visitor, where: Sequence[str], definition: ServiceDefinition) -> Iterator[str]:
    above = ""
    for step in where:
        labels = {each.key: each.label for each in parts_of(definition, above)} if above in TITLES else {}
        yield labels[step].in_(visitor.language) if step in labels else _word(visitor, step)
        above = step


def _word(visitor: Visitor, step: str) -> str:
    word = words.DIFFERENCES.get(step) or words.PARTS.get(step) or words.ENTRIES.get(step)
    return visitor.say(word) if word else step

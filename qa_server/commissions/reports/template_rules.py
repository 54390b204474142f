"""What a library's Word template may say between its braces: fields, conditions and loops over the lists of a report.

The templates come from people, so there are no calls, no definitions and no arithmetic, and what loops can grow to is
reckoned before: whatever a template says, filling it takes seconds.
"""

from collections.abc import Iterator
from typing import Any, Final

from jinja2 import ChainableUndefined, Template, TemplateSyntaxError, Undefined, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from qa_server.commissions.reports.checking import MAX_ATTACHMENTS, MAX_FACTS, MAX_SECTIONS, MAX_SIGNATURES
from qa_server.commissions.reports.errors import TemplateRefused

# Lists that a template may go through, with the most entries that each can have.
LISTS: Final = {
    "sections": MAX_SECTIONS + 2,  # with attachments and remarks
    "facts": MAX_FACTS + 7,  # with those of all reports
    "signatures": MAX_SIGNATURES,
    "attachments": MAX_ATTACHMENTS,
}
# What stands once in every report.
FIELDS: Final = frozenset(
    {
        "service_name", "report_number", "commission_number", "title", "library", "applicant", "organisation",
        "purpose", "accepted_on", "finished_on", "notes", "draft", "draft_note", "verification_code", "check_address",
        "seal", "seal_place", "qr", "body", "part",
    }
)  # fmt: skip
# Without these a piece of paper is no report; the text may stand as a whole, by section or by part.
REQUIRED: Final = ("report_number", "title", "library")
TEXT_FIELDS: Final = frozenset({"body", "sections", "part"})

_NODES: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Const, nodes.If,
    nodes.For, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr,
    nodes.EvalContextModifier,
)  # fmt: skip
_FILTERS: Final = frozenset({"upper", "lower", "trim", "default", "length"})
_TESTS: Final = frozenset({"defined", "undefined", "none"})
_MAX_NODES: Final = 5_000
# Characters that all loops can write, with the markup of Word. The templates that come with Wenjin reach a tenth.
_MAX_LOOP_CHARACTERS: Final = 20_000_000


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """Reads templates by the rules above and notes every field that a report does not have in `unknown`."""

    def __init__(self) -> None:
        self.unknown: set[str] = set()
        self.used: set[str] = set()
        super().__init__(autoescape=True, undefined=_noting(self.unknown))
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in _FILTERS}
        self.tests = {name: self.tests[name] for name in (*_TESTS, *_COMPARISONS) if name in self.tests}

    def from_string(
        self,
        source: str | nodes.Template,
        globals: Any = None,
        template_class: type[Template] | None = None,
    ) -> Template:
        """Return the template. Raises TemplateRefused when it does what templates may not."""
        try:
            tree = self.parse(source) if isinstance(source, str) else source
            _check(tree)
            names = meta.find_undeclared_variables(tree)
            self.used |= names
            self.unknown |= names - FIELDS - LISTS.keys()
            return super().from_string(tree, globals, template_class)
        except TemplateSyntaxError as error:
            raise TemplateRefused(reason="a field or condition in braces is not written correctly.") from error


_COMPARISONS: Final = ("eq", "ne", "==", "!=")


def _noting(unknown: set[str]) -> type[Undefined]:
    class NotingUndefined(ChainableUndefined):
        """Is empty, and writes down that it was asked for."""

        __slots__ = ()

        def _note(self) -> str:
            unknown.add(str(self._undefined_name))
            return ""

        def __str__(self) -> str:
            return self._note()

        def __iter__(self) -> Iterator[Any]:
            self._note()
            return iter(())

        def __bool__(self) -> bool:
            self._note()
            return False

    return NotingUndefined


def _check(tree: nodes.Template) -> None:
    everything = list(tree.find_all(nodes.Node))
    if len(everything) > _MAX_NODES:
        raise TemplateRefused(reason="it has too many fields.")
    for node in everything:
        _check_node(node)
    if _growth(tree) > _MAX_LOOP_CHARACTERS:
        raise TemplateRefused(reason="too much stands in its loops.")


def _check_node(node: nodes.Node) -> None:
    if not isinstance(node, _NODES):
        raise TemplateRefused(reason="only fields, conditions and loops over lists may stand in braces.")
    if isinstance(node, nodes.Filter) and (node.name not in _FILTERS or node.node is None):
        raise TemplateRefused(reason="it changes a field in a way that templates may not.")
    if isinstance(node, nodes.Test) and node.name not in _TESTS:
        raise TemplateRefused(reason="it tests a field in a way that templates may not.")


def _growth(node: nodes.Node) -> int:
    """Return how many characters of markup the loops in this node can write."""
    written = 0
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.For):
            own = sum(len(text.data) for text in child.find_all(nodes.TemplateData))
            written += _entries(child) * (own + _growth(child))
        else:
            written += _growth(child)
    return written


def _entries(loop: nodes.For) -> int:
    if loop.recursive or not isinstance(loop.iter, nodes.Name) or loop.iter.name not in LISTS:
        raise TemplateRefused(reason="a loop may go through sections, facts, signatures or attachments only.")
    return LISTS[loop.iter.name]

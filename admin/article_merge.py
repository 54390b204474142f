"""Two changes of one article as one form: what only one side touched is taken, where both did, both stay. Pure."""

from dataclasses import dataclass, fields, replace
from zoneinfo import ZoneInfo

from admin.article_form import ArticleForm, form_of_content
from admin.text_diff import Segment, difference, has_changed
from knowledge.three_way import has_clash, merge, put_together
from qa_server.desk.articles.talk import TwoTexts

# The texts, by the names of their fields, as they are called on the page.
TEXTS = {"question": "Question", "alternates": "Other ways to ask", "answer": "Answer", "sources": "Sources"}
_CHOICES = ("theirs", "mine", "both")
# Facets and dates hold one value: where both sides changed one, one's own stays to be looked at.
_NOT_MERGED = {*TEXTS, "key", "language", "owner", "change_note", "expected_revision"}


@dataclass(frozen=True)
class Part:
    """A text that somebody changed: each side's change of what both began with, and whether they clash."""

    field: str
    name: str
    theirs: list[Segment]
    mine: list[Segment]
    clashes: bool


def merged_form(texts: TwoTexts, zone: ZoneInfo) -> ArticleForm:
    """Return the form with both changes in it, to be saved upon what the other person saved."""
    base, theirs, mine = _forms(texts, zone)
    values = {name: _together(texts, name, "both") for name in TEXTS}
    for field in fields(ArticleForm):
        if field.name not in _NOT_MERGED:
            own = getattr(mine, field.name)
            values[field.name] = getattr(theirs, field.name) if own == getattr(base, field.name) else own
    return replace(theirs, **values, change_note=texts.change_note, expected_revision=str(texts.their_revision.number))


def parts_of(texts: TwoTexts, zone: ZoneInfo) -> list[Part]:
    """Return the texts that either side changed, in the order of the form."""
    base, theirs, mine = _forms(texts, zone)
    found = []
    for name, label in TEXTS.items():
        before, left, right = (str(getattr(form, name)) for form in (base, theirs, mine))
        part = Part(
            field=name,
            name=label,
            theirs=difference(before, left),
            mine=difference(before, right),
            clashes=has_clash(merge(before, left, right)),
        )
        if has_changed(part.theirs) or has_changed(part.mine):
            found.append(part)
    return found


def use(form: ArticleForm, texts: TwoTexts, choice: str) -> ArticleForm:
    """Return the form with one text taken as chosen, `FIELD:theirs`, `:mine` or `:both`; else as it was."""
    name, _, which = choice.partition(":")
    if name not in TEXTS or which not in _CHOICES:
        return form
    return replace(form, **{name: _together(texts, name, which)})


def _together(texts: TwoTexts, name: str, which: str) -> str:
    base, theirs, mine = (_text(content, name) for content in (texts.base, texts.theirs, texts.mine))
    stretches = merge(base, theirs, mine)
    if which == "theirs":
        return put_together(stretches, clashes="theirs")
    return put_together(stretches, clashes="mine" if which == "mine" else "both")


def _text(content: object, name: str) -> str:
    value = getattr(content, name)
    return value if isinstance(value, str) else "\n".join(value)


def _forms(texts: TwoTexts, zone: ZoneInfo) -> tuple[ArticleForm, ArticleForm, ArticleForm]:
    base, theirs, mine = (form_of_content(content, zone) for content in (texts.base, texts.theirs, texts.mine))
    return base, theirs, mine

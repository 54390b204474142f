"""Keyword search over articles with tantivy: our tokens in, article numbers and scores out. A rebuildable cache.

In a folder it lasts from one start to the next, together with the change number up to which it is true: both are in
the same commit, so a crash cannot part them. Damaged or foreign files are thrown away and the index begins empty.
"""

import json
import logging
import math
import shutil
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import tantivy
from tantivy import Document, Index, Occur, Query, SchemaBuilder, Searcher, TextAnalyzerBuilder, Tokenizer

from knowledge.keyword_files import KeywordFilesUnusable, Seen, check_files, seen_from_text, seen_to_text
from knowledge.models import Audience
from knowledge.tokens import tokens

# Memory of the writer before it flushes a segment; tantivy's least is 15 MB per thread.
WRITER_BYTES = 64_000_000
# A query of more different tokens is a pasted text; the first ones are enough and keep the cost bounded.
MAX_QUERY_TOKENS = 160
# An answer mentions many things in passing; its words say less than those of a question.
ANSWER_WEIGHT = 0.3
_ANALYZER = "tokens"
# Tantivy's BM25: a term that occurs once in a field of average length gets its inverse document frequency times this.
_TERM_CEILING = 2.2
# Tantivy's BM25: how soon more of the same word counts no more, and how much the length of a text counts.
_SATURATION, _LENGTH_SHARE = 1.2, 0.75
# The document that holds `seen`; articles count from 1. It has no owner, so no search finds it.
_SEEN_NUMBER = -1
# More owners than this are looked up as a set; fewer are cheaper as words of the query.
_OWNERS_AS_TERMS = 64

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class KeywordDocument:
    """What is indexed of one article."""

    number: int
    library_id: UUID
    language: str
    wordings: tuple[str, ...]
    answer: str
    audience: Audience = Audience.EVERYBODY


class KeywordHit(NamedTuple):
    """An article and its BM25 score; `share` (0..1) is that score against the most these tokens could have got."""

    number: int
    score: float
    share: float


class Foretold(NamedTuple):
    """The score that a text would get, and the most that the query's tokens could get with it among the articles."""

    score: float
    ceiling: float


class KeywordIndex:
    """An index in memory, or in a folder of its own. Thread-safe; a change is found as soon as the call returns."""

    def __init__(self, folder: Path | None = None) -> None:
        self._schema = _schema()
        self._index = Index(self._schema) if folder is None else _open(folder, self._schema)
        self._index.register_tokenizer(_ANALYZER, TextAnalyzerBuilder(Tokenizer.whitespace()).build())
        self._writer = self._index.writer(heap_size=WRITER_BYTES, num_threads=1)
        self._lock = threading.Lock()
        self._searcher = self._index.searcher()
        self._seen = _read_seen(self._searcher, self._schema)

    def __len__(self) -> int:
        return int(self._searcher.num_docs) - (self._seen is not None)

    @property
    def seen(self) -> Seen | None:
        """Up to which change the index is true, None when nobody has said."""
        return self._seen

    def update(
        self, *, add: Iterable[KeywordDocument] = (), remove: Iterable[int] = (), seen: Seen | None = None
    ) -> None:
        """Take articles out by number, put articles in (replacing those of the same number), in one step.

        `seen` says up to which change the index is true now; without it that stays as it was.
        """
        with self._lock:
            for number in remove:
                self._writer.delete_documents_by_term("number", number)
            for document in add:
                self._writer.delete_documents_by_term("number", document.number)
                self._writer.add_document(_document(document))
            self._commit(seen)

    def fill(self, documents: Iterable[KeywordDocument], *, seen: Seen) -> None:
        """Put these articles in the place of everything, in one step at the end; a crash before leaves it as it was."""
        with self._lock:
            self._writer.delete_all_documents()
            for document in documents:
                self._writer.add_document(_document(document))
            self._commit(seen)

    def search(
        self,
        text: str,
        limit: int,
        *,
        libraries: Sequence[UUID] | None,
        language: str | None = None,
        audience: Audience = Audience.EVERYBODY,
    ) -> list[KeywordHit]:
        """Return the best articles that this audience may find of these owners, best first. Any text is a valid query.

        `libraries` None leaves nobody's out, whatever the audience: for when there is nothing to leave out.
        """
        wanted = list(dict.fromkeys(tokens(text)))[:MAX_QUERY_TOKENS]
        searcher = self._searcher
        in_wordings = [searcher.doc_freq("wordings", token) for token in wanted]
        terms = self._terms(wanted, in_wordings, searcher)
        if not terms or (libraries is not None and not libraries):
            return []
        owners = None if libraries is None else [_owner(each, kind) for each in libraries for kind in _up_to(audience)]
        query = Query.boolean_query([*self._filters(owners, language), *terms])
        hits = searcher.search(query, limit, count=False).hits
        # Whatever is in scope meets the query's conditions; what shares no word with it has no score.
        scored = [(score, address) for score, address in hits if score > 0]
        numbers = searcher.fast_field_values("number", [address for _, address in scored])
        ceiling = _ceiling(searcher.num_docs, in_wordings)
        return [
            KeywordHit(number, score, min(1.0, score / ceiling))
            for (score, _), number in zip(scored, numbers, strict=True)
        ]

    def foretell(self, text: str, *, wordings: Sequence[str], answer: str) -> Foretold | None:
        """Return what an article of these texts would score if it were here, None when it shares no word with the text.

        By tantivy's formula with the figures of this index, which stays as it is.
        """
        wanted = list(dict.fromkeys(tokens(text)))[:MAX_QUERY_TOKENS]
        searcher = self._searcher
        asked = [token for wording in wordings for token in tokens(wording)]
        score = self._foretold(searcher, "wordings", asked, wanted)
        score += ANSWER_WEIGHT * self._foretold(searcher, "answer", tokens(answer), wanted)
        if score <= 0:
            return None
        with_it = [searcher.doc_freq("wordings", token) + (token in asked) for token in wanted]
        return Foretold(score, _ceiling(searcher.num_docs + 1, with_it))

    def frequencies(self, words: Iterable[str]) -> dict[str, int]:
        """Return in how many articles each token is, in wordings or answer, of any owner; at least that many."""
        searcher = self._searcher
        return {word: max(searcher.doc_freq(field, word) for field in ("wordings", "answer")) for word in words}

    def close(self) -> None:
        """Stop the writer's threads and leave the folder. The index cannot be changed afterwards."""
        with self._lock:
            self._writer.wait_merging_threads()

    def _commit(self, seen: Seen | None) -> None:
        if seen is not None:
            self._writer.delete_documents_by_term("number", _SEEN_NUMBER)
            self._writer.add_document(_seen_document(seen))
        self._writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()
        self._seen = seen or self._seen

    def _terms(
        self, wanted: Sequence[str], in_wordings: Sequence[int], searcher: Searcher
    ) -> list[tuple[Occur, Query]]:
        """Return the tokens as words of a query, in the fields that have them: the others only cost time."""
        terms = [
            Query.term_query(self._schema, "wordings", token)
            for token, frequency in zip(wanted, in_wordings, strict=True)
            if frequency
        ]
        terms += [
            Query.boost_query(Query.term_query(self._schema, "answer", token), ANSWER_WEIGHT)
            for token in wanted
            if searcher.doc_freq("answer", token)
        ]
        return [(Occur.Should, term) for term in terms]

    def _foretold(self, searcher: Searcher, field: str, words: Sequence[str], wanted: Sequence[str]) -> float:
        counts, articles = Counter(words), searcher.num_docs
        average = ((self._average_length(searcher, field, wanted) or len(words)) * articles + len(words)) / (
            articles + 1
        )
        score = 0.0
        for token in wanted:
            if times := counts[token]:
                norm = 1 - _LENGTH_SHARE + _LENGTH_SHARE * _kept_length(len(words)) / average
                rarity = _rarity(articles + 1, searcher.doc_freq(field, token) + 1)
                score += rarity * (1 + _SATURATION) * times / (times + _SATURATION * norm)
        return score

    def _average_length(self, searcher: Searcher, field: str, wanted: Sequence[str]) -> float | None:
        """Return how many tokens a text of this field has in the middle; tantivy tells it with a hit's explanation."""
        for token in wanted:
            if searcher.doc_freq(field, token):
                query = Query.term_query(self._schema, field, token)
                hits = searcher.search(query, 1, count=False).hits
                told = json.loads(query.explain(searcher, hits[0][1]).to_json()) if hits else {}
                found = [each["value"] for each in _details(told) if each["description"].startswith("avgdl")]
                if found:
                    return float(found[0])
        return None

    def _filters(self, owners: Sequence[str] | None, language: str | None) -> list[tuple[Occur, Query]]:
        filters = [] if owners is None else [self._owners(owners)]
        if language is not None:
            filters.append(Query.term_query(self._schema, "language", language))
        return [(Occur.Must, Query.const_score_query(each, 0.0)) for each in filters]

    def _owners(self, owners: Sequence[str]) -> Query:
        if len(owners) > _OWNERS_AS_TERMS:
            return Query.term_set_query(self._schema, "library", list(owners))
        terms = [Query.term_query(self._schema, "library", owner) for owner in owners]
        return Query.boolean_query([(Occur.Should, term) for term in terms])


def _open(folder: Path, schema: tantivy.Schema) -> Index:
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        return Index(schema, path=str(folder))
    try:
        # Before tantivy reads them: it panics over some damages.
        check_files(folder)
        return Index(schema, path=str(folder))
    except (ValueError, KeywordFilesUnusable) as error:
        _log.info("the keyword index is built anew: %s", error)
        shutil.rmtree(folder)
        folder.mkdir()
        return Index(schema, path=str(folder))


def _read_seen(searcher: Searcher, schema: tantivy.Schema) -> Seen | None:
    hits = searcher.search(Query.term_query(schema, "number", _SEEN_NUMBER), 1, count=False).hits
    return seen_from_text(str(searcher.doc(hits[0][1]).get_first("seen"))) if hits else None


def _schema() -> tantivy.Schema:
    builder = SchemaBuilder()
    builder.add_integer_field("number", stored=False, indexed=True, fast=True)
    builder.add_text_field("seen", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("library", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("wordings", tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_text_field("answer", tokenizer_name=_ANALYZER, index_option="freq")
    return builder.build()


def _document(source: KeywordDocument) -> Document:
    document = Document()
    document.add_integer("number", source.number)
    document.add_text("library", _owner(source.library_id, source.audience))
    document.add_text("language", source.language)
    document.add_text("wordings", " ".join(token for wording in source.wordings for token in tokens(wording)))
    document.add_text("answer", " ".join(tokens(source.answer)))
    return document


def _owner(library: UUID, audience: Audience) -> str:
    # Owner and audience are one word: what readers may find costs no condition more.
    return library.hex + (f".{audience.value}" if audience else "")


def _up_to(audience: Audience) -> list[Audience]:
    return [each for each in Audience if each <= audience]


def _seen_document(seen: Seen) -> Document:
    document = Document()
    document.add_integer("number", _SEEN_NUMBER)
    document.add_text("seen", seen_to_text(seen))
    return document


def _ceiling(count: int, in_wordings: Sequence[int]) -> float:
    """Return about the most that BM25 could give to one of so many texts that has all these tokens; never 0."""
    return max(sum(_rarity(count, each) for each in in_wordings) * _TERM_CEILING, 1e-6)


def _rarity(count: int, frequency: int) -> float:
    """Return BM25's inverse document frequency."""
    kept = min(frequency, count)
    return math.log(1 + (count - kept + 0.5) / (kept + 0.5))


def _kept_length(length: int) -> int:
    """Return the length as tantivy keeps it: exact to 40, then in steps of about an eighth."""
    rest = length - 24
    step = max(0, rest.bit_length() - 4) if length > 40 else 0
    return 24 + (rest >> step << step)


def _details(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for each in told.get("details", ()):
        yield each
        yield from _details(each)

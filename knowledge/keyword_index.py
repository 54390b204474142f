"""Keyword search over articles with tantivy: our tokens in, article numbers and scores out. A rebuildable cache."""

import math
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import tantivy
from tantivy import Document, Index, Occur, Query, SchemaBuilder, Searcher, TextAnalyzerBuilder, Tokenizer

from knowledge.tokens import tokens

# Memory of the writer before it flushes a segment; tantivy's least is 15 MB per thread.
WRITER_BYTES = 32_000_000
# A query of more different tokens is a pasted text; the first ones are enough and keep the cost bounded.
MAX_QUERY_TOKENS = 160
# An answer mentions many things in passing; its words say less than those of a question.
ANSWER_WEIGHT = 0.3
_ANALYZER = "tokens"
# Tantivy's BM25: a term that occurs once in a field of average length gets its inverse document frequency times this.
_TERM_CEILING = 2.2


@dataclass(frozen=True)
class KeywordDocument:
    """What is indexed of one article."""

    number: int
    library_id: UUID
    language: str
    wordings: tuple[str, ...]
    answer: str


@dataclass(frozen=True)
class KeywordHit:
    """An article and its BM25 score; `share` (0..1) is that score against the most these tokens could have got."""

    number: int
    score: float
    share: float


class KeywordIndex:
    """An index in memory, or in a folder. Thread-safe; a change is found as soon as the call returns."""

    def __init__(self, folder: Path | None = None) -> None:
        self._schema = _schema()
        self._index = Index(self._schema, path=str(folder)) if folder else Index(self._schema)
        analyzer = TextAnalyzerBuilder(Tokenizer.whitespace()).build()
        self._index.register_tokenizer(_ANALYZER, analyzer)
        self._writer = self._index.writer(heap_size=WRITER_BYTES, num_threads=1)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)

    def update(self, *, add: Iterable[KeywordDocument] = (), remove: Iterable[int] = ()) -> None:
        """Take articles out by number, put articles in (replacing those of the same number), in one step."""
        with self._lock:
            for number in remove:
                self._writer.delete_documents_by_term("number", number)
            for document in add:
                self._writer.delete_documents_by_term("number", document.number)
                self._writer.add_document(_document(document))
            self._writer.commit()
            self._index.reload()

    def search(
        self, text: str, limit: int, *, libraries: Sequence[UUID], language: str | None = None
    ) -> list[KeywordHit]:
        """Return the best articles of these owners, best first. Any text is a valid query."""
        wanted = list(Counter(tokens(text)))[:MAX_QUERY_TOKENS]
        searcher = self._index.searcher()
        if not wanted or not libraries or searcher.num_docs == 0:
            return []
        query = self._query(wanted, libraries, language)
        hits = searcher.search(query, limit, count=False).hits
        numbers = searcher.fast_field_values("number", [address for _, address in hits])
        ceiling = _ceiling(searcher, wanted)
        return [
            KeywordHit(int(number), float(score), min(1.0, float(score) / ceiling))
            for (score, _), number in zip(hits, numbers, strict=True)
        ]

    def close(self) -> None:
        """Stop the writer's threads. The index cannot be changed afterwards."""
        with self._lock:
            self._writer.wait_merging_threads()

    def _query(self, wanted: Sequence[str], libraries: Sequence[UUID], language: str | None) -> Query:
        terms = [(Occur.Should, Query.term_query(self._schema, "wordings", token)) for token in wanted]
        terms += [
            (Occur.Should, Query.boost_query(Query.term_query(self._schema, "answer", token), ANSWER_WEIGHT))
            for token in wanted
        ]
        owners = Query.term_set_query(self._schema, "library", [library.hex for library in libraries])
        filters = [owners] if language is None else [owners, Query.term_query(self._schema, "language", language)]
        required = [(Occur.Must, Query.const_score_query(each, 0.0)) for each in filters]
        return Query.boolean_query([(Occur.Must, Query.boolean_query(terms)), *required])


def _schema() -> tantivy.Schema:
    builder = SchemaBuilder()
    builder.add_integer_field("number", stored=False, indexed=True, fast=True)
    builder.add_text_field("library", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("wordings", tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_text_field("answer", tokenizer_name=_ANALYZER, index_option="freq")
    return builder.build()


def _document(source: KeywordDocument) -> Document:
    document = Document()
    document.add_integer("number", source.number)
    document.add_text("library", source.library_id.hex)
    document.add_text("language", source.language)
    document.add_text("wordings", " ".join(token for wording in source.wordings for token in tokens(wording)))
    document.add_text("answer", " ".join(tokens(source.answer)))
    return document


def _ceiling(searcher: Searcher, wanted: Sequence[str]) -> float:
    """Return about the most that BM25 could give to a text with all these tokens; never 0."""
    count = searcher.num_docs
    ceiling = 0.0
    for token in wanted:
        frequency = min(searcher.doc_freq("wordings", token), count)
        ceiling += math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))
    return max(ceiling * _TERM_CEILING, 1e-6)

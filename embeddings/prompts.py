"""What a model wants before a query and before a passage."""

# Model families that were trained with a prompt before the text, where the model folder does not say so itself.
# multilingual-e5 model cards; bge model cards (Chinese: queries only; bge-m3 takes none).
KNOWN_PROMPTS: tuple[tuple[str, str, str], ...] = (
    ("multilingual-e5", "query: ", "passage: "),
    ("bge-small-zh", "为这个句子生成表示以用于检索相关文章：", ""),
    ("bge-base-zh", "为这个句子生成表示以用于检索相关文章：", ""),
    ("bge-large-zh", "为这个句子生成表示以用于检索相关文章：", ""),
)


def prompts_of(own: dict[str, str] | None, name_or_path: str) -> tuple[str | None, str | None]:
    """Return what goes before a query and before a passage: the model's `own` prompts, else those of its family."""
    said = own or {}
    query, passage = said.get("query"), said.get("passage") or said.get("document")
    if query or passage:
        return query, passage
    folder = name_or_path.rstrip("/").rsplit("/", 1)[-1].lower()
    for family, family_query, family_passage in KNOWN_PROMPTS:
        if family in folder:
            return family_query, family_passage
    return None, None

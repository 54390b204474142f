"""A transcript as plain text and as a page that is safe to open anywhere: no script, no link, nothing loaded."""

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from qa_server.desk.transcribing import Transcript, TranscriptEntry
from qa_server.i18n import translate

_TEMPLATES = Path(__file__).parent / "templates"
_MINUTE = "%Y-%m-%d %H:%M"
_SECOND = "%Y-%m-%d %H:%M:%S"
# Words are set in by this much, so that nobody can write a line that looks like the head of another message.
_INDENT = "    "


def as_text(transcript: Transcript) -> str:
    """Return the transcript as plain text with line ends as \\n."""
    lines = [_title(transcript), *(f"{label}{colon}{value}" for label, colon, value in _facts(transcript)), ""]
    for entry in transcript.entries:
        lines += _text_lines(transcript, entry)
    return "\n".join(lines) + "\n"


def as_html(transcript: Transcript) -> str:
    """Return the transcript as one HTML page that needs nothing else."""
    entries = [
        {
            "kind": entry.kind,
            "author": entry.author,
            "at": entry.at.isoformat(),
            "moment": entry.at.strftime(_SECOND),
            "name": entry.name,
            "text": _words(transcript, entry),
            "marks": _marks(transcript, entry),
        }
        for entry in transcript.entries
    ]
    return _page().render(
        language="zh-CN" if transcript.language == "zh" else "en",
        title=_title(transcript),
        facts=_facts(transcript),
        entries=entries,
    )


def _title(transcript: Transcript) -> str:
    return translate("Transcript of {number}", transcript.language, number=transcript.number)


def _facts(transcript: Transcript) -> list[tuple[str, str, str]]:
    """Return label, colon and value of each line at the top."""
    language = transcript.language
    ended = transcript.ended_at.strftime(_MINUTE) if transcript.ended_at else translate("not yet", language)
    facts = [
        (translate("Library", language), transcript.library),
        (translate("Asked", language), transcript.asked_at.strftime(_MINUTE)),
        (translate("Ended", language), ended),
        (translate("Time zone", language), transcript.time_zone),
        (translate("Written out", language), transcript.made_at.strftime(_MINUTE)),
    ]
    colon = "：" if language == "zh" else ": "
    return [(label, colon, value) for label, value in facts]


def _text_lines(transcript: Transcript, entry: TranscriptEntry) -> list[str]:
    moment = entry.at.strftime(_SECOND)
    if entry.kind == "event":
        return [f"[{moment}] -- {entry.text} --", ""]
    marks = _marks(transcript, entry)
    head = f"[{moment}] {entry.name}" + (f" {marks}" if marks else "")
    return [head, *(f"{_INDENT}{line}" for line in _words(transcript, entry).splitlines()), ""]


def _words(transcript: Transcript, entry: TranscriptEntry) -> str:
    if entry.kind == "attachment":
        return translate("[File] {name}", transcript.language, name=entry.text)
    return entry.text


def _marks(transcript: Transcript, entry: TranscriptEntry) -> str:
    if entry.is_deleted:
        return translate("(deleted)", transcript.language)
    return translate("(edited)", transcript.language) if entry.is_edited else ""


@lru_cache(maxsize=1)
def _page() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("transcript.html")

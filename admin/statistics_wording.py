"""Figures of the knowledge base in words, on the page and in the file. English is the key of its translation."""

from collections.abc import Mapping

USES: Mapping[str, str] = {
    "found": "Among the hits",
    "shown": "Shown as the answer",
    "opened": "Opened by readers",
    "sent": "Sent by librarians",
}
FRESHNESS: Mapping[str, str] = {
    "age_30": "Published within 30 days",
    "age_90": "31 to 90 days ago",
    "age_180": "91 to 180 days ago",
    "age_365": "181 to 365 days ago",
    "age_730": "One to two years ago",
    "age_older": "More than two years ago",
}
VALIDITY: Mapping[str, str] = {
    "valid_open": "Without an end",
    "valid_longer": "Valid for more than 90 days",
    "valid_90": "Ends within 90 days",
    "valid_30": "Ends within 30 days",
    "valid_past": "Past its end",
}
OUTCOMES: Mapping[str, str] = {"answer": "Answer", "suggestions": "Suggestions", "nothing": "Nothing close enough"}

# Names and headings of the tables in a file, by themselves.
TABLES: Mapping[str, str] = {
    name: name
    for name in (
        "Searches per day",
        "Search times",
        "Use",
        "Most used articles",
        "Freshness",
        "Coverage",
        "Day",
        "Answer",
        "Suggestions",
        "Nothing",
        "Up to (ms)",
        "Searches",
        "Kind",
        "Count",
        "Question",
        "Language",
        "Found",
        "Shown",
        "Opened",
        "Sent",
        "Helped",
        "Did not help",
        "Library",
    )
}

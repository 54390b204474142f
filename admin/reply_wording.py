"""The closed lists of canned replies, in words. English is the key of its translation."""

from collections.abc import Mapping

from qa_server.replies.models import Category

CATEGORIES: Mapping[str, str] = {
    Category.GREETING: "Greeting",
    Category.HOLDING: "Please wait",
    Category.CLARIFYING: "Asking back",
    Category.ANSWER: "Answer",
    Category.REFERRING: "Handing over",
    Category.CLOSING: "Closing words",
    Category.OTHER: "Other",
}

# What each variable stands for.
VARIABLES: Mapping[str, str] = {
    "reader_name": "the reader's name",
    "library": "the reader's library",
    "hours_today": "its opening hours today",
    "library_phone": "its telephone number",
    "library_email": "its e-mail address",
    "library_page": "its contact page",
    "librarian": "your name",
    "librarian_library": "your library",
    "desk": "the desk",
    "number": "the number of the conversation",
    "today": "today's date",
}

# How a variable looks when it is filled in, for the preview.
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "reader_name": "李同学",
        "library": "江州大学图书馆",
        "hours_today": "08:00–22:00",
        "library_phone": "0500-5550100",
        "library_email": "ask@lib.example",
        "library_page": "https://lib.example/contact",
        "librarian": "林悦",
        "librarian_library": "江州大学图书馆",
        "desk": "总咨询台",
        "number": "JZU-2026-000123",
        "today": "9月1日（星期二）",
    },
    "en": {
        "reader_name": "Sam",
        "library": "Lakeside University Library",
        "hours_today": "08:00–22:00",
        "library_phone": "0500-5550100",
        "library_email": "ask@lib.example",
        "library_page": "https://lib.example/contact",
        "librarian": "Grace Hu",
        "librarian_library": "Lakeside University Library",
        "desk": "Main desk",
        "number": "LIU-2026-000123",
        "today": "Tuesday, 1 September",
    },
}

# Where a reply comes from.
ORIGINS: Mapping[str, str] = {
    "nation": "National centre",
    "region": "Regional centre",
    "province": "Provincial centre",
    "library": "Member library",
    "desk": "Desk",
    "person": "My own",
}

# What became of a line of a file.
OUTCOMES: Mapping[str, str] = {"new": "New", "changed": "Changed", "unchanged": "Unchanged", "refused": "Refused"}

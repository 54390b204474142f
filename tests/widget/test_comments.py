"""Comments leave the modules that readers fetch, and nothing else does."""

import pytest

from widget.comments import without_comments


@pytest.mark.parametrize(
    ("written", "served"),
    [
        ("// first\nrun();\n", "run();\n"),
        ("/**\n * About it.\n */\nrun();\n", "run();\n"),
        ("  // inside\n  run(); // after\n", "  run();  \n"),
        ("return/* a */1;", "return 1;"),
        ("const a/* a */= 1;", "const a = 1;"),
        ("run() /*\n*/\nrest()", "run() \n\nrest()"),
        ("run(); // last", "run();  "),
        ("// only", ""),
    ],
)
def test_comment_leaves_its_place_without_changing_the_code(written: str, served: str) -> None:
    assert without_comments(written.encode()).decode() == served


@pytest.mark.parametrize(
    "code",
    [
        "const a = `/* kept */ // kept ${b + `// inner ${/* */ c}`}`;".replace("/* */ ", ""),
        "const a = 'https://x.example/*.js';",
        "const a = text.replace(/\\/\\*[^/\"]+\"/g, '//');",
        "const a = (b) => /[/*]'/.test(b);",
        "const a = b / c / d;\n",
        "const style = `\n  /* kept: this is a style sheet */\n`;\n",
        "const a = '问津';\n",
    ],
)
def test_what_only_looks_like_a_comment_stays(code: str) -> None:
    assert without_comments(code.encode()).decode() == code


def test_what_is_not_understood_is_sent_as_it_is() -> None:
    broken = b"const = ; // kept"
    assert without_comments(broken) == broken

"""JSON that may stand in a script element: no text of it can end the script it stands in."""

import json

from markupsafe import Markup

# As in jinja2's tojson: inside a script nothing may look like markup, and two line ends of Unicode are none in JSON.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&'\u2028\u2029"}


def script(data: object) -> Markup:
    """Return data as JSON for a script element."""
    # Nothing of the text is left that could be markup.
    return Markup(json.dumps(data, ensure_ascii=False).translate(_ESCAPES))  # noqa: S704

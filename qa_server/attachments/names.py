"""Names of files, made safe to show and to save on any system."""

from unicodedata import category, normalize

from qa_server.attachments.sniffing import FileType

# Longest name that is kept, in characters; 120 Chinese characters are 360 bytes in a download's header.
MAX_NAME_CHARACTERS = 120
_NAMELESS = "file"
# Characters that Windows does not take in a name.
_REPLACED = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
# Names that Windows keeps for devices, with any extension.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in "123456789")}
)


def clean_name(given: str, kind: FileType) -> str:
    """Return the last part of a name, without what could mislead or harm, with an extension that is the content's."""
    stem, extension = _split(_visible(given), kind)
    room = MAX_NAME_CHARACTERS - len(extension) - 1
    return f"{stem[:room].strip(' .') or _NAMELESS}.{extension}"


def _visible(given: str) -> str:
    last = normalize("NFC", given.replace("\\", "/")).rpartition("/")[2]
    # Cc, Cf, Cs: control characters, invisible ones (some turn the reading direction, so that an "exe" reads as a
    # picture), and lone surrogates.
    kept = "".join(character for character in last if category(character) not in {"Cc", "Cf", "Cs"})
    return " ".join(kept.translate(_REPLACED).split()).strip(" .")


def _split(name: str, kind: FileType) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    if not dot or extension.lower() not in kind.extensions:
        stem, extension = name, kind.extensions[0]
    first = stem.partition(".")[0].strip().lower()
    return (f"_{stem}" if first in _DEVICES else stem), extension.lower()

"""The files of a sentence-transformers folder that are read without that library: modules, settings, tokenizer."""

import json
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from embeddings.errors import EncoderUnavailable

MODULES_FILE = "modules.json"
TOKENIZER_FILE = "tokenizer.json"
REINSTALL = "Install the folder again, or set another encoder."


def modules_of(folder: Path) -> list[dict[str, Any]]:
    """Return the parts the model is made of, in order; nothing where the folder does not say."""
    try:
        modules = json.loads((folder / MODULES_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return modules if isinstance(modules, list) and all(isinstance(module, dict) for module in modules) else []


def settings_of(path: Path) -> dict[str, Any]:
    """Return a JSON object; an empty one where the file is missing. Raises EncoderUnavailable when it is damaged."""
    try:
        settings = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise EncoderUnavailable(f"{path} is damaged.", REINSTALL) from error
    if not isinstance(settings, dict):
        raise EncoderUnavailable(f"{path} is damaged.", REINSTALL)
    return settings


def load_tokenizer(path: Path) -> Tokenizer:
    """Return the tokenizer, without the padding it was saved with. Raises EncoderUnavailable."""
    try:
        tokenizer = Tokenizer.from_str(path.read_text("utf-8"))
    except Exception as error:
        # The tokenizers library raises bare Exception for a file it cannot read.
        raise EncoderUnavailable(f"{path} is missing or damaged.", REINSTALL) from error
    tokenizer.no_padding()
    return tokenizer

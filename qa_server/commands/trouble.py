"""Turns expected trouble of a command into one clear sentence in the person's language and a meaningful exit code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from pydantic import ValidationError

from embeddings.errors import EncoderUnavailable
from knowledge.labelled import LabelledFileInvalid
from qa_server.api.errors import field_problems
from qa_server.commands.refusals import UsageRefused
from qa_server.commands.single_instance import AlreadyRunning, LockUnwritable
from qa_server.i18n import Language, terminal_language, translate
from qa_server.main import AddressUnusable, PortUnusable
from qa_server.settings import Settings
from storage.database import DatabaseBusy
from storage.errors import AppError, DatabaseUnusable


class Exit(IntEnum):
    """Exit codes; a shell script may rely on them. 1 is a fault nobody expected, or a check that found something."""

    FOUND = 1
    USAGE = 2
    CONFIGURATION = 3
    DATABASE = 4
    PORT = 5
    RUNNING = 6


_EXIT_OF: dict[type[AppError], Exit] = {
    UsageRefused: Exit.USAGE,
    LabelledFileInvalid: Exit.USAGE,
    AddressUnusable: Exit.CONFIGURATION,
    DatabaseUnusable: Exit.DATABASE,
    DatabaseBusy: Exit.DATABASE,
    LockUnwritable: Exit.DATABASE,
    PortUnusable: Exit.PORT,
    AlreadyRunning: Exit.RUNNING,
}
# Module that is missing, and the extra that brings it.
_EXTRAS = {
    "psycopg": "postgres",
    "redis": "redis",
    "sentence_transformers": "models",
    "onnxruntime": "onnx",
    "torch": "models",
    "transformers": "models",
}
_MISSING_EXTRA = (
    "A package is missing: {module}. Install it with: pip install -c constraints.txt -e '.[{extra}]' "
    "(from the folder of Wenjin, in its virtual environment)."
)
_SETTING = "The setting {name} cannot be used. {problem} It means: {description}"
_FILE = "{path} cannot be used ({problem})."
_ENCODER = "The encoder cannot be used: {reason} {remedy}"


@contextmanager
def explained() -> Iterator[None]:
    """Run a command's body; expected trouble ends the process with a sentence on standard error and an exit code."""
    language = terminal_language()
    try:
        yield
    except AppError as error:
        _stop(translate(error.message, language, **error.details), _EXIT_OF.get(type(error), Exit.CONFIGURATION))
    except ValidationError as error:
        _stop("\n".join(_setting_sentences(error, language)), Exit.CONFIGURATION)
    except EncoderUnavailable as error:
        sentence = translate(_ENCODER, language, reason=error.reason, remedy=error.remedy)
        _stop(sentence, Exit.CONFIGURATION)
    except ModuleNotFoundError as error:
        module = (error.name or "").partition(".")[0]
        if module not in _EXTRAS:
            raise
        _stop(translate(_MISSING_EXTRA, language, module=module, extra=_EXTRAS[module]), Exit.CONFIGURATION)
    except OSError as error:
        if error.filename is None:
            raise
        _stop(translate(_FILE, language, path=error.filename, problem=error.strerror), Exit.DATABASE)


def _stop(sentence: str, code: Exit) -> None:
    sys.stderr.write(f"wenjin: {sentence}\n")
    raise SystemExit(int(code))


def _setting_sentences(error: ValidationError, language: Language) -> Iterator[str]:
    if error.title != Settings.__name__:
        raise error
    for problem in field_problems(error.errors(include_url=False, include_input=False), language):
        field = problem["field"].partition(".")[0]
        description = Settings.model_fields[field].description or ""
        name = f"{Settings.model_config['env_prefix']}{field.upper()}"
        yield translate(_SETTING, language, name=name, problem=problem["message"], description=description)

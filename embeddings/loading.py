"""Find the encoder that a name or a folder means. Loads it in the calling thread; callers choose the thread."""

import re
from pathlib import Path

from embeddings.encoder import Encoder
from embeddings.errors import EncoderUnavailable
from embeddings.model_files import MODULES_FILE
from embeddings.onnx_encoder import load_onnx_encoder
from embeddings.sentence_encoder import load_sentence_encoder
from embeddings.sharing import SharedEncoder
from embeddings.static_encoder import StaticEncoder, is_static_model

# The name of the encoder that comes with Wenjin, and where its files are.
SHIPPED = "shipped"
SHIPPED_FOLDER = Path(__file__).parent / "shipped"
# A hub name is "organisation/model" or "model"; whatever looks like a path but is not there is a missing folder.
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
_CONFIG_FILE = "config.json"


def load_encoder(
    name_or_path: str,
    *,
    device: str | None = None,
    backend: str = "torch",
    precision: str = "float32",
    name: str | None = None,
) -> Encoder:
    """Load the shipped encoder ("shipped"), a model folder, or a hub model.

    Static models are read by numpy. Every other needs sentence-transformers (`backend` torch; `precision` float32,
    float16, bfloat16) or the ONNX runtime (onnx; float32, float16, int8). Raises EncoderUnavailable with the remedy.
    May block for seconds and, for a hub name, use the network.
    """
    folder = SHIPPED_FOLDER if name_or_path == SHIPPED else Path(name_or_path).expanduser()
    if folder.is_dir():
        _check_folder(folder)
        if is_static_model(folder):
            return StaticEncoder(folder, name=name)
    elif name_or_path == SHIPPED or not _HUB_NAME.fullmatch(name_or_path):
        raise EncoderUnavailable(f"There is no model folder {folder}.", "Check the path in the setting of the encoder.")
    source = str(folder) if folder.is_dir() else name_or_path
    load = load_onnx_encoder if backend == "onnx" else load_sentence_encoder
    # A static model needs no sharing: it takes less time than the hand-over.
    return SharedEncoder(load(source, device=device, precision=precision, name=name))


def _check_folder(folder: Path) -> None:
    if not (folder / MODULES_FILE).is_file() and not (folder / _CONFIG_FILE).is_file():
        raise EncoderUnavailable(
            f"The folder {folder} holds no model (neither {MODULES_FILE} nor {_CONFIG_FILE}).",
            "Name the folder that sentence-transformers saved.",
        )

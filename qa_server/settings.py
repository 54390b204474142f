"""Every setting of the service. The one module that reads the environment (`WENJIN_*`)."""

from typing import Annotated, TypedDict

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class EncoderOptions(TypedDict):
    """How a sentence-transformers model is loaded."""

    device: str
    backend: str
    precision: str


class Settings(BaseSettings):
    """Values from the environment; each has a default that serves the demo on one machine."""

    model_config = SettingsConfigDict(env_prefix="WENJIN_", extra="ignore")

    database_url: str = Field("sqlite:///var/wenjin.db", description="SQLAlchemy URL of SQLite or PostgreSQL.")
    redis_url: SecretStr = Field(
        SecretStr(""), description="Redis URL for several processes (extra `redis`); empty: one process, in memory."
    )
    redis_prefix: str = Field(
        "wenjin", min_length=1, max_length=64, description="What the names used in Redis begin with."
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8400, ge=0, le=65535, description="TCP port to listen on; 0 takes a free one.")
    public_url: str = Field(
        "", description="Address readers use, without a slash at the end; empty: the request's own."
    )
    is_demo: bool = Field(False, description="Show the demo start page, demo library pages and demo sign-ins.")
    secure_cookies: bool = Field(False, description="Send cookies over HTTPS only. Switch on behind TLS.")
    trusted_proxies: Annotated[str, NoDecode] = Field(
        "127.0.0.1", description="Comma-separated addresses of proxies whose forwarded headers are believed."
    )
    encoder: str = Field(
        "shipped", description="`shipped`, `none`, a folder, or a sentence-transformers model name (extra `models`)."
    )
    encoder_device: str = Field("cpu", description="Device for a model: `cpu`, `cuda:0` or another of torch.")
    encoder_backend: str = Field(
        "torch",
        pattern="^(torch|onnx)$",
        description="`torch`, or `onnx` (extra `onnx`, no torch) where the model has ONNX files.",
    )
    encoder_precision: str = Field(
        "float32",
        pattern="^(float32|float16|bfloat16|int8)$",
        description="Numbers a model computes with: `float32`, `float16`, `bfloat16` (torch), `int8` (ONNX).",
    )
    calibration_file: str = Field(
        "", description="Thresholds written by `wenjin calibrate --output`; empty: those beside the model."
    )
    index_folder: str = Field(
        "var/index", description="Folder that keeps the search indexes between starts; empty: they are built each time."
    )
    vector_engine: str = Field(
        "faiss", pattern="^(faiss|pgvector)$", description="`faiss` in each process, or `pgvector` in a PostgreSQL."
    )
    vector_url: SecretStr = Field(
        SecretStr(""), description="SQLAlchemy URL of the PostgreSQL of `pgvector`; empty: the main database."
    )
    vector_codes: str = Field(
        "sq8",
        pattern="^(sq8|pq)$",
        description="How `faiss` keeps more than 60,000 vectors: `sq8`, or `pq`, smaller and less exact.",
    )
    worker_threads: int = Field(8, ge=1, le=256, description="Threads that run database work.")
    log_format: str = Field("console", pattern="^(console|json)$", description="`console` or `json`.")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least level written.")
    metrics_token: SecretStr = Field(
        SecretStr(""), description="Bearer token for /metrics; empty: only this machine may read it."
    )
    max_body_bytes: int = Field(262_144, ge=1024, description="Largest request body in bytes.")
    max_message_characters: int = Field(8_000, ge=100, le=100_000, description="Longest message in characters.")
    edit_minutes: int = Field(15, ge=0, le=1440, description="Own messages may be changed for this long.")
    attachments_folder: str = Field(
        "var/attachments", description="Folder of the files sent in conversations; shared by all processes."
    )
    max_attachment_bytes: int = Field(20_971_520, ge=1024, description="Largest file that may be sent, in bytes.")
    max_conversation_attachments: int = Field(20, ge=1, le=1000, description="Files one conversation may hold.")
    max_conversation_attachment_bytes: int = Field(
        104_857_600, ge=1024, description="Bytes that the files of one conversation may have in all."
    )
    max_image_pixels: int = Field(
        50_000_000, ge=1_000_000, le=150_000_000, description="Pixels of a picture, over all its frames."
    )
    reserved_disk_bytes: int = Field(
        536_870_912, ge=0, description="No file is taken when less than this is free on the disk of the folder."
    )
    upload_seconds: int = Field(900, ge=10, description="An upload is broken off after this long.")
    deleted_attachment_days: int = Field(
        30, ge=0, le=3650, description="The file of a message that was taken back is removed after this many days."
    )
    attachment_link_minutes: int = Field(10, ge=1, le=1440, description="A link to a file works for this long.")
    originals_key_file: str = Field(
        "var/originals.key",
        min_length=1,
        description="File with the keys of masked words and of the secrets of payment services, made at first use; "
        "shared by all processes, never in a backup of the database.",
    )
    font_folders: str = Field(
        "",
        description="Folders with fonts for PDF reports beside the system's, parted by `:`; Chinese needs one.",
    )
    clamd_address: str = Field(
        "",
        pattern=r"^(/.+|.+:\d{1,5})?$",
        description="ClamAV's clamd: the path of its socket, or host:port; empty: files are not scanned.",
    )
    smtp_url: SecretStr = Field(
        SecretStr(""), description="Mail server, smtp:// or smtps:// with user and password; empty: no mail is sent."
    )
    mail_from: str = Field(
        "", description="Address that letters are from, with or without a name: `Library <ask@example.edu>`."
    )
    reader_questions_per_hour: int = Field(20, ge=1, description="Questions one reader session may ask in an hour.")
    reader_messages_per_minute: int = Field(
        60,
        ge=1,
        description="Messages one reader session may send in a minute. Frames and requests of any kind: 20 times as"
        " many for a reader, 100 times as many for a librarian, over all their windows.",
    )
    reader_verdicts_per_hour: int = Field(
        60, ge=1, description="Answers one reader session may call helpful or not in an hour."
    )
    network_sessions_per_minute: int = Field(
        600, ge=1, description="Reader sessions one network (IPv4 /24, IPv6 /56) may open in a minute."
    )
    searches_per_minute: int = Field(
        3_000, ge=1, description="Searches one network may make in a minute, by readers who have not asked yet."
    )
    reader_searches_per_minute: int = Field(
        120, ge=1, description="Searches one reader session may make in a minute; they do not count for its network."
    )
    verdict_days: int = Field(
        730,
        ge=400,
        le=3650,
        description="Single verdicts of readers are kept for so many days, their counts for good. What helped in the "
        "last year is compared, so not fewer than 400.",
    )
    ledger_words_days: int = Field(
        730, ge=1, le=3650, description="Words of unanswered questions are kept for so many days; counts for good."
    )
    ledger_reports_per_minute: int = Field(
        600, ge=1, description="Searches without an answer that one network may report to the ledger in a minute."
    )
    oai_namespace: str = Field(
        "",
        max_length=100,
        pattern="^[A-Za-z0-9.-]*$",
        description="Domain in the identifiers of OAI-PMH records, for good; empty: the host of the public URL.",
    )
    oai_admin_email: str = Field("", description="Address that OAI-PMH names for questions; empty: that of letters.")
    oai_page_size: int = Field(100, ge=1, le=500, description="OAI-PMH records in one response.")
    oai_token_hours: int = Field(24, ge=1, le=720, description="An OAI-PMH list may be continued for this long.")
    harvest_private_addresses: bool = Field(
        False, description="Let `wenjin harvest` and the console fetch from private network addresses too."
    )
    harvest_timeout_seconds: int = Field(
        60, ge=1, le=600, description="A provider that has not sent its answer after this long is given up."
    )
    harvest_max_bytes: int = Field(33_554_432, ge=65_536, description="Largest answer taken from a provider, in bytes.")
    payment_private_addresses: bool = Field(
        False, description="Let payment services at private network addresses be told of payments, by http:// too."
    )
    harvest_pause_seconds: float = Field(1.0, ge=0, le=60, description="Pause between two requests to one provider.")
    first_answer_seconds: int = Field(180, ge=10, description="A claim without a first answer goes back after this.")
    absence_seconds: int = Field(60, ge=10, description="A claim of an absent librarian goes back after this.")
    sweep_seconds: float = Field(5.0, gt=0, description="Pause between two looks for claims that ran out.")
    ping_seconds: int = Field(8, ge=1, le=60, description="Clients send a ping this often.")
    night_hour: int = Field(
        18,
        ge=0,
        le=23,
        description="Hour (UTC) at which articles are looked over and test questions asked; 18 is 2 in Beijing.",
    )
    check_links: bool = Field(
        False, description="Look at links and sources of published answers on the open web, now and then."
    )
    silence_seconds: int = Field(20, ge=2, le=300, description="A socket silent for this long is closed as dead.")
    staff_session_hours: int = Field(12, ge=1, le=720, description="A staff session ends after this long.")
    staff_idle_minutes: int = Field(240, ge=5, description="A staff session ends after this long without use.")

    @property
    def encoder_options(self) -> EncoderOptions:
        """How the encoder is loaded, as `load_encoder` takes it."""
        return EncoderOptions(
            device=self.encoder_device, backend=self.encoder_backend, precision=self.encoder_precision
        )

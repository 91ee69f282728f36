"""Every setting, read once from the environment and `.env` (prefix `LANGNGHE_`)."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.mail import Security

ROOT = Path(__file__).resolve().parents[1]


class Settings(BaseSettings):
    """See `.env.example`: it has a line for each field here, and a test holds them together."""

    model_config = SettingsConfigDict(
        env_prefix="LANGNGHE_", env_file=ROOT / ".env", env_ignore_empty=True, extra="ignore"
    )

    data_dir: Path = Field(
        default=ROOT / "data",
        description="Where the embedded PostgreSQL, keys and logs of `langnghe run` are kept.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL >= 15 with pg_trgm and unaccent. Unset: one runs in DATA_DIR.",
    )
    rasa_url: str | None = Field(
        default=None,
        description="A running Rasa server or balancer. Unset: `langnghe run` starts one.",
    )
    telegram_token: SecretStr | None = Field(
        default=None, description="From @BotFather. Unset: the playground takes Telegram's place."
    )
    telegram_api_url: str = Field(
        default="https://api.telegram.org", description="Any Bot API server, without the token."
    )
    webhook_url: str | None = Field(
        default=None,
        description="Public https address that channels deliver to. Unset: they are polled.",
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        min_length=32,
        max_length=256,
        description="32 to 256 of A-Z, a-z, 0-9, _ and -. Required with WEBHOOK_URL.",
    )
    webhook_host: str = Field(
        default="127.0.0.1", description="Address the receiver listens on, behind the proxy."
    )
    webhook_port: int = Field(default=8082, ge=1, le=65535, description="Its port.")
    zalo_token: SecretStr | None = Field(
        default=None, description="Of a bot on the Zalo Bot Platform. Unset: no Zalo."
    )
    zalo_api_url: str = Field(
        default="https://bot-api.zaloplatforms.com", description="Its API, without the token."
    )
    encryption_keys: SecretStr | None = Field(
        default=None,
        description="Fernet keys, newest first, comma-separated. Required with DATABASE_URL.",
    )
    lookup_key: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="At least 32 random characters; never changed. Required with DATABASE_URL.",
    )
    pack: str = Field(default="hai_phong", description="Folder of the province in routing/packs.")
    smtp_host: str | None = Field(
        default=None, description="Mail server for notices to agencies. Unset: none are mailed."
    )
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    smtp_security: Security = Field(
        default="starttls", description="starttls, tls or none (a server on the same machine)."
    )
    smtp_user: str | None = Field(default=None, description="Unset: no log-in.")
    smtp_password: SecretStr | None = Field(default=None, description="Of SMTP_USER.")
    smtp_sender: str = Field(
        default="lang-nghe@localhost", description="The address that notices come from."
    )
    console_url: str | None = Field(
        default=None, description="The console's address in notices. Unset: CONSOLE_HOST and PORT."
    )
    console_host: str = Field(default="127.0.0.1", description="Address the console listens on.")
    console_port: int = Field(
        default=8080, description="Its port; `langnghe run` takes the next free one."
    )
    playground_port: int = Field(
        default=8081, description="The playground's port, always on 127.0.0.1."
    )
    secure_cookies: bool = Field(
        default=False, description="True behind HTTPS, so that cookies never travel in the clear."
    )
    quiet_hours: bool = Field(
        default=True,
        description="False: what staff do reaches citizens at night too; the playground's way.",
    )
    worker_concurrency: int = Field(
        default=10, ge=1, le=100, description="Jobs that one worker does at a time."
    )
    worker_heartbeat_seconds: float = Field(
        default=3.0, gt=0, description="A worker silent for four of these is taken for dead."
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")

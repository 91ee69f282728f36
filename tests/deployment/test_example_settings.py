""".env.example and app/settings.py say the same."""

import re

from app.settings import Settings
from tests.deployment.conftest import ROOT

LINES = re.findall(r"^(LANGNGHE_[A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)


def test_each_setting_has_one_line_in_the_order_of_the_fields() -> None:
    fields = [f"LANGNGHE_{name.upper()}" for name in Settings.model_fields]
    assert [name for name, _ in LINES] == fields


def test_the_file_as_it_is_means_the_defaults() -> None:
    assert not [name for name, value in LINES if value]
    as_it_is = Settings(_env_file=ROOT / ".env.example")  # type: ignore[call-arg]
    assert as_it_is == Settings(_env_file=None)  # type: ignore[call-arg]


def test_written_defaults_are_the_defaults() -> None:
    text = (ROOT / ".env.example").read_text()
    plain: tuple[str, ...] = (
        "telegram_api_url",
        "webhook_host",
        "webhook_port",
        "pack",
        "console_host",
        "console_port",
        "playground_port",
    )
    plain += ("worker_concurrency", "worker_heartbeat_seconds", "log_level")
    for name in plain:
        written = re.search(rf"\[([^\]]+)\]\nLANGNGHE_{name.upper()}=", text)
        assert written, name
        assert written[1] == str(Settings.model_fields[name].default)

"""docker-compose.yml, held against the settings, the command line and our rules. No engine."""

import os
import re
import subprocess
import tempfile
from typing import Any

import pytest
import typer
from typer.main import get_command

from app.cli import Watched, app
from app.settings import Settings
from tests.deployment.conftest import ROOT, Service
from tests.programs import require

SETTINGS = {f"LANGNGHE_{name.upper()}" for name in Settings.model_fields}
KEYS = {"LANGNGHE_ENCRYPTION_KEYS", "LANGNGHE_LOOKUP_KEY"}
TELEGRAM = "LANGNGHE_TELEGRAM_TOKEN"
SECRET_NAME = re.compile(r"PASSWORD|TOKEN|SECRET|KEYS?$")
# A mail server may need no log-in, or there is none; without a webhook there is no secret of it.
MAY_BE_EMPTY = {"LANGNGHE_SMTP_PASSWORD", "LANGNGHE_WEBHOOK_SECRET", "LANGNGHE_ZALO_TOKEN"}
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?:(:[?-])([^}]*))?\}")


def environment(service: Service) -> dict[str, str]:
    return service.get("environment") or {}


def walk(command: Any, words: list[str]) -> Any:
    """The command that `words` name. Raises KeyError for an unknown one."""
    for word in words:
        command = command.commands[word]
    return command


def test_the_services_are_the_documented_ones(services: dict[str, Service]) -> None:
    expected = {"postgres", "migrate", "rasa", "receiver", "worker", "sender", "console", "proxy"}
    assert set(services) == expected


def test_each_image_is_pinned_or_built_here(services: dict[str, Service]) -> None:
    for name, service in services.items():
        image = service["image"]
        if "build" in service:
            assert image.endswith(":${IMAGE_TAG:-local}"), name
        else:
            assert re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?-[a-z]+", image), name


def test_builds_name_files_that_exist(services: dict[str, Service]) -> None:
    for service in services.values():
        build = service.get("build")
        if isinstance(build, dict):
            assert (ROOT / build["context"] / build["dockerfile"]).is_file()
        elif build:
            assert (ROOT / build / "Dockerfile").is_file()


def test_commands_are_commands_of_langnghe(ours: dict[str, Service]) -> None:
    assert set(ours) == {"migrate", "receiver", "worker", "sender", "console"}
    root = get_command(app)
    for service in ours.values():
        assert isinstance(walk(root, service["command"]), typer.core.TyperCommand)


@pytest.mark.parametrize("name", ["receiver", "worker", "sender"])
def test_health_checks_ask_for_their_own_process(services: dict[str, Service], name: str) -> None:
    words = services[name]["healthcheck"]["test"]
    assert words == ["CMD", "python", "-m", "app", "health", name]
    assert name in {watched.value for watched in Watched}


def test_every_service_has_a_health_check_or_runs_once(services: dict[str, Service]) -> None:
    for name, service in services.items():
        if name == "migrate":
            assert service["restart"] == "no"
        else:
            assert service["healthcheck"]["test"][0] == "CMD", name
            assert service["restart"] == "unless-stopped", name
            assert "stop_grace_period" in service, name


def test_our_variables_are_settings(services: dict[str, Service]) -> None:
    for name, service in services.items():
        used = {key for key in environment(service) if key.startswith("LANGNGHE_")}
        assert used <= SETTINGS, name


def test_what_compose_asks_for_is_in_the_example_file() -> None:
    asked = {found[1] for found in VARIABLE.finditer((ROOT / "docker-compose.yml").read_text())}
    example = (ROOT / ".env.example").read_text()
    offered = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    assert asked <= offered
    assert offered - SETTINGS <= asked


def test_only_those_who_talk_to_citizens_have_keys_and_token(services: dict[str, Service]) -> None:
    for name, service in services.items():
        has = set(environment(service)) & {*KEYS, TELEGRAM}
        talks = name in {"receiver", "worker", "sender"}
        assert has == ({*KEYS, TELEGRAM} if talks else set()), name


def test_rasa_and_proxy_know_nothing_of_ours(services: dict[str, Service]) -> None:
    assert environment(services["rasa"]) == {}
    assert set(environment(services["proxy"])) == {"CONSOLE_DOMAIN", "WEBHOOK_ADDRESS"}


def test_each_secret_is_required_and_none_is_written_down(services: dict[str, Service]) -> None:
    for name, service in services.items():
        for key, value in environment(service).items():
            if SECRET_NAME.search(key):
                variable = VARIABLE.fullmatch(value)
                assert variable, f"{name}: {key} is written down"
                is_required = key not in MAY_BE_EMPTY
                assert variable[2] == (":?" if is_required else ":-"), f"{name}: {key} may be empty"
        assert not re.search(r"://[^/@\s]*:[^/@\s]*@", str(service)), f"{name}: password in a URL"


def test_only_the_proxy_is_published(services: dict[str, Service]) -> None:
    for name, service in services.items():
        assert ("ports" in service) == (name == "proxy"), name
        assert "network_mode" not in service, name
        assert "privileged" not in service, name


def test_networks_let_out_only_who_must(
    compose: dict[str, Any], services: dict[str, Service]
) -> None:
    used = {network for service in services.values() for network in service["networks"]}
    assert used == set(compose["networks"])
    outward = {name for name, it in compose["networks"].items() if not it.get("internal")}
    reach_out = {name for name, it in services.items() if outward & set(it["networks"])}
    assert reach_out == {"proxy", "receiver", "worker", "sender"}
    share_with_proxy = {n for n, it in services.items() if "web" in it["networks"]}
    assert share_with_proxy == {"proxy", "console"}
    take_deliveries = {n for n, it in services.items() if "deliveries" in it["networks"]}
    assert take_deliveries == {"proxy", "receiver"}


def test_mounted_volumes_and_files_exist(
    compose: dict[str, Any], services: dict[str, Service]
) -> None:
    mounts = [m.split(":") for it in services.values() for m in it.get("volumes", [])]
    named = {source for source, *_ in mounts if not source.startswith(".")}
    assert named == set(compose["volumes"])
    for source, _, *mode in (m for m in mounts if m[0].startswith(".")):
        assert (ROOT / source).is_file()
        assert mode == ["ro"]


def test_the_database_script_can_be_executed() -> None:
    script = ROOT / "deploy" / "create_database.sh"
    assert script.stat().st_mode & 0o111 == 0o111


def test_root_file_systems_are_read_only(services: dict[str, Service]) -> None:
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert "no-new-privileges:true" in service["security_opt"], name


@pytest.mark.parametrize("path", ["Dockerfile", "rasa_project/Dockerfile"])
def test_images_end_as_nobody_in_particular(path: str) -> None:
    lines = (ROOT / path).read_text().splitlines()
    users = [line for line in lines if line.startswith("USER ")]
    assert users[-1] == "USER 10001:10001"
    bases = {line.split()[1] for line in lines if line.startswith("FROM python")}
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.1[01]\.\d+-slim-bookworm", bases.pop())


def test_rasas_image_is_as_quiet_as_here() -> None:
    from app.rasa_server import QUIET

    image = (ROOT / "rasa_project" / "Dockerfile").read_text()
    for name, value in QUIET.items():
        assert f"{name}={value}" in image


def test_one_receiver_one_sender_and_as_many_workers_as_wanted(
    services: dict[str, Service],
) -> None:
    replicas = {name: it["deploy"]["replicas"] for name, it in services.items() if "deploy" in it}
    assert replicas == {
        "receiver": 1,
        "sender": 1,
        "worker": "${WORKER_REPLICAS:-2}",
        "rasa": "${RASA_REPLICAS:-1}",
    }


def test_everything_that_uses_tables_waits_for_them(ours: dict[str, Service]) -> None:
    for name in set(ours) - {"migrate"}:
        waits = ours[name]["depends_on"]["migrate"]
        assert waits == {"condition": "service_completed_successfully"}, name


def test_the_console_is_told_that_it_stands_behind_https(services: dict[str, Service]) -> None:
    told = environment(services["console"])
    assert told["LANGNGHE_SECURE_COOKIES"] == "true"
    upstream = f"console:{told['LANGNGHE_CONSOLE_PORT']}"
    assert f"reverse_proxy {upstream}" in (ROOT / "deploy" / "Caddyfile").read_text()


def test_the_proxy_delivers_to_where_the_receiver_listens(services: dict[str, Service]) -> None:
    told = environment(services["receiver"])
    upstream = f"receiver:{told['LANGNGHE_WEBHOOK_PORT']}"
    assert f"reverse_proxy {upstream}" in (ROOT / "deploy" / "Caddyfile").read_text()
    assert told["LANGNGHE_WEBHOOK_HOST"] == "0.0.0.0"  # noqa: S104


def test_without_a_webhook_the_proxy_asks_for_no_certificate(services: dict[str, Service]) -> None:
    address = environment(services["proxy"])["WEBHOOK_ADDRESS"]
    assert address == "${LANGNGHE_WEBHOOK_URL:-http://webhook.invalid}"


@pytest.mark.parametrize("address", ["http://webhook.invalid", "https://bot.example.vn"])
def test_caddy_accepts_its_file(address: str) -> None:
    words = [require("caddy"), "validate", "--adapter", "caddyfile", "--config"]
    names = {"CONSOLE_DOMAIN": "console.example.vn", "WEBHOOK_ADDRESS": address}
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*words, str(ROOT / "deploy" / "Caddyfile")],
            env=os.environ | names | {"HOME": folder, "XDG_DATA_HOME": folder},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr


def test_dockerignore_lets_in_what_is_copied_and_nothing_secret() -> None:
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in rules
    allowed = {rule[1:] for rule in rules if rule.startswith("!")}
    assert not allowed & {".env", "data", "deploy", "tests"}
    for path in ("Dockerfile", "rasa_project/Dockerfile"):
        for line in (ROOT / path).read_text().splitlines():
            if line.startswith("COPY ") and "--from" not in line:
                sources = line.split()[1:-1]
                assert {source.split("/")[0] for source in sources} <= allowed
                assert all((ROOT / source).exists() for source in sources)

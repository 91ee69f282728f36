"""The whole system with a webhook in place of polling: a petition is filed and answered."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.processes import PLAYGROUND_TOKEN
from app.rasa_server import free_port
from bench.town import SimulatedCitizen, Town


@pytest.fixture
def hooked(town: Town) -> Iterator[Town]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="hook-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        running = Town(
            Path(folder) / "data",
            LANGNGHE_RASA_URL=town.rasa_url,
            LANGNGHE_WEBHOOK_URL=f"http://127.0.0.1:{port}",
            LANGNGHE_WEBHOOK_SECRET="of-the-journey-with-the-webhook-01",
            LANGNGHE_WEBHOOK_PORT=str(port),
        )
        running.start()
        yield running
        running.stop()


async def test_a_petition_is_filed_through_the_webhook_also_when_it_is_killed(hooked: Town) -> None:
    async with httpx.AsyncClient(base_url=hooked.chat_url, timeout=60) as client:
        an = await SimulatedCitizen.arrive(client, "An")
        assert await an.file("Đèn đường ngõ tôi ở phường Lê Chân hỏng ba tuần không ai sửa")
        hooked.kill("receiver")
        binh = await SimulatedCitizen.arrive(client, "Bình")
        assert await binh.file("Rác chất đống trước chợ phường Lê Chân cả tuần không ai dọn")
        info = await client.post(f"/bot{PLAYGROUND_TOKEN}/getWebhookInfo")
    assert info.json()["result"]["url"].endswith("/telegram")
    assert info.json()["result"]["pending_update_count"] == 0

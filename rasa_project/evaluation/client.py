"""A running Rasa server, asked and timed. Standard library only."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Sequence
from urllib.parse import urlsplit

CLIENTS = 8
ROUNDS = 3


class Client:
    """One kept-alive connection to `POST /model/parse`, with the seconds that each parse took."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        self.seconds: List[float] = []

    def parse(self, text: str) -> Dict[str, Any]:
        """What the server understood. Raises OSError, http.client.HTTPException or ValueError when
        it does not answer well."""
        body = json.dumps({"text": text}).encode()
        started = time.perf_counter()
        headers = {"Content-Type": "application/json"}
        self._connection.request("POST", "/model/parse", body, headers)
        response = self._connection.getresponse()
        content = response.read()
        self.seconds.append(time.perf_counter() - started)
        if response.status != 200:
            raise ValueError(f"the server answered {response.status}")
        parsed: Dict[str, Any] = json.loads(content)
        return parsed

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()


class Load(NamedTuple):
    """Many clients at once: parses a second over all, and the seconds that each parse took."""

    per_second: float
    seconds: List[float]


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which that part of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def load(url: str, texts: List[str], clients: int = CLIENTS, rounds: int = ROUNDS) -> Load:
    """Every text `rounds` times, shared among clients that ask as fast as they are answered.

    Raises what `Client.parse` raises.
    """

    def ask(number: int) -> List[float]:
        client = Client(url)
        try:
            for text in texts[number::clients] * rounds:
                client.parse(text)
        finally:
            client.close()
        return client.seconds

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        seconds = [second for each in pool.map(ask, range(clients)) for second in each]
    return Load(len(seconds) / (time.perf_counter() - started), seconds)


def resident_megabytes(pid: int) -> float:
    """The memory that a process holds now (VmRSS). Linux only; raises OSError elsewhere."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise OSError(f"process {pid} holds no memory")

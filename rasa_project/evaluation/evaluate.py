"""Measures a running Rasa server on the development texts: `evaluate.py --url http://127.0.0.1:5005`.

The texts in this folder are for measuring only and never enter training. With 75 petitions one
text is 1.3 points: differences below about five points say nothing. Standard library only.
"""

import argparse
import http.client
import json
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, Tuple
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
STYLES = ("text_formal", "text_chat", "text_nodiac")
Row = Dict[str, Any]


class Server:
    """One kept-alive connection to `POST /model/parse`, with the time that each parse took."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        self.seconds: List[float] = []

    def parse(self, text: str) -> Row:
        """What the server understood. Raises OSError or ValueError when it does not answer well."""
        body = json.dumps({"text": text}).encode()
        started = time.perf_counter()
        headers = {"Content-Type": "application/json"}
        self._connection.request("POST", "/model/parse", body, headers)
        response = self._connection.getresponse()
        content = response.read()
        self.seconds.append(time.perf_counter() - started)
        if response.status != 200:
            raise ValueError(f"the server answered {response.status}")
        parsed: Row = json.loads(content)
        return parsed


def read_lines(name: str) -> List[Row]:
    """The rows of a .jsonl file beside this one."""
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def mean(values: List[float]) -> float:
    """Zero for no values, so that an empty column prints."""
    return sum(values) / len(values) if values else 0.0


def is_right(row: Row, category: str) -> bool:
    """A petition may belong to two fields; either is where it can be answered."""
    return category in (row["category"], row["secondary_category"])


def macro_f1(truths: List[str], guesses: List[str]) -> float:
    """The mean of the F1 of each category that occurs, rare ones weighing as much as common
    ones."""
    scores = []
    for name in sorted(set(truths)):
        hits = sum(t == g == name for t, g in zip(truths, guesses, strict=True))
        total = truths.count(name) + guesses.count(name)
        scores.append(2 * hits / total)
    return mean(scores)


def calibration_error(pairs: List[Tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error: |confidence - accuracy| over equal bins, weighted by their
    size."""
    total = 0.0
    for index in range(bins):
        inside = [p for p in pairs if index <= min(p[0] * bins, bins - 1e-9) < index + 1]
        gap = mean([p[0] for p in inside]) - mean([float(p[1]) for p in inside])
        total += len(inside) / len(pairs) * abs(gap)
    return total


def measure_style(rows: List[Row], parsed: List[Row]) -> Dict[str, float]:
    """Category and legal-type figures of one way of writing."""
    tops = [[c["name"] for c in p["categories"]] for p in parsed]
    right = [is_right(row, top[0]) for row, top in zip(rows, tops, strict=True)]
    sure = [p["categories"][0]["confidence"] for p in parsed]
    # Where the second field was chosen, it counts as the truth for F1 as it does for accuracy.
    truths = [
        top[0] if ok else row["category"] for row, top, ok in zip(rows, tops, right, strict=True)
    ]
    legal = [p["legal_type"]["name"] for p in parsed]
    meant = [row["legal_type"] for row in rows]
    hits = sum(m == guess == "to_cao" for m, guess in zip(meant, legal, strict=True))
    return {
        "category accuracy": mean([float(ok) for ok in right]),
        "within first three": mean(
            [
                float(any(is_right(row, name) for name in top[:3]))
                for row, top in zip(rows, tops, strict=True)
            ]
        ),
        "macro-F1": macro_f1(truths, [top[0] for top in tops]),
        "calibration error": calibration_error(list(zip(sure, right, strict=True))),
        "read as report": mean([float(p["intent"]["name"] == "report") for p in parsed]),
        "legal type accuracy": mean(
            [float(m == guess) for m, guess in zip(meant, legal, strict=True)]
        ),
        "to_cao recall": hits / max(1, meant.count("to_cao")),
        "to_cao precision": hits / max(1, legal.count("to_cao")),
    }


def percentile(values: List[float], share: float) -> float:
    """The value below which that share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measure(server: Server) -> Dict[str, Dict[str, float]]:
    """Figures by column: one for each way of writing, `intents` and `parse`."""
    petitions, intents = read_lines("petitions_dev.jsonl"), read_lines("intents_dev.jsonl")
    server.parse("xin chào")  # The first parse loads what later ones share.
    server.seconds.clear()
    figures = {}
    for style in STYLES:
        figures[style] = measure_style(petitions, [server.parse(row[style]) for row in petitions])
    named = [server.parse(row["text"])["intent"] for row in intents]
    hits = [row["intent"] == intent["name"] for row, intent in zip(intents, named, strict=True)]
    sure = [intent["confidence"] for intent in named]
    figures["intents"] = {
        "accuracy": mean([float(hit) for hit in hits]),
        "calibration error": calibration_error(list(zip(sure, hits, strict=True))),
    }
    figures["parse"] = {
        "p50 ms": 1000 * percentile(server.seconds, 0.5),
        "p95 ms": 1000 * percentile(server.seconds, 0.95),
    }
    return figures


def print_table(figures: Dict[str, Dict[str, float]]) -> None:
    """A line a figure, a column a way of writing; then the intents and the time of a parse."""
    print(f"{'':22}" + "".join(f"{style:>13}" for style in STYLES))
    for name in figures[STYLES[0]]:
        print(f"{name:22}" + "".join(f"{figures[style][name]:13.3f}" for style in STYLES))
    for group in ("intents", "parse"):
        for name, value in figures[group].items():
            print(f"{group + ' ' + name:26}{value:9.3f}")


def main() -> int:
    """Prints the table, or with --json one object for other programs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:5005")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    try:
        figures = measure(Server(options.url))
    except (OSError, ValueError, http.client.HTTPException) as error:
        print(f"cannot measure {options.url}: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(figures))
    else:
        print_table(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Measures a running Rasa server on the measuring texts, and says it: `make evaluate`.

In rasa_project/ with Rasa's Python: `python -m evaluation.evaluate --url http://127.0.0.1:5005`.
The texts are for measuring only and never enter training. Exit code 1 and one line on failure.
"""

import argparse
import http.client
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from train import PROJECT

from . import report
from .client import CLIENTS, Client, load, percentile, resident_megabytes
from .hearing import HERE, Heard, Row, Texts, figures_of, from_flat_labels, hear, read_texts
from .plots import draw_all
from .runs import (
    RECORDED,
    STOCK,
    Run,
    Training,
    data_fingerprint,
    read_run_if_kept,
    write_run,
)

NLU = PROJECT / "data" / "nlu"
DOCS = PROJECT.parent / "docs"


def listen(url: str, texts: Texts, *, stock: bool) -> Tuple[Heard, List[float]]:
    """What the server makes of every text, and the seconds of each parse, one after the other."""
    client = Client(url)
    client.parse("xin chào")  # The first parse loads what later ones share.
    client.seconds.clear()

    def parse_flat(text: str) -> Row:
        return from_flat_labels(client.parse(text))

    heard = hear(texts, parse_flat if stock else client.parse)
    client.close()
    return heard, client.seconds


def time_server(url: str, texts: List[str], alone: List[float]) -> Dict[str, float]:
    """What was timed with one client, and what many at once get."""
    many = load(url, texts)
    return {
        "parse p50, ms": 1000 * percentile(alone, 0.5),
        "parse p95, ms": 1000 * percentile(alone, 0.95),
        f"parses a second, {CLIENTS} clients": many.per_second,
        f"parse p95, {CLIENTS} clients, ms": 1000 * percentile(many.seconds, 0.95),
    }


def measure(options: argparse.Namespace) -> Tuple[Run, Heard]:
    """One run. Raises OSError, HTTPException, ValueError, KeyError or IndexError."""
    texts, data = read_texts(options.texts), data_fingerprint(NLU)
    if options.stock:
        texts = texts._replace(entities=[])  # It was given none to learn.
    heard, alone = listen(options.url, texts, stock=options.stock)
    speed = time_server(options.url, [r.text for r in (*heard.readings, *heard.messages)], alone)
    if options.pid is not None:
        speed["resident, MB"] = resident_megabytes(options.pid)
    if options.ready_seconds is not None:
        speed["ready, s"] = options.ready_seconds
    today = datetime.now(timezone.utc).date().isoformat()
    seconds = options.training_seconds
    return Run(
        measured_on=today,
        data=data,
        model=options.model,
        figures=figures_of(heard),
        speed=speed,
        folds={},
        training=None if seconds is None else Training(seconds, today, data),
    ), heard


def with_folds(run: Run) -> Run:
    """The run with its cross-validation: minutes, on the training text. Imports Rasa, slowly."""
    from .examples import read_examples
    from .folds import cross_validate

    return run._replace(folds=cross_validate(read_examples(NLU)))


def with_known_training(run: Run, recorded: Optional[Run]) -> Run:
    """The run with the last timed training, which says its own date, where this run timed none."""
    known = run.training or (recorded.training if recorded else None)
    return run._replace(training=known)


def say(options: argparse.Namespace) -> None:
    """Measures, prints, and keeps what the options ask for. Raises what `measure` raises."""
    run, heard = measure(options)
    if options.stock:
        write_run(run, STOCK)
        print(report.summary(run))
        return
    recorded = read_run_if_kept(RECORDED)
    run = with_known_training(run, recorded)
    if not options.quick:
        draw_all(heard, DOCS / "images" / "evaluation")
        run = with_folds(run)
    page = report.document(run, heard, read_run_if_kept(STOCK))
    print(page)
    print(report.examples(heard))
    if not options.quick:
        (DOCS / "evaluation.md").write_text(page, encoding="utf-8")
    if options.record:
        write_run(run, RECORDED)


def main() -> int:
    """Parses the options; `bench.understanding` gives those that only it knows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:5005")
    parser.add_argument("--model", default="?", help="its name, to be told")
    parser.add_argument("--texts", type=Path, default=HERE, help="folder of the measuring texts")
    parser.add_argument("--quick", action="store_true", help="no cross-validation, no page")
    parser.add_argument("--record", action="store_true", help="write recorded.json anew")
    parser.add_argument("--stock", action="store_true", help="the server has the stock pipeline")
    parser.add_argument("--pid", type=int, help="of the server, to measure its memory")
    parser.add_argument("--ready-seconds", type=float, help="how long the server took to start")
    parser.add_argument("--training-seconds", type=float, help="how long training took")
    options = parser.parse_args()
    try:
        say(options)
    except (OSError, ValueError, LookupError, TypeError, http.client.HTTPException) as error:
        kind = type(error).__name__
        print(f"cannot measure {options.url}: {kind}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

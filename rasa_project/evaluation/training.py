"""Trains a model into a folder and prints the seconds: `python -m evaluation.training FOLDER`.

With `--stock` it trains Rasa's stock pipeline on the same text. Run with Rasa's Python in
rasa_project/. The model is FOLDER/model.tar.gz. Exit code 1 and one line on failure.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

from train import PROJECT, environment, train_into

from .examples import Example, read_examples
from .figures import REPORT
from .hearing import FLAT_PREFIX

STOCK_CONFIG = Path(__file__).resolve().parent / "stock" / "config.yml"


def flat_label(example: Example) -> str:
    """`report/roads` as `report_roads`; of the questions' keys only the intent is learnt."""
    return FLAT_PREFIX + example.key if example.intent == REPORT else example.intent


def stock_files(examples: Sequence[Example]) -> Tuple[str, str]:
    """The training text and the domain of the stock pipeline, as YAML."""
    by_label: Dict[str, List[str]] = {}
    for example in examples:
        by_label.setdefault(flat_label(example), []).append(example.text)
    nlu = ['version: "3.1"', "nlu:"]
    for label, texts in sorted(by_label.items()):
        nlu += [f"- intent: {label}", "  examples:"]
        # JSON strings are YAML strings, whatever a citizen's text holds.
        nlu += [f"  - text: {json.dumps(text, ensure_ascii=False)}" for text in texts]
    domain = ['version: "3.1"', "intents:", *(f"- {label}" for label in sorted(by_label))]
    return "\n".join(nlu) + "\n", "\n".join(domain) + "\n"


def train_stock_into(
    folder: Path, examples: Sequence[Example], config: Path = STOCK_CONFIG
) -> None:
    """Runs `rasa train nlu` on the flat labels. Raises RuntimeError with Rasa's last line."""
    nlu, domain = stock_files(examples)
    (folder / "nlu.yml").write_text(nlu, encoding="utf-8")
    (folder / "domain.yml").write_text(domain, encoding="utf-8")
    command = [
        sys.executable, "-m", "rasa", "train", "nlu",
        "--config", str(config), "--domain", "domain.yml", "--nlu", "nlu.yml",
        "--out", ".", "--fixed-model-name", "model",
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0 or not (folder / "model.tar.gz").is_file():
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise RuntimeError(lines[-1] if lines else f"rasa exited with {done.returncode}")


def main() -> int:
    """Prints the seconds that training took, as the only line on standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--stock", action="store_true")
    options = parser.parse_args()
    try:
        examples = read_examples(PROJECT / "data" / "nlu") if options.stock else []
        started = time.monotonic()
        if options.stock:
            train_stock_into(options.folder, examples)
        else:
            train_into(options.folder)
    except (OSError, RuntimeError) as error:
        print(f"training failed: {error}", file=sys.stderr)
        return 1
    print(f"{time.monotonic() - started:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

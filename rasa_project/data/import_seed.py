"""Writes data/nlu/report_<category>.yml from data/utterances_seed.tsv (category, style, text).

Run after a change to the table, from anywhere: `python rasa_project/data/import_seed.py`. The written
files are committed, so training needs no step before it.
"""

import sys
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Dict, List

DATA = Path(__file__).resolve().parent
HEADER = 'version: "3.1"\n# Written by data/import_seed.py from data/utterances_seed.tsv: change the table, not this file.\n'


def read_seed(path: Path) -> Dict[str, List[str]]:
    """Texts by category, in the table's order, duplicates dropped. Raises ValueError on a bad line."""
    texts: Dict[str, List[str]] = defaultdict(list)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        parts = line.split("\t")
        if len(parts) != 3 or not all(parts):
            raise ValueError(f"{path.name}:{number}: expected category, style and text")
        text = " ".join(unicodedata.normalize("NFC", parts[2]).split())
        if text not in texts[parts[0]]:
            texts[parts[0]].append(text)
    return texts


def quote(text: str) -> str:
    """Keeps brackets and braces out of Rasa's entity mark-up: "[x](y)" in a citizen's words is text."""
    return text.replace("[", "(").replace("]", ")").replace("{", "(").replace("}", ")")


def render(category: str, texts: List[str]) -> str:
    """One Rasa NLU file: the retrieval intent report/<category> with its examples."""
    lines = "".join(f"    - {quote(text)}\n" for text in texts)
    return f"{HEADER}nlu:\n- intent: report/{category}\n  examples: |\n{lines}"


def main() -> int:
    """Writes one file a category and says how many examples each got."""
    for category, texts in sorted(read_seed(DATA / "utterances_seed.tsv").items()):
        target = DATA / "nlu" / f"report_{category}.yml"
        target.write_text(render(category, texts), encoding="utf-8")
        print(f"{target.name}: {len(texts)} examples")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Writes data/nlu/*.yml, which Rasa reads, from data/utterances/*.tsv, which people write.

A table a label: `<category>.tsv` has voice, style, legal type, second category and text;
`<intent>.tsv` has voice, FAQ key and text (`-` where there is none). The written files are
committed, so that training and Rasa's own commands need no step before them. Run after a change of
a table, from anywhere: `python rasa_project/data/build_nlu.py`; with `--check` it writes nothing
and fails if a file is not what the tables say.
"""

import json
import sys
import unicodedata
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple

DATA = Path(__file__).resolve().parent
TABLES, WRITTEN = DATA / "utterances", DATA / "nlu"
HEADER = 'version: "3.1"\n# Written by data/build_nlu.py from data/utterances/: change the table.\n'
STYLES = ("formal", "chat", "nodiac")
LEGAL_TYPES = ("phan_anh", "kien_nghi", "khieu_nai", "to_cao")
NONE = "-"
# The set written before anyone wrote lines to be hard: how often the model is right is read off it.
PLAIN_VOICE = "seed"


class Utterance(NamedTuple):
    """One written text with what a reader should make of it. `-` stands for "none"."""

    label: str
    voice: str
    text: str
    style: str = NONE
    legal: str = NONE
    secondary: str = NONE
    faq: str = NONE


def read_tables(folder: Path = TABLES) -> List[Utterance]:
    """Every utterance, by file and line. Raises ValueError that names file and line."""
    found = [row for path in sorted(folder.glob("*.tsv")) for row in read_table(path)]
    if not found:
        raise ValueError(f"no tables in {folder.name}")
    categories = {row.label for row in found if row.legal != NONE}
    for row in found:
        if row.secondary not in (categories | {NONE}) - {row.label}:
            raise ValueError(f"{row.label}.tsv: no second category: {row.secondary}: {row.text}")
    return found


def read_table(path: Path) -> Iterator[Utterance]:
    """The rows of one table."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        fields = line.split("\t")
        where = f"{path.name}:{number}"
        if not all(field.strip() for field in fields):
            raise ValueError(f"{where}: an empty field")
        if not unicodedata.is_normalized("NFC", line):
            raise ValueError(f"{where}: not in composed Unicode (NFC)")
        if len(fields) == 5:
            voice, style, legal, secondary, text = fields
            if style not in STYLES or legal not in LEGAL_TYPES:
                raise ValueError(f"{where}: unknown style or legal type: {style}, {legal}")
            yield Utterance(path.stem, voice, text, style, legal, secondary)
        elif len(fields) == 3:
            yield Utterance(path.stem, fields[0], fields[2], faq=fields[1])
        else:
            raise ValueError(f"{where}: expected 3 or 5 fields, found {len(fields)}")


def intent_of(row: Utterance) -> str:
    """Rasa's name: `report/<category>`, `<intent>/<FAQ key>`, or the plain intent."""
    if row.legal != NONE:
        return f"report/{row.label}"
    return row.label if row.faq == NONE else f"{row.label}/{row.faq}"


def quote(text: str) -> str:
    """Keeps brackets and braces out of Rasa's entity mark-up: a citizen's "[x](y)" is text."""
    return text.replace("[", "(").replace("]", ")").replace("{", "(").replace("}", ")")


def render(rows: List[Utterance]) -> str:
    """One Rasa NLU file of one label; legal type and second category are metadata."""
    by_intent: Dict[str, List[Utterance]] = {}
    for row in rows:
        by_intent.setdefault(intent_of(row), []).append(row)
    parts = [HEADER, "nlu:\n"]
    for intent in sorted(by_intent):
        parts.append(f"- intent: {intent}\n  examples:\n")
        parts.extend(_example(row) for row in by_intent[intent])
    return "".join(parts)


def _example(row: Utterance) -> str:
    """JSON strings are YAML strings, whatever a citizen's text holds."""
    lines = f"  - text: {json.dumps(quote(row.text), ensure_ascii=False)}\n"
    if row.legal == NONE:
        return lines
    said = {"legal": row.legal}
    if row.secondary != NONE:
        said["secondary"] = row.secondary
    if row.voice == PLAIN_VOICE:
        said["voice"] = row.voice
    return lines + f"    metadata: {json.dumps(said)}\n"


def written_files(rows: List[Utterance]) -> Dict[Path, str]:
    """What each file of data/nlu/ must hold."""
    by_label: Dict[str, List[Utterance]] = {}
    for row in rows:
        by_label.setdefault(row.label, []).append(row)
    return {
        WRITTEN / f"{'report_' if group[0].legal != NONE else ''}{label}.yml": render(group)
        for label, group in by_label.items()
    }


def main() -> int:
    """Writes the files, or with `--check` names those that differ."""
    try:
        files = written_files(read_tables())
    except (OSError, ValueError) as error:
        print(f"utterances: {error}", file=sys.stderr)
        return 1
    stale = [path for path in WRITTEN.glob("*.yml") if path not in files]
    changed = [
        path
        for path, content in files.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != content
    ]
    if "--check" in sys.argv[1:]:
        for path in stale + changed:
            print(f"{path.name} is not what utterances/ says: run build_nlu.py", file=sys.stderr)
        return 1 if stale or changed else 0
    for path in stale:
        path.unlink()
    for path in changed:
        path.write_text(files[path], encoding="utf-8")
    print(f"{len(changed)} files written, {len(stale)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The training text as Rasa reads it. Needs Rasa's environment."""

from pathlib import Path
from typing import List, NamedTuple, Optional

from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, METADATA, METADATA_EXAMPLE, TEXT
from rasa.shared.nlu.training_data.loading import load_data


class Example(NamedTuple):
    """A training text. `label` is `report/<category>`, `<intent>/<key>` or a plain intent."""

    text: str
    label: str
    secondary: Optional[str] = None

    @property
    def intent(self) -> str:
        """The part before the slash."""
        return self.label.partition("/")[0]

    @property
    def key(self) -> str:
        """The part after the slash; empty for a plain intent."""
        return self.label.partition("/")[2]


def read_examples(nlu: Path) -> List[Example]:
    """Every example of a folder of Rasa's NLU files; the second category is in its metadata."""
    found = []
    for example in load_data(str(nlu)).intent_examples:
        said = (example.get(METADATA) or {}).get(METADATA_EXAMPLE) or {}
        label = example.get(INTENT_RESPONSE_KEY) or example.get(INTENT)
        found.append(Example(example.get(TEXT), label, said.get("secondary")))
    return found

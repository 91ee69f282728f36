"""SlashGuard: a citizen's text that begins with "/" is text, not a command to Rasa.

Rasa ends every pipeline with a handler that takes "/name{...}" for an intent called "name": it
would drop what the other components understood, let anybody forge entities, and log the citizen's
own words in a warning when the braces do not parse. There is no setting for it (Rasa 3.6), so the
slash is replaced by its look-alike before that handler reads it.
"""

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

DIVISION_SLASH = "\u2215"  # One character for one, so that spans stay right.


def defuse(text: str) -> str:
    """The text with a leading "/" made harmless; any other text as it is."""
    start = len(text) - len(text.lstrip())
    if not text.startswith("/", start):
        return text
    return text[:start] + DIVISION_SLASH + text[start + 1 :]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SlashGuard(GraphComponent):
    """Replaces a leading "/" in the text of a message. First in the pipeline."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SlashGuard":
        """Nothing is trained or stored."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Makes each message safe for the handlers after it."""
        for message in messages:
            message.set(TEXT, defuse(str(message.get(TEXT) or "")), add_to_output=True)
        return messages

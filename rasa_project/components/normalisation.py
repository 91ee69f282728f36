"""TextNormaliser: every message gets `normalised`, one spelling for the components after it.

The text itself is never changed, so that spans of entities and what is shown stay right.
"""

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.text import normalise

NORMALISED = "normalised"


# A featurizer to Rasa, because of those alone it also runs `process_training_data`.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class TextNormaliser(GraphComponent):
    """Sets `normalised` (a string, "" for a message without text) on a message. Stateless."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "TextNormaliser":
        """Nothing is trained or stored."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds `normalised` to each message."""
        for message in messages:
            message.set(NORMALISED, normalise(str(message.get(TEXT) or "")))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds `normalised` to each training example."""
        self.process(training_data.training_examples)
        return training_data

"""MentionExtractor: what a text names, in Rasa's shape; `entities.py` says what that is."""

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.entities import find_mentions


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MentionExtractor(GraphComponent):
    """Appends to `entities`; a `unit` may have `role: accused` or `role: acting`, a `case_code`
    `role: misspelt`."""

    def __init__(self, name: Text) -> None:
        self._name = name

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MentionExtractor":
        """Nothing is trained or stored."""
        return cls(cls.__name__)

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds what was found to each message."""
        for message in messages:
            mentions = find_mentions(str(message.get(TEXT) or ""))
            found = [{**mention, "extractor": self._name} for mention in mentions]
            message.set(ENTITIES, (message.get(ENTITIES) or []) + found, add_to_output=True)
        return messages

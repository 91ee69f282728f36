"""MatterSplitter: several matters in one message, each with its span and category."""

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from components.matters import Classify, Limits, Scores, split_matters

# Where the classifier leaves its own function of type `components.matters.Classify` on a message,
# for the components after it. It is never part of the answer.
CLASSIFY = "classify_categories"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class MatterSplitter(GraphComponent):
    """Sets `matters` on a message: one, or up to three in reading order, that cover the text.

    Stands after the classifier, which says what category a part of the text has.
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """The limits of `components.matters.Limits`."""
        return dict(Limits()._asdict())

    def __init__(self, config: Dict[Text, Any]) -> None:
        self._limits = Limits(**{name: float(config[name]) for name in Limits._fields})

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MatterSplitter":
        """Nothing is trained or stored."""
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the matters to each message. Raises ValueError if no classifier came before."""
        for message in messages:
            classify = message.get(CLASSIFY)
            if classify is None:
                raise ValueError("MatterSplitter stands after the classifier in config.yml")
            text = str(message.get(TEXT) or "")
            whole = [(c["name"], c["confidence"]) for c in message.get("categories")]
            matters = split_matters(text, asked_once(classify, {text: whole}), self._limits)
            found = [dict(matter._asdict()) for matter in matters]
            message.set("matters", found, add_to_output=True)
        return messages


def asked_once(classify: Classify, known: Dict[str, Scores]) -> Classify:
    """The same function, which asks about no text twice: each costs a run of the encoder."""

    def ask(texts: List[str]) -> List[Scores]:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, classify(new) if new else [], strict=True))
        return [known[text] for text in texts]

    return ask

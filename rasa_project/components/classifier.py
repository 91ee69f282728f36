"""GrievanceClassifier: intent, category, legal shares, FAQ key and the matters of a message."""

import shutil
from typing import Any, Dict, List, Optional, Text

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.encoder import FOLDER, LABELS, NETWORK, PIECES, SentenceEncoder
from components.evidence import telling_spans
from components.faq import choose_key
from components.grievance import REPORT, Example, GrievanceModel, Understood
from components.matters import Scores
from components.normalisation import NORMALISED
from components.splitter import CLASSIFY
from components.text import normalise

MODEL_FILE = "model.joblib"
LEGAL_SHARES = "legal_shares"
NOTHING_TO_READ = "out_of_scope"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class GrievanceClassifier(IntentClassifier, GraphComponent):
    """Sets `intent`, `intent_ranking`, `categories` and `response_selector` on a message.

    `intent.name` is a plain intent or `report`, whose confidence is the sum over its categories.
    `categories` lists every category, best first, with confidences that sum to one *within* the
    report intent: which category it is, if it is a report at all. `category_words` are the spans
    of the text that weigh most for the best one. Runs after TextNormaliser.
    """

    @staticmethod
    def required_packages() -> List[Text]:
        """What Rasa checks for before it trains."""
        return ["sklearn", "joblib", "onnxruntime", "sentencepiece"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Values are explained in config.yml."""
        return {
            "char_min": 2,
            "char_max": 5,
            "word_max": 2,
            "min_df": 2,
            "C": 0.3,
            "tolerance": 0.01,
            "encoder_threads": 1,
        }

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Optional[GrievanceModel] = None,
        responses: Optional[Dict[Text, Any]] = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._trained = model
        self._responses = responses or {}

    @property
    def _model(self) -> GrievanceModel:
        """Rasa trains or loads before it processes; a call before that is a fault of ours."""
        if self._trained is None:
            raise RuntimeError("GrievanceClassifier is neither trained nor loaded")
        return self._trained

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "GrievanceClassifier":
        """An untrained component, for training."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the model and stores it with the encoder's files.

        Raises ValueError when there is nothing to learn from or the encoder does not fit.
        """
        examples = [_example(e) for e in training_data.intent_examples if e.get(TEXT)]
        if not examples:
            raise ValueError("no intent examples in data/nlu")
        self._trained = GrievanceModel(self._config, SentenceEncoder(threads=2))
        self._trained.fit(examples)
        self._responses = dict(training_data.responses)
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump((self._trained, self._responses), folder / MODEL_FILE)
            for name in (NETWORK, PIECES, LABELS):
                shutil.copyfile(FOLDER / name, folder / name)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "GrievanceClassifier":
        """The trained component. A missing or broken model is an error, never an empty
        classifier."""
        with model_storage.read_from(resource) as folder:
            model, responses = joblib.load(folder / MODEL_FILE)
            model.encoder = SentenceEncoder(folder, threads=config["encoder_threads"])
        return cls(config, model_storage, resource, model, responses)

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds what was understood to each message."""
        for message in messages:
            text = str(message.get(NORMALISED) or "")
            self._describe(message, text, self._read(text))
            message.set(CLASSIFY, self.classify)
        return messages

    def classify(self, texts: List[str]) -> List[Scores]:
        """The categories of texts as they were written, best first: for MatterSplitter."""
        read = self._model.read([normalise(text) for text in texts])
        return [[(c["name"], c["confidence"]) for c in rank(row.categories)] for row in read]

    def _read(self, text: str) -> Understood:
        """A text without a letter or digit is nothing to understand, and no model is asked."""
        (understood,) = self._model.read([text])
        if any(char.isalnum() for char in text):
            return understood
        return Understood(
            {name: float(name == NOTHING_TO_READ) for name in understood.intents},
            {name: 1 / len(understood.categories) for name in understood.categories},
            {name: float(name == "phan_anh") for name in understood.legal_types},
        )

    def _describe(self, message: Message, text: str, understood: Understood) -> None:
        categories, ranking = rank(understood.categories), rank(understood.intents)
        message.set("intent", dict(ranking[0]), add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
        message.set("categories", categories, add_to_output=True)
        message.set(LEGAL_SHARES, understood.legal_types)
        best = categories[0]
        words = self._telling_words(message, text, best["name"])
        is_report = ranking[0]["name"] == "report"
        message.set("category_words", words if is_report else [], add_to_output=True)
        selected = {"report": self._respond(REPORT + best["name"], best["confidence"])}
        intent = ranking[0]["name"]
        if keys := self._model.faq_keys(intent, text):
            key, confidence = choose_key(intent, keys)
            selected[intent] = self._respond(f"{intent}/{key}", confidence)
        selector = {"all_retrieval_intents": sorted(selected), **selected}
        message.set("response_selector", selector, add_to_output=True)

    def _telling_words(self, message: Message, text: str, category: str) -> List[Dict[Text, Any]]:
        """The citizen's own words that gave the category: at most three spans of the raw text."""
        raw = str(message.get(TEXT) or "")
        spans = telling_spans(raw, text, self._model.evidence(text, category))
        return [{"text": raw[a:b], "start": a, "end": b} for a, b in spans]

    def _respond(self, key: str, confidence: float) -> Dict[Text, Any]:
        """An answer in the shape of Rasa's ResponseSelector, which `rasa test nlu` reads.

        `responses[0].text` is the category's follow-up question or the FAQ's answer (domain.yml).
        """
        response = {
            "responses": self._responses.get(UTTER_PREFIX + key, []),
            "confidence": confidence,
            "intent_response_key": key,
            "utter_action": UTTER_PREFIX + key,
        }
        return {"response": response, "ranking": []}


def _example(message: Message) -> Example:
    """Rasa's training message as ours; legal type and second category are its metadata."""
    key = str(message.get(INTENT_RESPONSE_KEY) or message.get(INTENT))
    said = (message.get(METADATA) or {}).get("example") or {}
    is_report = key.startswith(REPORT)
    return Example(
        written=str(message.get(TEXT)),
        text=str(message.get(NORMALISED)),
        label=key if is_report else str(message.get(INTENT)),
        secondary=said.get("secondary", ""),
        legal=said.get("legal", ""),
        faq="" if is_report or "/" not in key else key.split("/", 1)[1],
        is_plain="voice" in said,
    )


def rank(scores: Dict[str, float]) -> List[Dict[Text, Any]]:
    """Names with their confidence, best first; equal ones by name so that the order is stable."""
    ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [{"name": name, "confidence": confidence} for name, confidence in ordered]

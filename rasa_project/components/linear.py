"""LinearClassifier: TF-IDF of characters and words, one logistic regression for everything.

It tells apart the 24 categories (`report/<category>`) and the plain intents together, and is
trained on each text as written and without diacritics, because a model of accented text alone
loses 20 points or more on the unaccented text that many people type.
"""

from typing import Any, Dict, List, Optional, Text

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from components.text import fold, normalise

MODEL_FILE = "linear.joblib"


class LinearModel:
    """The trained arrays: texts in, class probabilities out. Knows nothing of Rasa."""

    def __init__(self, config: Dict[Text, Any]) -> None:
        options = {"sublinear_tf": True, "dtype": np.float32, "min_df": config["min_df"]}
        span = (config["char_min"], config["char_max"])
        self.chars = TfidfVectorizer(analyzer="char_wb", ngram_range=span, **options)
        self.words = TfidfVectorizer(
            token_pattern=r"\w+",  # noqa: S106
            ngram_range=(1, config["word_max"]),
            **options,
        )
        self.temperature = float(config["temperature"])
        self.classes: List[str] = []
        self.weights = np.zeros((0, 0), dtype=np.float32)
        self.bias = np.zeros(0, dtype=np.float32)

    def fit(self, texts: List[str], labels: List[str], config: Dict[Text, Any]) -> None:
        """Trains on every text twice: with its diacritics and folded."""
        accented = [normalise(text) for text in texts]
        both = accented + [fold(text) for text in accented]
        features = self._join(self.chars.fit_transform(both), self.words.fit_transform(both))
        regression = LogisticRegression(C=config["C"], max_iter=config["max_iter"], tol=1e-3)
        regression.fit(features, labels * 2)
        self.classes = [str(name) for name in regression.classes_]
        # float32 and feature-major: half the memory, and a product with a sparse row reads few
        # lines.
        self.weights = np.ascontiguousarray(regression.coef_.T, dtype=np.float32)
        self.bias = regression.intercept_.astype(np.float32)

    def probabilities(self, texts: List[str]) -> "np.ndarray[Any, np.dtype[np.float64]]":
        """One row a text, one column a class of `self.classes`; each row sums to one."""
        accented = [normalise(text) for text in texts]
        features = self._join(self.chars.transform(accented), self.words.transform(accented))
        scores = (features @ self.weights + self.bias).astype(np.float64) / self.temperature
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        result: "np.ndarray[Any, np.dtype[np.float64]]" = scores / scores.sum(axis=1, keepdims=True)
        return result

    @staticmethod
    def _join(chars: csr_matrix, words: csr_matrix) -> csr_matrix:
        return hstack([chars, words], format="csr")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearClassifier(IntentClassifier, GraphComponent):
    """Sets `intent`, `intent_ranking`, `categories` and `response_selector` on a message.

    `intent.name` is a plain intent or `report`, whose confidence is the sum over its categories.
    `categories` lists every category, best first, with confidences that sum to one *within* the
    report intent: which category it is, if it is a report at all.
    """

    @staticmethod
    def required_packages() -> List[Text]:
        """What Rasa checks for before it trains."""
        return ["sklearn", "joblib"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Values are explained in config.yml."""
        return {
            "retrieval_intent": "report",
            "char_min": 2,
            "char_max": 5,
            "word_max": 2,
            "min_df": 2,
            "C": 10.0,
            "max_iter": 200,
            "temperature": 1.0,
        }

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Optional[LinearModel] = None,
        responses: Optional[Dict[Text, Any]] = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model or LinearModel(config)
        self._responses = responses or {}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LinearClassifier":
        """An untrained component, for training."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the model and stores it. Raises ValueError when there is nothing to learn from."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)]
        if not examples:
            raise ValueError("no intent examples in data/nlu")
        texts = [str(e.get(TEXT)) for e in examples]
        labels = [str(e.get(INTENT_RESPONSE_KEY) or e.get(INTENT)) for e in examples]
        self._model.fit(texts, labels, self._config)
        self._responses = dict(training_data.responses)
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump((self._model, self._responses), folder / MODEL_FILE)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LinearClassifier":
        """The trained component. A missing or broken model is an error, never an empty
        classifier."""
        with model_storage.read_from(resource) as folder:
            model, responses = joblib.load(folder / MODEL_FILE)
        return cls(config, model_storage, resource, model, responses)

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds what was understood to each message."""
        rows = self._model.probabilities([str(message.get(TEXT) or "") for message in messages])
        for message, row in zip(messages, rows, strict=True):
            scores = dict(zip(self._model.classes, row.tolist(), strict=True))
            self._describe(message, scores)
        return messages

    def _describe(self, message: Message, scores: Dict[str, float]) -> None:
        prefix = f"{self._config['retrieval_intent']}/"
        inside = {name[len(prefix) :]: p for name, p in scores.items() if name.startswith(prefix)}
        intents = {name: p for name, p in scores.items() if not name.startswith(prefix)}
        if inside:
            intents[self._config["retrieval_intent"]] = sum(inside.values())
        total = sum(inside.values()) or 1.0
        categories = rank({name: p / total for name, p in inside.items()})
        ranking = rank(intents)
        message.set("intent", dict(ranking[0]), add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
        message.set("categories", categories, add_to_output=True)
        message.set("response_selector", self._select(categories), add_to_output=True)

    def _select(self, categories: List[Dict[Text, Any]]) -> Dict[Text, Any]:
        """The chosen category in the shape of Rasa's ResponseSelector, which `rasa test nlu` reads.

        `report.response.responses[0].text` is the category's own follow-up question (domain.yml).
        """
        if not categories:
            return {}
        intent = self._config["retrieval_intent"]
        key = f"{intent}/{categories[0]['name']}"
        response = {
            "responses": self._responses.get(UTTER_PREFIX + key, []),
            "confidence": categories[0]["confidence"],
            "intent_response_key": key,
            "utter_action": UTTER_PREFIX + key,
        }
        return {"all_retrieval_intents": [intent], intent: {"response": response, "ranking": []}}


def rank(scores: Dict[str, float]) -> List[Dict[Text, Any]]:
    """Names with their confidence, best first; equal ones by name so that the order is stable."""
    ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [{"name": name, "confidence": confidence} for name, confidence in ordered]

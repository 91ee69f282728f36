"""What the figures of `make evaluate` mean, on made-up answers."""

from pathlib import Path
from typing import Any

import pytest

from rasa_project.evaluation import figures
from rasa_project.evaluation.client import percentile
from rasa_project.evaluation.figures import Figure, Message, Reading, Score, Spotted
from rasa_project.evaluation.hearing import (
    ENTITIES,
    Heard,
    Texts,
    figures_of,
    from_flat_labels,
    hear,
    read_texts,
    spot,
)
from rasa_project.evaluation.report import document, examples, summary, table
from rasa_project.evaluation.runs import Run, Training, data_fingerprint, read_run, write_run

OTHERS = ("noise", "roads", "telecom", "transport")


def _reading(category: str, guess: str, **said: Any) -> Reading:
    guesses = (guess, *(name for name in OTHERS if name != guess))
    fields = {
        "style": "formal",
        "text": "đường hỏng",
        "secondary": None,
        "legal_type": "phan_anh",
        "intent": "report",
        "guesses": guesses,
        "confidence": 0.9,
        "legal_guess": "phan_anh",
    }
    return Reading(category=category, **{**fields, **said})


def test_the_second_field_counts_as_right_but_not_as_the_first_field() -> None:
    measured = figures.reading_figures([_reading("roads", "transport", secondary="transport")])
    assert measured["first or second field"].value == 1
    assert measured["first field"].value == 0


def test_a_field_in_third_place_is_within_the_first_three_and_in_fourth_place_is_not() -> None:
    third = _reading("roads", "", guesses=("noise", "telecom", "roads", "transport"))
    fourth = _reading("roads", "", guesses=("noise", "telecom", "transport", "roads"))
    assert figures.reading_figures([third, fourth])["within first three"].value == 0.5


def test_macro_f1_weighs_a_rare_category_like_a_common_one() -> None:
    pairs = [("roads", "roads")] * 9 + [("noise", "roads")]
    f1_of_roads = 2 * 9 / (9 + 10)
    assert figures.macro_f1(pairs).value == pytest.approx((f1_of_roads + 0) / 2)


def test_macro_f1_counts_a_category_that_is_only_guessed() -> None:
    assert figures.macro_f1([("roads", "roads"), ("roads", "noise")]).value == pytest.approx(1 / 3)


def test_scores_tell_precision_from_recall() -> None:
    by_name = figures.scores([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")])
    assert by_name == {"a": Score(2, 1, 1), "b": Score(2, 3, 2)}
    assert (by_name["a"].precision, by_name["a"].recall) == (1, 0.5)
    assert by_name["b"].precision == pytest.approx(2 / 3)


def test_what_never_occurs_scores_nothing_instead_of_failing() -> None:
    assert (Score(0, 0, 0).precision, Score(0, 0, 0).recall, Score(0, 0, 0).f1) == (0, 0, 0)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([(1.0, True), (1.0, True)], 0.0),
        ([(1.0, False)], 1.0),
        ([(0.75, True), (0.75, True), (0.75, True), (0.75, False)], 0.0),
        ([(0.95, True), (0.95, False), (0.25, False), (0.25, False)], 0.35),
        # Being less sure than right is an error as well.
        ([(0.65, True)], 0.35),
    ],
)
def test_calibration_error_is_the_gap_of_each_bin_weighted_by_its_size(
    answers: list[tuple[float, bool]], error: float
) -> None:
    assert figures.calibration_error(answers).value == pytest.approx(error)


def test_a_confidence_of_one_is_in_the_last_bin_and_empty_bins_are_left_out() -> None:
    bins = figures.calibration_bins([(1.0, True), (0.92, False), (0.0, False)])
    assert [(b.texts, b.confidence, b.accuracy) for b in bins] == [
        (1, 0.0, 0.0),
        (2, pytest.approx(0.96), 0.5),
    ]


def test_coverage_answers_the_most_confident_first() -> None:
    answers = [(0.2, False), (0.9, True), (0.5, False), (0.7, True)]
    assert figures.coverage(answers) == [
        (0.25, 1.0),
        (0.5, 1.0),
        (0.75, pytest.approx(2 / 3)),
        (1.0, 0.5),
    ]
    assert figures.confident_half(answers) == Figure(1.0, 0.5)


def test_the_confident_half_of_an_odd_count_is_the_larger_half() -> None:
    assert figures.confident_half([(0.9, True), (0.8, False), (0.7, True)]).value == 0.5


def test_confusions_leave_out_what_is_right_and_come_by_frequency() -> None:
    wrong, rare = _reading("roads", "noise"), _reading("telecom", "roads")
    right = _reading("roads", "transport", secondary="transport")
    assert figures.confusions([rare, wrong, right, wrong]) == [
        (("roads", "noise"), [wrong, wrong]),
        (("telecom", "roads"), [rare]),
    ]


def test_the_matrix_has_a_row_for_each_truth() -> None:
    assert figures.matrix([("a", "b"), ("a", "b"), ("b", "b")], ["a", "b"]) == [[0, 2], [0, 1]]


def test_denunciations_count_alarms_found_and_false() -> None:
    readings = [
        _reading("corruption", "corruption", legal_type="to_cao", legal_guess="to_cao"),
        _reading("corruption", "corruption", legal_type="to_cao", legal_guess="phan_anh"),
        _reading("roads", "roads", legal_type="phan_anh", legal_guess="to_cao"),
        _reading("roads", "roads", legal_type="phan_anh", legal_guess="to_cao"),
    ]
    said = figures.denunciations(readings)
    assert said == Score(support=2, said=3, hits=1)
    measured = figures.reading_figures(readings)
    assert measured["tố cáo recall"] == Figure(0.5, 0.5)
    assert measured["tố cáo precision"].value == pytest.approx(1 / 3)


def test_a_pipeline_without_legal_types_has_no_figures_of_them() -> None:
    measured = figures.reading_figures([_reading("roads", "roads", legal_guess=None)])
    assert "legal type" not in measured
    assert "tố cáo recall" not in measured


def test_an_entity_is_right_once_when_name_and_text_agree() -> None:
    item = Spotted(
        "ngõ 5 và ngõ 5, gọi 0912345678",
        meant=(("place", "ngõ 5"), ("place", "ngõ 5"), ("phone_number", "0912345678")),
        found=(("place", "ngõ 5"), ("place", "ngõ"), ("money", "0912345678")),
    )
    by_name = figures.entity_scores([item])
    assert by_name == {
        "money": Score(0, 1, 0),
        "phone_number": Score(1, 0, 0),
        "place": Score(2, 2, 1),
    }
    assert figures.total(by_name) == Score(3, 3, 1)


def test_the_text_of_an_entity_is_cut_from_the_answer_whose_text_rasa_stripped() -> None:
    answer = {"text": "ở ngõ 5", "entities": [{"entity": "place", "start": 2, "end": 7}]}
    row = {"text": "  ở ngõ 5", "entities": [{"entity": "place", "text": "ngõ 5"}]}
    assert spot(row, answer) == Spotted("  ở ngõ 5", (("place", "ngõ 5"),), (("place", "ngõ 5"),))


def test_a_short_message_read_as_a_report_is_wrong_and_counted_apart() -> None:
    measured = figures.message_figures(
        [
            Message("chào", "greet", "greet", 1.0),
            Message("ừ", "affirm", "greet", 0.0),
            Message("ai đọc tin này", "ask_anonymity", "report", 0.0),
            Message("cảm ơn", "thank", "thank", 1.0),
        ]
    )
    assert measured["intent"].value == 0.5
    assert measured["not read as a report"].value == 0.75
    assert measured["calibration error"].value == 0


def test_wilson_widens_for_few_texts_and_stays_below_one() -> None:
    low, high = figures.wilson(0.8, 10)
    assert (low, high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert figures.wilson(1.0, 10)[1] == pytest.approx(1)
    assert figures.wilson(0.8, 1000)[0] > low


@pytest.mark.parametrize(
    ("recorded", "now", "worse"),
    [
        (Figure(0.9, 1 / 225), 0.9, False),
        (Figure(0.9, 1 / 225), 0.891, False),
        (Figure(0.9, 1 / 225), 0.889, True),
        (Figure(0.9, 1 / 225), 1.0, False),
        # One petition of 75 is 1.3 points: one may be lost, two may not.
        (Figure(72 / 75, 1 / 75), 71 / 75, False),
        (Figure(72 / 75, 1 / 75), 70 / 75, True),
        # An error is worse when it grows.
        (Figure(0.03, 1 / 225, higher_is_better=False), 0.039, False),
        (Figure(0.03, 1 / 225, higher_is_better=False), 0.041, True),
        (Figure(0.03, 1 / 225, higher_is_better=False), 0.0, False),
    ],
)
def test_a_figure_is_worse_beyond_one_point_or_one_text(
    recorded: Figure, now: float, worse: bool
) -> None:
    assert figures.is_worse(recorded, now) is worse


def test_a_share_of_no_texts_is_refused() -> None:
    with pytest.raises(ValueError, match="no texts"):
        figures.share([])


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert (percentile(values, 0.5), percentile(values, 0.95)) == (51, 96)
    assert percentile([7.0], 0.95) == 7


def test_flat_labels_of_the_stock_pipeline_take_our_shape() -> None:
    answer = from_flat_labels(
        {
            "text": "đường hỏng",
            "entities": [],
            "intent_ranking": [
                {"name": "report_roads", "confidence": 0.4},
                {"name": "greet", "confidence": 0.35},
                {"name": "report_transport", "confidence": 0.1},
            ],
        }
    )
    assert answer["intent"] == {"name": "report", "confidence": pytest.approx(0.5)}
    assert answer["categories"] == [
        {"name": "roads", "confidence": pytest.approx(0.8)},
        {"name": "transport", "confidence": pytest.approx(0.2)},
    ]


def test_the_best_flat_label_decides_the_intent() -> None:
    ranking = [{"name": "greet", "confidence": 0.6}, {"name": "report_roads", "confidence": 0.4}]
    answer = {"text": "chào", "entities": [], "intent_ranking": ranking}
    flat = from_flat_labels(answer)
    assert flat["intent"] == {"name": "greet", "confidence": 0.6}


def _answer(text: str) -> dict[str, Any]:
    """A model that reads everything as roads, half sure."""
    return {
        "text": text,
        "intent": {"name": "report", "confidence": 0.9},
        "categories": [
            {"name": "roads", "confidence": 0.5},
            *({"name": name, "confidence": 0.1} for name in OTHERS if name != "roads"),
        ],
        "legal_type": {"name": "phan_anh", "confidence": 0.8},
        "entities": [],
    }


@pytest.fixture
def heard() -> Heard:
    petition = {
        "category": "roads",
        "secondary_category": None,
        "legal_type": "to_cao",
        "text_formal": "Đường hỏng.",
        "text_chat": "đường hỏng r",
        "text_nodiac": "duong hong",
    }
    other = {**petition, "category": "noise", "legal_type": "phan_anh", "text_chat": "ồn quá"}
    entity = {"text": "ngõ 5 tối", "entities": [{"entity": "place", "text": "ngõ 5"}]}
    texts = Texts([petition, other], [{"text": "chào", "intent": "greet"}], [entity])
    return hear(texts, _answer)


@pytest.fixture
def run(heard: Heard) -> Run:
    return Run(
        measured_on="2026-01-02",
        data="0123456789abcdef",
        model="abc.tar.gz",
        figures=figures_of(heard),
        speed={"parse p50, ms": 4.25},
        folds={"category, as written": [0.8, 0.9]},
        training=Training(61.04, "2026-01-01", "0123456789abcdef"),
    )


def test_every_text_is_heard_in_every_style(heard: Heard) -> None:
    assert [(r.style, r.text) for r in heard.readings if r.category == "noise"] == [
        ("formal", "Đường hỏng."),
        ("chat", "ồn quá"),
        ("no diacritics", "duong hong"),
    ]


def test_a_run_without_entities_has_no_figures_of_them(heard: Heard) -> None:
    assert ENTITIES in figures_of(heard)
    assert ENTITIES not in figures_of(heard._replace(spotted=[]))


def test_a_run_is_read_as_it_was_written(tmp_path: Path, run: Run) -> None:
    kept = run._replace(figures={"formal": {"macro-F1": Figure(0.25, 0.5)}})
    write_run(kept, tmp_path / "run.json")
    assert read_run(tmp_path / "run.json") == kept


def test_kept_figures_are_rounded_below_what_makes_them_worse(tmp_path: Path, run: Run) -> None:
    figure = Figure(1 / 3, 1 / 225)
    write_run(run._replace(figures={"formal": {"macro-F1": figure}}), tmp_path / "run.json")
    kept = read_run(tmp_path / "run.json").figures["formal"]["macro-F1"]
    assert not figures.is_worse(kept, figure.value - figures.POINT)


def test_the_page_tells_figures_and_shows_no_text(run: Run, heard: Heard) -> None:
    page = document(run, heard, None)
    assert "| first or second field " in page
    assert "2026-01-02" in page
    assert "Not measured yet: `STOCK=1 make evaluate`" in page
    assert "ồn quá" not in page
    assert "ồn quá" in examples(heard)


def test_the_page_sets_the_stock_pipeline_beside_ours_and_says_if_its_text_was_older(
    run: Run, heard: Heard
) -> None:
    stock = run._replace(data="fedcba9876543210", measured_on="2025-12-31")
    page = document(run, heard, stock)
    assert "2025-12-31 with an older (`fedcba9876543210`) training text" in page
    assert "| macro-F1, chat " in page


def test_a_stock_run_is_summed_up_without_legal_types(run: Run, heard: Heard) -> None:
    bare = [reading._replace(legal_guess=None) for reading in heard.readings]
    stock = run._replace(figures=figures_of(Heard(bare, heard.messages, [])))
    assert "legal type" not in summary(stock)


def test_a_table_has_words_to_the_left_and_numbers_to_the_right() -> None:
    assert table(["it is", "as", "texts"], [["roads", "noise", "3"], ["noise", "a", "12"]]) == (
        "| it is | as    | texts |\n"
        "| ----- | ----- | ----: |\n"
        "| roads | noise |     3 |\n"
        "| noise | a     |    12 |"
    )


def test_the_fingerprint_follows_the_training_text(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("một")
    before = data_fingerprint(tmp_path)
    assert data_fingerprint(tmp_path) == before
    (tmp_path / "a.yml").write_text("hai")
    assert data_fingerprint(tmp_path) != before


def test_a_missing_or_empty_file_of_texts_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_texts(tmp_path)
    for name in ("petitions_dev", "intents_dev", "entities"):
        (tmp_path / f"{name}.jsonl").write_text("")
    with pytest.raises(ValueError, match="holds no texts"):
        read_texts(tmp_path)


def test_the_measuring_texts_are_read_whole() -> None:
    texts = read_texts()
    assert len(texts.petitions) == 75
    assert len(texts.intents) == 66
    assert texts.entities

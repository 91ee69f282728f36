"""The trained model understands as well as when its figures were recorded. Slow: it parses every
measuring text.

A figure may fall by one point, and where one text weighs more than a point, by one text: one
petition is 1.3 points of its style (2.7 of its macro-F1, where it costs one category recall and
another precision), one short message 1.5, one denunciation 33 points of their recall in a style and
11 in all styles. After a change that is meant, record anew: `make evaluate RECORD=1`.
"""

import pytest

from rasa_project.evaluation.figures import Figure, is_worse
from rasa_project.evaluation.hearing import figures_of, hear, read_texts
from rasa_project.evaluation.runs import RECORDED, read_run
from tests.rasa_project.conftest import Parse

Figures = dict[str, dict[str, Figure]]


@pytest.fixture(scope="module")
def recorded() -> Figures:
    return read_run(RECORDED).figures


@pytest.fixture(scope="module")
def measured(parse: Parse) -> Figures:
    return figures_of(hear(read_texts(), parse))


def test_no_recorded_figure_fell(recorded: Figures, measured: Figures) -> None:
    fallen = [
        f"{name} ({group}): recorded {figure.value:.3f}, now {measured[group][name].value:.3f}"
        for group, figures in recorded.items()
        for name, figure in figures.items()
        if is_worse(figure, measured[group][name].value)
    ]
    assert not fallen, "\n".join(fallen)


def test_every_figure_is_recorded(recorded: Figures, measured: Figures) -> None:
    assert {group: set(figures) for group, figures in measured.items()} == {
        group: set(figures) for group, figures in recorded.items()
    }

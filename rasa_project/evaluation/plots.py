"""The three pictures of docs/evaluation.md. Needs matplotlib, which Rasa brings."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # No display is needed, and none is looked for.

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture
from matplotlib.ticker import PercentFormatter

from .figures import BINS, calibration_bins, confidences, coverage, matrix, wilson
from .hearing import STYLES, Heard

# Okabe and Ito's colours, told apart by colour-blind readers; line and marker tell them apart too.
BLUE, VERMILION, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#666666"
LOOKS = dict(
    zip(STYLES, ((BLUE, "-", "o"), (VERMILION, "--", "s"), (GREEN, "-.", "^")), strict=True)
)
DOTS_AN_INCH = 150


def draw_all(heard: Heard, folder: Path) -> None:
    """Writes reliability.png, coverage.png and confusions.png. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {
        "reliability.png": draw_reliability(heard),
        "coverage.png": draw_coverage(heard),
        "confusions.png": draw_confusions(heard),
    }
    for name, picture in pictures.items():
        # Without the date and version that matplotlib adds, the same figures give the same file.
        picture.savefig(folder / name, dpi=DOTS_AN_INCH, metadata={"Software": None})
        plt.close(picture)


def draw_reliability(heard: Heard) -> Picture:
    """Confidence against the share that is right, all styles, with its 95% interval; below, how
    many texts a bin has."""
    picture, (above, below) = plt.subplots(
        2, 1, figsize=(5.5, 6), sharex=True, gridspec_kw={"height_ratios": (4, 1)}
    )
    bins = calibration_bins(confidences(heard.readings))
    above.plot((0, 1), (0, 1), color=GREY, linewidth=1, linestyle=":")
    above.annotate("as sure as right", (0.07, 0.03), color=GREY)
    known = [wilson(b.accuracy, b.texts) for b in bins]
    above.vlines([b.confidence for b in bins], *zip(*known, strict=True), color=BLUE, linewidth=1)
    above.plot([b.confidence for b in bins], [b.accuracy for b in bins], color=BLUE, marker="o")
    above.set(ylabel="category right", ylim=(0, 1.02), xlim=(0, 1.01))
    above.set_title("Is it as often right as it is sure?", loc="left")
    below.bar([b.confidence for b in bins], [b.texts for b in bins], width=0.5 / BINS, color=GREY)
    for b in bins:
        below.annotate(str(b.texts), (b.confidence, b.texts), ha="center", va="bottom", fontsize=8)
    below.set(xlabel="confidence of the first category", ylabel="texts")
    below.margins(y=0.25)
    for axes in (above, below):
        _bare(axes)
    above.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    below.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    picture.tight_layout()
    return picture


def draw_coverage(heard: Heard) -> Picture:
    """The share that is right when only the most confident part is answered, by style."""
    picture, axes = plt.subplots(figsize=(6.5, 4.5))
    lowest = 1.0
    for style, (colour, line, marker) in LOOKS.items():
        points = coverage(confidences(heard.of_style(style)))
        lowest = min(lowest, *(right for _, right in points[len(points) // 10 :]))
        axes.plot(*zip(*points, strict=True), color=colour, linestyle=line, marker=marker,
                  markevery=0.1, markersize=5, label=style)  # fmt: skip
    axes.axvline(0.5, color=GREY, linewidth=1, linestyle=":")
    axes.annotate("confident half", (0.49, 0.02), xycoords=("data", "axes fraction"),
                  ha="right", color=GREY)  # fmt: skip
    axes.set(xlabel="part of the grievances answered, the most confident first")
    axes.set(ylabel="of those, right", xlim=(0, 1.01), ylim=(max(0.0, lowest - 0.05), 1.005))
    axes.set_title("How often is it right where it is sure?", loc="left")
    axes.legend(frameon=False, loc="lower left")
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    _bare(axes)
    picture.tight_layout()
    return picture


def draw_confusions(heard: Heard) -> Picture:
    """Category (row) against guess (column), all styles; each cell is a count of texts."""
    pairs = [(r.truth, r.guess) for r in heard.readings]
    names = sorted({name for r in heard.readings for name in (r.category, *r.guesses)})
    counts = matrix(pairs, names)
    picture, axes = plt.subplots(figsize=(9, 8.5))
    axes.imshow(counts, cmap="Blues", vmin=0)
    most = max(max(row) for row in counts)
    for y, row in enumerate(counts):
        for x, count in enumerate(row):
            if count:
                colour = "white" if count > most / 2 else "black"
                axes.text(x, y, str(count), ha="center", va="center", color=colour, fontsize=8)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set_xticks([x - 0.5 for x in range(1, len(names))], minor=True)
    axes.set_yticks([y - 0.5 for y in range(1, len(names))], minor=True)
    axes.grid(which="minor", color="#dddddd", linewidth=0.5)
    axes.tick_params(which="both", length=0)
    axes.set(xlabel="what the model says", ylabel="what it is")
    axes.set_title("Which categories are taken for which?", loc="left")
    picture.tight_layout()
    return picture


def _bare(axes: Axes) -> None:
    """No frame where there is no axis."""
    axes.spines["top"].set_visible(False)
    axes.spines["right"].set_visible(False)

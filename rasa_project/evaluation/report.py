"""Says a run in Markdown, read in a terminal as well as on a page. Pure: figures in, text out.

`document` holds counts only and goes to docs/evaluation.md; `examples` shows what was written and
is for the terminal.
"""

from collections import Counter
from typing import Dict, List, Optional, Sequence

from .figures import (
    BINS,
    DENUNCIATION,
    REPORT,
    Figure,
    Score,
    calibration_bins,
    category_scores,
    confidences,
    confusions,
    entity_scores,
    legal_pairs,
    matrix,
    scores,
    total,
    wilson,
)
from .hearing import ALL_STYLES, SHORT_MESSAGES, STYLES, Heard
from .runs import Run

COLUMNS = (*STYLES, ALL_STYLES)
# What was asked for: the least, and what to reach for.
ASKED = {
    "first or second field": ("0.86 / 0.78 / 0.74", "0.95 / 0.92 / 0.90"),
    "within first three": ("0.92 / 0.87 / 0.85", "0.99"),
    "macro-F1": ("0.70, all styles", "0.90"),
    "confident half": ("0.94", "0.99"),
    "calibration error": ("0.06", "0.03"),
    "tố cáo recall": ("0.90", "0.98"),
    "tố cáo precision": ("0.70", "0.90"),
}
ASKED_OF_SPEED = {
    "ready, s": ("25", "15"),
    "resident, MB": ("900", "600"),
    "parse p50, ms": ("20", "6"),
    "parse p95, ms": ("70", "40"),
    "parses a second, 8 clients": ("40", "200"),
    "training, s": ("300", "60"),
}
WORST = 15


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with columns of even width, those of numbers to the right."""
    columns = [[name, *cells] for name, *cells in zip(head, *rows, strict=True)]
    padded = [_pad(column, is_number=all(map(_is_number, column[1:]))) for column in columns]
    return "\n".join("| " + " | ".join(line) + " |" for line in zip(*padded, strict=True))


def _is_number(cell: str) -> bool:
    return cell in ("", "-") or cell[0].isdigit()


def _pad(column: Sequence[str], *, is_number: bool) -> List[str]:
    """The head, the rule under it and the cells, all as wide as the widest."""
    width = max(3, *map(len, column))
    rule = "-" * (width - 1) + ":" if is_number else "-" * width
    cells = [cell.rjust(width) if is_number else cell.ljust(width) for cell in column]
    return [cells[0], rule, *cells[1:]]


def number(figure: Optional[Figure]) -> str:
    """Three digits; a dash where nothing was measured."""
    return "-" if figure is None else f"{figure.value:.3f}"


def document(run: Run, heard: Heard, stock: Optional[Run]) -> str:
    """The whole page."""
    parts = [
        _opening(run),
        _trust(run, heard),
        _grievances(run),
        _categories(heard),
        _confusions(heard),
        _calibration(heard),
        _messages(run, heard),
        _legal(heard),
        _entities(heard),
        _speed(run),
        _folds(run),
        _beside_stock(run, stock),
    ]
    return "\n\n".join(parts) + "\n"


def summary(run: Run) -> str:
    """What is printed of the stock pipeline when it is measured."""
    return "\n\n".join((_grievances(run), _message_table(run), _speed(run)))


def _opening(run: Run) -> str:
    return (
        "# How well it understands\n\n"
        f"`make evaluate` wrote this page on {run.measured_on}, from the model `{run.model}` "
        f"(training text `{run.data}`). Change the model or `rasa_project/evaluation/`, not this."
    )


def _trust(run: Run, heard: Heard) -> str:
    count = len(heard.readings) // len(STYLES)
    known = []
    for style in STYLES:
        value = run.figures[style]["first or second field"].value
        low, high = wilson(value, count)
        known.append(f"{style} {value:.3f} stands for {low:.2f} to {high:.2f}")
    return (
        "## How far to trust it\n\n"
        f"- {count} real petitions, each rewritten in three styles, and {len(heard.messages)} "
        f"short messages of 22 intents. One petition is {1 / count:.1%} of its style, one message "
        f"{1 / len(heard.messages):.1%}.\n"
        f"- Chance alone moves shares of so few texts. With 95% confidence, {'; '.join(known)}.\n"
        "- None of these texts is in training: `make check` compares each training text with "
        "each of them. But what to write more of was chosen by looking at figures like these, so "
        "that other people's texts will be understood somewhat less well.\n"
        "- The entities are in messages invented for this by those who wrote the patterns: other "
        "people's will be found less often.\n"
        "- The category is judged as if each grievance were read as one; how often it is, stands "
        "in a line of its own.\n"
        "- Times were taken on the machine at hand, with whatever else it was doing."
    )


def _grievances(run: Run) -> str:
    names = list(run.figures[ALL_STYLES])
    rows = [
        [name, *(number(run.figures[column][name]) for column in COLUMNS), *_asked(name)]
        for name in names
    ]
    return (
        "## Grievances\n\n"
        + table(["", *COLUMNS, "least asked", "to reach"], rows)
        + "\n\n"
        + "\n".join(
            (
                "- *First field* counts the petition's own category only; *first or second field* "
                "also its second one, where it has one.",
                "- *Macro-F1* is the mean F1 of the categories that occur, rare ones weighing like "
                "common ones; where the second field was chosen it counts as the truth.",
                "- *Confident half* is the share right among the half with the highest confidence.",
                "- *Calibration error* (the lower the better) is how far confidence and the share "
                f"right lie apart, in {BINS} equal bins of confidence.",
                "- *Tố cáo* are denunciations, which must not be taken in a chat: recall is how "
                "many are noticed, precision how many alarms are true.",
            )
        )
    )


def _asked(name: str) -> Sequence[str]:
    return ASKED.get(name, ("", ""))


def _categories(heard: Heard) -> str:
    whole = category_scores(heard.readings)
    by_style = {style: category_scores(heard.of_style(style)) for style in STYLES}
    rows = []
    for name, score in whole.items():
        each = [by_style[style].get(name, Score(0, 0, 0)) for style in STYLES]
        rows.append(
            [
                name,
                *_score_cells(score),
                *(f"{s.f1:.2f}" if s.support or s.said else "-" for s in each),
            ]
        )
    head = ["category", "texts", "precision", "recall", "F1", *(f"F1 {style}" for style in STYLES)]
    return (
        "## By category\n\n"
        + table(head, rows)
        + "\n\nAll styles together, then F1 by style. *Texts* are those whose truth is this "
        "category: the first field, or the second where the model chose it. With two petitions in "
        "a category, one wrong text is a sixth of its recall."
    )


def _score_cells(score: Score) -> List[str]:
    return [
        str(score.support),
        *(f"{value:.2f}" for value in (score.precision, score.recall, score.f1)),
    ]


def _confusions(heard: Heard) -> str:
    rows = []
    for (category, guess), readings in confusions(heard.readings)[:WORST]:
        by_style = Counter(reading.style for reading in readings)
        rows.append([category, guess, str(len(readings)), *(str(by_style[s]) for s in STYLES)])
    return (
        "## Worst confusions\n\n"
        + table(["it is", "taken for", "texts", *STYLES], rows)
        + "\n\n![Categories against guesses, counts of texts](images/evaluation/confusions.png)\n\n"
        "In the picture a text whose second field was chosen lies on the diagonal."
    )


def _calibration(heard: Heard) -> str:
    bins = calibration_bins(confidences(heard.readings))
    rows = [[f"{b.confidence:.2f}", f"{b.accuracy:.2f}", str(b.texts)] for b in bins]
    return (
        "## Confidence\n\n"
        + table(["mean confidence", "right", "texts"], rows)
        + "\n\n![Confidence against the share that is right](images/evaluation/reliability.png)\n\n"
        "A bin of few texts lies off the line by chance. If only the most confident part were "
        "sent on without a question:\n\n"
        "![Share right by the share answered](images/evaluation/coverage.png)"
    )


def _message_table(run: Run) -> str:
    rows = [[name, number(figure)] for name, figure in run.figures[SHORT_MESSAGES].items()]
    return "## Short messages\n\n" + table(["", "22 intents"], rows)


def _messages(run: Run, heard: Heard) -> str:
    wrong = Counter((m.intent, m.guess) for m in heard.messages if m.intent != m.guess)
    rows = [[meant, said, str(count)] for (meant, said), count in sorted(wrong.items())]
    lost = Counter((r.style, r.intent) for r in heard.readings if r.intent != REPORT)
    lost_rows = [[style, intent, str(count)] for (style, intent), count in sorted(lost.items())]
    reports = sum(m.guess == REPORT for m in heard.messages)
    return (
        _message_table(run)
        + "\n\n"
        + (table(["it is", "taken for", "messages"], rows) if rows else "None is misread.")
        + f"\n\nOf {len(heard.messages)} short messages {reports} are read as a report; of "
        f"{len(heard.readings)} grievances {sum(lost.values())} are taken for a short message"
        + (":\n\n" + table(["style", "taken for", "grievances"], lost_rows) if lost else ".")
    )


def _legal(heard: Heard) -> str:
    pairs = legal_pairs(heard.readings)
    names = sorted({name for pair in pairs for name in pair})
    counts = matrix(pairs, names)
    by_type = scores(pairs)
    rows = [
        [name, *_score_cells(by_type[name]), *(str(count) for count in row)]
        for name, row in zip(names, counts, strict=True)
    ]
    head = ["legal type", "texts", "precision", "recall", "F1", *(f"as {name}" for name in names)]
    return (
        "## Legal types\n\n"
        + table(head, rows)
        + "\n\n"
        + _false_alarms(heard)
        + "\n\nAll styles together: a row is what the text is, the last columns what it was "
        "called. `hoi_dap` (a question) is a label of the measuring set and none of the four "
        "types: it cannot be right."
    )


def _false_alarms(heard: Heard) -> str:
    alarms = Counter(
        (r.legal_type, r.category, r.style)
        for r in heard.readings
        if r.legal_guess == DENUNCIATION != r.legal_type
    )
    rows = [[*alarm, str(count)] for alarm, count in sorted(alarms.items())]
    if not rows:
        return "None is wrongly called a denunciation."
    return "Wrongly called a denunciation:\n\n" + table(
        ["legal type", "category", "style", "texts"], rows
    )


def _entities(heard: Heard) -> str:
    parts = entity_scores(heard.spotted)
    rows = [[name, *_score_cells(score)] for name, score in {**parts, "all": total(parts)}.items()]
    return (
        "## Entities\n\n"
        + table(["entity", "mentions", "precision", "recall", "F1"], rows)
        + f"\n\nIn {len(heard.spotted)} invented messages. A find is right when it is the same "
        "entity and the same text, letter for letter."
    )


def _speed(run: Run) -> str:
    values = dict(run.speed)
    if run.training:
        values["training, s"] = run.training.seconds
    rows = [
        [name, f"{value:.1f}", *ASKED_OF_SPEED.get(name, ("", ""))]
        for name, value in values.items()
    ]
    note = "Training was not timed: `TRAIN=1 make evaluate` does."
    if run.training:
        same = "this" if run.training.data == run.data else f"an older (`{run.training.data}`)"
        note = f"Training was timed on {run.training.measured_on} with {same} training text."
    return (
        "## Speed and size\n\n"
        + table(["", "measured", "least asked", "to reach"], rows)
        + "\n\nOne server process. One client sends every grievance, message and entity text, "
        "one after the other; then 8 clients send the grievances and messages at once. " + note
    )


def _folds(run: Run) -> str:
    title = "## Cross-validation on the training text\n\n"
    if not run.folds:
        return title + "Not done in a quick run."
    rows = [
        [name, f"{sum(each) / len(each):.3f}", f"{min(each):.3f}", f"{max(each):.3f}"]
        for name, each in run.folds.items()
    ]
    return (
        title
        + table(["five folds", "mean", "lowest", "highest"], rows)
        + "\n\nThe linear part alone, trained anew without each fifth of the training text; the "
        "encoder, which cannot be adapted anew each time, has no part in it. A fold holds voices "
        "that training knows, but also texts that were written because they are hard: compare "
        "these figures with those of another training text or setting, not with those above."
    )


def _beside_stock(run: Run, stock: Optional[Run]) -> str:
    title = "## Beside Rasa's stock pipeline\n\n"
    if stock is None:
        return title + "Not measured yet: `STOCK=1 make evaluate` does (over an hour)."
    same = "the same" if stock.data == run.data else f"an older (`{stock.data}`)"
    return (
        title
        + table(["", "ours", "stock"], _side_by_side(run, stock))
        + f"\n\nThe stock pipeline was measured on {stock.measured_on} with {same} training text: "
        "WhitespaceTokenizer, RegexFeaturizer, LexicalSyntacticFeaturizer, CountVectorsFeaturizer "
        "of words and of characters 1 to 4, DIETClassifier of 100 epochs "
        "(`rasa_project/evaluation/stock/config.yml`), each category a label of its own. It knows "
        "no legal types and was given no entities to learn."
    )


def _side_by_side(run: Run, stock: Run) -> List[List[str]]:
    rows = [
        [f"{name}, {group}", number(figure), number(stock.figures[group].get(name))]
        for group in (*COLUMNS, SHORT_MESSAGES)
        for name, figure in run.figures[group].items()
        if name in stock.figures[group]
    ]
    ours, theirs = _timed(run), _timed(stock)
    return rows + [
        [name, f"{ours[name]:.1f}", f"{theirs[name]:.1f}"] for name in ours if name in theirs
    ]


def _timed(run: Run) -> Dict[str, float]:
    return {**run.speed, "training, s": run.training.seconds} if run.training else run.speed


def examples(heard: Heard) -> str:
    """What was misread, with the texts: for the terminal only."""
    lines = ["## Texts that were misread"]
    for (category, guess), readings in confusions(heard.readings):
        lines.append(f"\n{category} taken for {guess}: {len(readings)}")
        lines += [f"  [{r.style}, {r.confidence:.2f}] {r.text}" for r in readings]
    lines.append("\nshort messages")
    lines += [
        f"  {m.intent} taken for {m.guess} ({m.confidence:.2f}): {m.text}"
        for m in heard.messages
        if m.intent != m.guess
    ]
    lines.append("\ngrievances taken for a short message")
    lines += [f"  {r.intent} [{r.style}]: {r.text}" for r in heard.readings if r.intent != REPORT]
    lines.append("\ntố cáo: false alarms and misses")
    lines += [
        f"  {r.legal_type} taken for {r.legal_guess} [{r.style}]: {r.text}"
        for r in heard.readings
        if r.legal_guess is not None
        and (r.legal_type == DENUNCIATION) != (r.legal_guess == DENUNCIATION)
    ]
    lines.append("\nentities")
    for item in heard.spotted:
        missed = Counter(item.meant) - Counter(item.found)
        extra = Counter(item.found) - Counter(item.meant)
        if missed or extra:
            lines.append(f"  {item.text}\n    missed {list(missed)}, wrong {list(extra)}")
    return "\n".join(lines)

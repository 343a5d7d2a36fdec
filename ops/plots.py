"""Plots of the evaluation as SVG, the same bytes each time.

matplotlib is for developers only, so it is loaded when something is drawn.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from triage.evaluation.evaluate import Evaluation
from triage.evaluation.metrics import Confusion, Share
from triage.evaluation.simulation import OURS, SCREENER
from triage.phrasebook import ALARMS

# matplotlib's own types are only in part known to a strict checker.
Axes = Any

# Told apart by shade and by shape as well as by colour.
COLOURS = {OURS: "#0b5fa5", SCREENER: "#d98324"}
MARKS = {OURS: "o", SCREENER: "s"}
GREY = "#777777"
WIDE, HIGH, ROW_HIGH = 8, 3.6, 0.26  # inches
# From here on a field is too dark for black ink.
DARK = 0.6
SETTINGS: Mapping[str, Any] = {
    "svg.hashsalt": "waypost",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw(found: Evaluation, folder: Path) -> tuple[Path, ...]:
    """Write every plot into `folder` and say where."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = max(HIGH, ROW_HIGH * (3 + sum(bool(one.answers) for one in found.understanding)))
    plots: Mapping[str, tuple[int, float, Callable[..., None]]] = {
        "sensitivity": (2, HIGH, _sensitivity),
        "questions": (1, HIGH, _questions),
        "alarms": (1, rows, _alarms),
    }
    return tuple(
        _plot(folder / f"{name}.svg", beside, high, paint, found)
        for name, (beside, high, paint) in plots.items()
    )


def _plot(
    path: Path, beside: int, high: float, paint: Callable[..., None], found: Evaluation
) -> Path:
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    library: Any = mpl
    with library.rc_context(dict(SETTINGS)):
        figure: Any = Figure(figsize=(WIDE, high), layout="constrained")
        paint(found, *(figure.add_subplot(1, beside, place + 1) for place in range(beside)))
        figure.savefig(path, format="svg", metadata={"Date": None})
    return path


def _sensitivity(found: Evaluation, left: Axes, right: Axes) -> None:
    figures: Mapping[str, Callable[[Confusion], Share]] = {
        "sensitivity": lambda counts: counts.sensitivity,
        "specificity": lambda counts: counts.specificity,
    }
    for axes, (title, figure) in zip((left, right), figures.items(), strict=True):
        for shift, name in ((-0.12, OURS), (0.12, SCREENER)):
            tests = {
                language: figure(by[name]) for language, by in found.simulation.languages.items()
            }
            _intervals(axes, tests, shift, name)
        axes.set_title(title)
        axes.set_ylim(0.4, 1.0)
    left.legend(frameon=False, loc="lower left")


def _intervals(axes: Axes, tests: Mapping[str, Share], shift: float, name: str) -> None:
    values = [share.value for share in tests.values()]
    ends = [share.interval for share in tests.values()]
    below = [value - low for value, (low, _) in zip(values, ends, strict=True)]
    above = [high - value for value, (_, high) in zip(values, ends, strict=True)]
    places = [place + shift for place in range(len(tests))]
    look: dict[str, Any] = {"color": COLOURS[name], "fmt": MARKS[name], "capsize": 3}
    axes.errorbar(places, values, yerr=[below, above], label=name, **look)
    axes.set_xticks(range(len(tests)), list(tests))


def _questions(found: Evaluation, axes: Axes) -> None:
    ways = (
        ("asked", found.simulation.questions),
        ("whole list", found.simulation.questions_in_full),
    )
    for shift, (name, counts), colour in zip((-0.2, 0.2), ways, (COLOURS[OURS], GREY), strict=True):
        places = [number + shift for number in counts]
        axes.bar(places, list(counts.values()), width=0.4, label=name, color=colour)
    axes.set_xticks(sorted({*found.simulation.questions, *found.simulation.questions_in_full}))
    axes.set_xlabel("questions asked")
    axes.set_ylabel("people")
    axes.legend(frameon=False)


def _alarms(found: Evaluation, axes: Axes) -> None:
    """A field for each language and alarm, the darker the more is heard; white where nothing is measured."""
    shipped = [one for one in found.understanding if one.answers]
    recall = [
        [one.heard.recall[alarm].value if alarm in one.heard.recall else None for alarm in ALARMS]
        for one in shipped
    ]
    fields = [[float("nan") if value is None else value for value in row] for row in recall]
    axes.imshow(fields or [[float("nan")]], cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, values in enumerate(recall):
        for column, value in enumerate(values):
            if value is not None:
                ink = "white" if value > DARK else "black"
                axes.text(column, row, f"{value * 100:.0f}", ha="center", va="center", color=ink)
    axes.set_xticks(range(len(ALARMS)), list(ALARMS))
    axes.set_yticks(range(len(shipped)), [one.language for one in shipped])
    axes.xaxis.tick_top()
    axes.set_xlabel("recall, percent")

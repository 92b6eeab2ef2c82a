"""The report of Rasa's cross-validation of the intents as a table for people. `scripts/nlu-report` runs both."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

AVERAGES = ("micro avg", "macro avg", "weighted avg")


def markdown(report: Mapping[str, Any], how: str) -> str:
    """The table of an `intent_report.json` of Rasa, the weakest intent first. how: a sentence on what was measured."""
    intents = {name: row for name, row in report.items() if isinstance(row, dict) and name not in AVERAGES}
    averages = {name: report[name] for name in AVERAGES if name in report}
    lines = [
        "# Intents, one by one",
        "",
        how,
        "",
        "| intent | precision | recall | F1 | messages | confused with |",
        "|---|---|---|---|---|---|",
        *(
            f"| `{name}` | {_figures(row)} | {_confused(row)} |"
            for name, row in sorted(intents.items(), key=lambda item: (item[1]["f1-score"], item[0]))
        ),
        *(f"| {name.removesuffix(' avg')} average | {_figures(row)} | |" for name, row in averages.items()),
    ]
    if "accuracy" in report:
        lines += ["", f"Accuracy: {report['accuracy']:.1%}."]
    return "\n".join(lines) + "\n"


def _figures(row: Mapping[str, Any]) -> str:
    shares = (f"{row[figure]:.1%}" for figure in ("precision", "recall", "f1-score"))
    return " | ".join((*shares, f"{row['support']:,.0f}"))


def _confused(row: Mapping[str, Any]) -> str:
    return ", ".join(f"`{name}` {times}" for name, times in (row.get("confused_with") or {}).items())


if __name__ == "__main__":
    print(markdown(json.load(sys.stdin), sys.argv[1]), end="")

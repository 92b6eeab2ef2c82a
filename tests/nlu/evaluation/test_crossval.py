from __future__ import annotations

from typing import Any

from nlu.evaluation.crossval import markdown


def row(f1: float, support: int, **confused: int) -> dict[str, Any]:
    return {"precision": 0.5, "recall": 1.0, "f1-score": f1, "support": support, "confused_with": confused}


REPORT = {
    "greet": row(0.9, 1200, thank=3, goodbye=1),
    "ask_fee": row(0.8, 40),
    "accuracy": 0.875,
    "macro avg": {"precision": 0.6, "recall": 0.7, "f1-score": 0.65, "support": 1240},
    "weighted avg": {"precision": 0.9, "recall": 0.9, "f1-score": 0.9, "support": 1240},
}


def test_intents_come_weakest_first_averages_last() -> None:
    assert markdown(REPORT, "How it was measured.").split("\n") == [
        "# Intents, one by one",
        "",
        "How it was measured.",
        "",
        "| intent | precision | recall | F1 | messages | confused with |",
        "|---|---|---|---|---|---|",
        "| `ask_fee` | 50.0% | 100.0% | 80.0% | 40 |  |",
        "| `greet` | 50.0% | 100.0% | 90.0% | 1,200 | `thank` 3, `goodbye` 1 |",
        "| macro average | 60.0% | 70.0% | 65.0% | 1,240 | |",
        "| weighted average | 90.0% | 90.0% | 90.0% | 1,240 | |",
        "",
        "Accuracy: 87.5%.",
        "",
    ]


def test_a_micro_average_stands_where_rasa_gives_no_accuracy() -> None:
    text = markdown({"greet": row(0.9, 10), "micro avg": row(0.9, 10)}, "")
    assert "| micro average | 50.0% | 100.0% | 90.0% | 10 | |" in text
    assert "Accuracy" not in text

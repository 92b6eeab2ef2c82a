"""The systems that are measured, and in which setups each of them meets a set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.nlu.sets import Examples, IntentSet

TITLES = {"ours": "ours", "stock": "stock Rasa", "nlpjs": "nlp.js"}
"""Systems by their names on the command line."""


@dataclass(frozen=True)
class Setup:
    """One way to run a system. detail: what tells it from other setups of the system; config: file in this folder."""

    system: str
    detail: str
    config: str

    @property
    def title(self) -> str:
        return f"{TITLES[self.system]}, {self.detail}" if self.detail else TITLES[self.system]


OURS = Setup("ours", "", "ours.yml")
WHITESPACE = Setup("stock", "WhitespaceTokenizer", "stock-whitespace.yml")
JIEBA = Setup("stock", "JiebaTokenizer", "stock-jieba.yml")
NLPJS = Setup("nlpjs", "", "nlpjs/worker.js")


def setups(
    system: str, intent_set: IntentSet, examples: Examples, better: Mapping[str, Setup], *, full: bool
) -> tuple[tuple[Setup, ...], str]:
    """The setups of `system` to run on a set, and a sentence on what is left out, if anything.

    better: the better setup of stock Rasa on each set measured before. full: leave out nothing for its time.
    """
    if system == "ours":
        return (OURS,), ""
    if system == "nlpjs":
        return (NLPJS,), ""
    if intent_set.slow and not full:
        return (), "Stock Rasa is left out here: it trains for half an hour. `--full` includes it."
    if not examples.chinese:
        return (WHITESPACE,), "JiebaTokenizer is for Chinese, and there is none here."
    known = better.get(intent_set.shares_messages_with or "")
    if known and not full:
        return (known,), (
            f"Only the tokenizer that was better on {intent_set.shares_messages_with} is run here; `--full` runs both."
        )
    return (WHITESPACE, JIEBA), ""


def chosen(names: list[str]) -> tuple[str, ...]:
    """The systems of these names, all without any, in the order of `TITLES`. Raises ValueError naming what is unknown."""
    unknown = sorted(set(names) - set(TITLES))
    if unknown:
        raise ValueError(f"no system {', '.join(unknown)}; there are {', '.join(TITLES)}")
    return tuple(known for known in TITLES if not names or known in names)

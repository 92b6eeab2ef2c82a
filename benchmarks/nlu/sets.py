"""The public intent sets: which there are, and reading them from a folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from language.script import has_han


@dataclass(frozen=True)
class Message:
    """A labelled message. lang: as the set names it (`en-US`, `zh-TW`, `mixed` …)."""

    text: str
    intent: str
    lang: str


@dataclass(frozen=True)
class IntentSet:
    """A set to train on and one to test with. train, test: names of files without `.jsonl`.

    out_of_scope: the label of messages that belong to no intent. shares_messages_with: a smaller set of the same messages.
    slow: Rasa's default trains on it for half an hour or more.
    """

    name: str
    about: str
    train: tuple[str, ...]
    test: str
    out_of_scope: str | None = None
    shares_messages_with: str | None = None
    slow: bool = False

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(f"{name}.jsonl" for name in (*self.train, self.test))


@dataclass(frozen=True)
class Examples:
    """What is read of a set."""

    train: tuple[Message, ...]
    test: tuple[Message, ...]

    @property
    def intents(self) -> frozenset[str]:
        return frozenset(message.intent for message in self.train)

    @property
    def chinese(self) -> bool:
        return any(has_han(message.text) for message in (*self.train, *self.test))


SETS = (
    IntentSet(
        "massive_tri_10",
        "MASSIVE, 10 training messages an intent in English, Simplified and Traditional Chinese together",
        ("massive_tri_10.train",),
        "massive_tri.test",
    ),
    IntentSet(
        "massive_tri_30",
        "MASSIVE, 30 training messages an intent in English, Simplified and Traditional Chinese together",
        ("massive_tri_30.train",),
        "massive_tri.test",
        shares_messages_with="massive_tri_10",
    ),
    IntentSet(
        "xsid_codeswitch",
        "xSID, Chinese sentences with English words in them",
        ("xsid_codeswitch.train",),
        "xsid_codeswitch.test",
    ),
    IntentSet(
        "xsid_en_to_codeswitch",
        "xSID, trained on English, tested with Chinese sentences with English words in them",
        ("xsid_en.train",),
        "xsid_codeswitch.test",
    ),
    IntentSet("xsid_zh-CN", "xSID, Chinese", ("xsid_zh-CN.train",), "xsid_zh-CN.test"),
    IntentSet(
        "clinc_small",
        "CLINC150, English; out of scope is one more intent, with 100 training messages",
        ("clinc_small.train", "clinc_small.oostrain"),
        "clinc_small.test",
        out_of_scope="oos",
        slow=True,
    ),
    IntentSet(
        "hint3_v1_sofmattress",
        "HINT3, what people typed to the assistant of a mattress shop, English; nothing out of scope in training",
        ("hint3_v1_sofmattress.train",),
        "hint3_v1_sofmattress.test",
        out_of_scope="NO_NODES_DETECTED",
    ),
)


def chosen(names: Sequence[str]) -> tuple[IntentSet, ...]:
    """The sets of these names, all without any, in the order of `SETS`. Raises ValueError naming what is unknown."""
    unknown = sorted(set(names) - {known.name for known in SETS})
    if unknown:
        raise ValueError(f"no set {', '.join(unknown)}; there are {', '.join(known.name for known in SETS)}")
    return tuple(known for known in SETS if not names or known.name in names)


def check_folder(folder: Path, sets: Sequence[IntentSet]) -> None:
    """Raise ValueError, saying what is expected, unless `folder` holds the files of `sets`."""
    missing = sorted({name for wanted in sets for name in wanted.files if not (folder / name).is_file()})
    if missing:
        raise ValueError(
            f"{folder}: {'not all files are here' if folder.is_dir() else 'no such folder'}. Missing: "
            f"{', '.join(missing)}. Each holds one JSON object a line: `text`, `intent`, `lang`. "
            "With --sets, only the files of the sets named are needed."
        )


def read(folder: Path, intent_set: IntentSet) -> Examples:
    """The messages of a set. Raises ValueError naming file and line, or the intents whose names cannot be told apart."""
    train = tuple(message for name in intent_set.train for message in _messages(folder / f"{name}.jsonl"))
    test = _messages(folder / f"{intent_set.test}.jsonl")
    plain: dict[str, str] = {}
    for intent in {message.intent for message in (*train, *test)}:
        if plain.setdefault(_plain(intent), intent) != intent:
            raise ValueError(f"{intent_set.name}: `{intent}` and `{plain[_plain(intent)]}` would be one intent to Rasa")
    return Examples(tuple(_renamed(message) for message in train), tuple(_renamed(message) for message in test))


def _messages(path: Path) -> tuple[Message, ...]:
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if line.strip():
            try:
                data = json.loads(line)
                found.append(Message(data["text"], data["intent"], data["lang"]))
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path}:{number}: not a labelled message ({error})") from error
    if not found:
        raise ValueError(f"{path}: no messages")
    return tuple(found)


def _plain(intent: str) -> str:
    return intent.replace("/", "_")


def _renamed(message: Message) -> Message:
    """Without `/` in the intent: Rasa would take `weather/find` for the retrieval intent `weather`."""
    return Message(message.text, _plain(message.intent), message.lang)

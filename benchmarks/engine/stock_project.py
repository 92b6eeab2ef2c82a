"""Our content as a stock Rasa project: intents, messages, answers; everything else as Rasa's documentation shows it. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from catalog.models import Service
from nlu.evaluation.lint import Example

CONFIG = Path(__file__).with_name("stock.yml")

ANSWER = "action_answer"

FALLBACK = "utter_default"
"""What is said where nothing was understood, and what Rasa itself says where no policy is sure enough."""

ASPECTS = {
    **{
        f"ask_{aspect}": aspect
        for aspect in (
            "overview", "eligibility", "documents", "steps", "time", "fee", "location", "contact", "validity", "benefit",
            "deadline", "basis", "restriction",
        )
    },
    "check_eligibility": "eligibility",
    "estimate_tax": "benefit",
}  # fmt: skip
"""Intents that the action answers from the catalog, with the aspect."""

PAIRS = 7
"""Steps between the two intents of a story in the list of intents: any number gives ordinary, different stories."""


def project(examples: Sequence[Example], services: Iterable[Service], responses: Mapping[str, Any]) -> dict[str, str]:
    """The files of the project by name. responses: as our domain has them; those without an `utter_…` get the answer of help."""
    intents = sorted({example.intent for example in examples})
    utters = {intent: f"utter_{intent}" for intent in intents if intent not in ASPECTS}
    return {
        "config.yml": CONFIG.read_text(encoding="utf-8"),
        "credentials.yml": "rest:\n",
        "domain.yml": _yaml(_domain(intents, utters, responses)),
        "data/nlu.yml": _yaml(_nlu(examples, list(services))),
        "data/rules.yml": _yaml(
            {
                "version": "3.1",
                "rules": [
                    *({"rule": intent, "steps": _turn(intent, utters)} for intent in intents),
                    {"rule": "not understood", "steps": [{"intent": "nlu_fallback"}, {"action": FALLBACK}]},
                ],
            }
        ),
        "data/stories.yml": _yaml(
            {
                "version": "3.1",
                "stories": [
                    {"story": f"about {intent}", "steps": _turns(["greet", intent, other, "thank"], utters)}
                    for position, intent in enumerate(intents)
                    for other in [intents[(position + PAIRS) % len(intents)]]
                ],
            }
        ),
    }


def endpoints(actions_port: int, redis_port: int) -> str:
    """`endpoints.yml`: the action server, and tracker and lock store as documented."""
    store = {"type": "redis", "url": "127.0.0.1", "port": redis_port}
    return _yaml(
        {
            "action_endpoint": {"url": f"http://127.0.0.1:{actions_port}/webhook"},
            "tracker_store": {**store, "db": 1},
            "lock_store": {**store, "db": 2},
        }
    )


def marked(example: Example, names: Mapping[str, str]) -> str:
    """The message with the name of its service as an entity, where it stands in it as words. names: service ids by name."""
    for name, service in sorted(names.items(), key=lambda item: -len(item[0])):
        found = re.search(rf"(?<!\S){re.escape(name)}(?![^\s?!.,])", example.text, re.IGNORECASE)
        if found:
            entity = f'[{found[0]}]{{"entity": "service", "value": "{service}"}}'
            return example.text[: found.start()] + entity + example.text[found.end() :]
    return example.text


def _nlu(examples: Sequence[Example], services: Sequence[Service]) -> dict[str, Any]:
    names: dict[str, dict[str, str]] = {}
    for service in services:
        called = [*vars(service.name).values(), *vars(service.short).values(), *service.aliases.zh, *service.aliases.en]
        names[service.id] = {name: service.id for name in called if name}
    by_intent: dict[str, list[str]] = defaultdict(list)
    for example in examples:
        by_intent[example.intent].append(marked(example, names.get(example.service, {})))
    return {
        "version": "3.1",
        "nlu": [
            {"intent": intent, "examples": [{"text": text} for text in texts]}
            for intent, texts in sorted(by_intent.items())
        ]
        + [{"synonym": service.id, "examples": _list(names[service.id])} for service in services],
    }


def _list(names: Iterable[str]) -> str:
    return "".join(f"- {name}\n" for name in names)


def _domain(intents: Sequence[str], utters: Mapping[str, str], responses: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "version": "3.1",
        "intents": list(intents),
        "entities": ["service"],
        "slots": {
            "service": {
                "type": "text",
                "influence_conversation": False,
                "mappings": [{"type": "from_entity", "entity": "service"}],
            }
        },
        "responses": {
            utter: [{"text": variation["text"]} for variation in responses.get(utter) or responses["utter_help"]]
            for utter in (*utters.values(), FALLBACK)
        },
        "actions": [ANSWER],
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }


def _turn(intent: str, utters: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"intent": intent}, {"action": utters.get(intent, ANSWER)}]


def _turns(intents: Iterable[str], utters: Mapping[str, str]) -> list[dict[str, str]]:
    return [step for intent in intents for step in _turn(intent, utters)]


def _yaml(data: Any) -> str:
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=10_000)

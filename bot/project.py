"""Where things are, and whether the trained model is still that of the training data."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import yaml

from catalog.models import EXAMPLE_LANGUAGES
from catalog.store import Catalog, load

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "models"

TRAINED_ON = (
    "config.yml",
    "domain/*.yml",
    "stories/*.yml",
    "nlu/data/*/*.yml",
    "nlu/*.py",
    "language/*.py",
    "entities/mask.py",
    "requirements.lock",
)
"""Files that decide what is trained. Of the catalog only names and example questions do."""


def fingerprint(catalog: Catalog) -> str:
    """A hash of everything that training depends on, 12 hex digits."""
    digest = hashlib.sha256()
    for pattern in TRAINED_ON:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update(json.dumps(_trained_of(catalog), ensure_ascii=False, sort_keys=True).encode())
    return digest.hexdigest()[:12]


def _trained_of(catalog: Catalog) -> dict[str, object]:
    return {
        service.id: {
            "names": [
                *vars(service.name).values(),
                *vars(service.short).values(),
                *service.aliases.zh,
                *service.aliases.en,
            ],
            "examples": {language: getattr(service.examples, language) for language in EXAMPLE_LANGUAGES},
        }
        for service in catalog.services.values()
    }


def model_path(catalog: Catalog | None = None) -> Path:
    """Where the model of the present training data is or will be."""
    return MODELS / f"assistant-{fingerprint(catalog or load())}.tar.gz"


def domain_intents() -> tuple[str, ...]:
    """All intents of the domain."""
    return tuple(yaml.safe_load((ROOT / "domain" / "intents.yml").read_text(encoding="utf-8"))["intents"])

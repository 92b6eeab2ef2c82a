"""Training data from the catalog, beside the files of `nlu/data`: example questions and names of services."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from catalog.models import EXAMPLE_LANGUAGES, Service
from catalog.store import load

SERVICE_ENTITY = "service"


class CatalogImporter(TrainingDataImporter):
    """Feeds the catalog to training: examples with their service, names as entity synonyms (name → service id).

    Named in `config.yml`, so that `rasa train` sees a changed catalog without a changed file of its own.
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        **kwargs: Any,
    ) -> None:
        """The arguments are Rasa's and not needed: the catalog lies in its package."""

    def get_domain(self) -> Domain:
        return Domain.empty()

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        return StoryGraph([])

    def get_config(self) -> dict[str, Any]:
        return {}

    def get_config_file_for_auto_config(self) -> str | None:
        return None

    def get_nlu_data(self, language: str | None = None) -> TrainingData:
        services = load().services.values()
        return TrainingData(
            training_examples=[message for service in services for message in _examples(service)],
            entity_synonyms={name: service.id for service in services for name in _names(service)},
        )


def _names(service: Service) -> set[str]:
    return {
        service.name.zh,
        service.name.en,
        service.short.zh,
        service.short.en,
        *service.aliases.zh,
        *service.aliases.en,
    }


def _examples(service: Service) -> list[Message]:
    return [
        Message.build(text, intent=intent, example_metadata={"service": service.id})
        for language in EXAMPLE_LANGUAGES
        for intent, texts in getattr(service.examples, language).items()
        for text in texts
    ]

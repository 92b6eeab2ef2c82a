"""What tests of several packages share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.cli.common import trained_model
from bot.engine.client import EngineClient
from bot.engine.process import running_engine
from catalog.store import Catalog, load


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The real catalog."""
    return load()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine() -> AsyncIterator[EngineClient]:
    """The real engine with the trained model, one process for all tests."""
    async with running_engine(trained_model()) as client:
        yield client

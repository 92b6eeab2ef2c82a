"""What our components keep in the model: one JSON or one set of arrays each. Nothing is pickled."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage


def write_json(storage: ModelStorage, resource: Resource, value: Any) -> None:
    with storage.write_to(resource) as directory:
        (directory / "data.json").write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def read_json(storage: ModelStorage, resource: Resource) -> Any:
    with storage.read_from(resource) as directory:
        return json.loads((directory / "data.json").read_text(encoding="utf-8"))


def write_arrays(storage: ModelStorage, resource: Resource, meta: Any, arrays: dict[str, NDArray[Any]]) -> None:
    with storage.write_to(resource) as directory:
        (directory / "meta.json").write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")
        np.savez(directory / "arrays.npz", **arrays)


def read_arrays(storage: ModelStorage, resource: Resource) -> tuple[Any, dict[str, NDArray[Any]]]:
    with storage.read_from(resource) as directory:
        meta = json.loads((directory / "meta.json").read_text(encoding="utf-8"))
        with np.load(directory / "arrays.npz", allow_pickle=False) as arrays:
            return meta, dict(arrays)

"""Keep Rasa and its libraries quiet: what people type is never logged, and nothing phones home.

Import before Rasa is imported: Rasa's default structlog configuration prints every message.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings

import structlog

NOISY = ("rasa", "rasa_sdk", "tensorflow", "absl", "matplotlib", "jieba", "sanic", "apscheduler", "httpx", "bm25s")


def quiet() -> None:
    """Configure logging for a process that imports Rasa: warnings and worse, never message texts; and leave JAX out.

    bm25s and TensorFlow import JAX if it is there, for nothing that we use: 90 MB and five threads.
    """
    sys.modules.setdefault("jax", None)  # type: ignore[arg-type]
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.ERROR)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for module in ("rasa", "tensorflow", "pkg_resources", "google", "sanic", "jieba", "sqlalchemy", "flatbuffers"):
        warnings.filterwarnings("ignore", module=rf"{module}(\.|$)")
    warnings.filterwarnings("ignore", message=".*pkg_resources.*")
    warnings.filterwarnings("ignore", category=DeprecationWarning)

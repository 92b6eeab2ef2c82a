"""The Telegram channel: small pure modules, and `channel.Channel` that joins them to the Bot API and to Redis."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "1")  # else python-telegram-bot warns about itself at every 429

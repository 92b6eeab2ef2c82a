"""The names of everything in Redis. No other module builds a key."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

PREFIX = "qta:"

SCHEMA = 1
"""Version of the layout of keys, kept under `Keys.schema`."""

LONGEST = 128
"""Characters a conversation id may take in a key; of a longer one the key has the digest."""

_PREFIX = re.compile(r"([A-Za-z0-9_.-]+:)+")
_DIGEST = "="  # quoting never leaves it in an id


@dataclass(frozen=True)
class Keys:
    """All keys below one prefix, such as `qta:`. Raises ValueError for a prefix that is not letters and digits before a colon."""

    prefix: str = PREFIX

    def __post_init__(self) -> None:
        if not _PREFIX.fullmatch(self.prefix):
            raise ValueError("a prefix of keys looks like name: (letters, digits, _ . -)")

    @property
    def schema(self) -> str:
        """String: the version of the layout, see SCHEMA."""
        return f"{self.prefix}schema"

    def state(self, conversation: str) -> str:
        """Hash: what a turn of the conversation starts from."""
        return f"{self.prefix}state:{_safe(conversation)}"

    def log(self, conversation: str) -> str:
        """List: the events of the conversation, oldest first."""
        return f"{self.prefix}log:{_safe(conversation)}"

    @property
    def web_secret(self) -> str:
        """String: what the cookies of the web chat are signed with."""
        return f"{self.prefix}web:secret"

    @property
    def web_feed(self) -> str:
        """Stream: conversations of the web chat that have something new, for all gateways."""
        return f"{self.prefix}web:feed"

    def web_history(self, conversation: str) -> str:
        """List: what the page shows of a conversation, JSON, oldest first."""
        return f"{self.prefix}web:history:{_safe(conversation)}"

    def web_ids(self, conversation: str) -> str:
        """Sorted set: the ids of what was added to `web_history`, by sequence number."""
        return f"{self.prefix}web:ids:{_safe(conversation)}"

    def web_limit(self, who: str) -> str:
        """String: when a session, an address or a conversation has used up what it may send. Names it by a digest, see `seen`."""
        return f"{self.prefix}web:limit:{hashlib.sha256(who.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"

    def telegram(self, what: str, about: str) -> str:
        """String: what the Telegram channel remembers; `what` is a word of its own, `about` a bot, chat, conversation or reply."""
        return f"{self.prefix}telegram:{what}:{_safe(about)}"

    @property
    def every_state(self) -> str:
        """Pattern of all `state` keys, for SCAN."""
        return self.state("") + "*"

    def inbox(self, shard: int) -> str:
        """Stream: messages of this shard's conversations that are not answered yet, oldest first."""
        return f"{self.prefix}inbox:{shard}"

    def begun(self, shard: int) -> str:
        """Hash: of each turn under way, by its first message's place in the inbox, all its messages; and, by `place!`, failures."""
        return f"{self.prefix}begun:{shard}"

    def seen(self, channel: str, conversation: str, message_id: str) -> str:
        """String: that this message was put into the inbox. Names it by a digest, so that it tells nothing of the person."""
        named = json.dumps([channel, conversation, message_id]).encode("ascii")
        return f"{self.prefix}seen:{hashlib.sha256(named).hexdigest()[:32]}"

    def outbox(self, channel: str) -> str:
        """Stream: replies of this channel that are not delivered yet, oldest first."""
        return f"{self.prefix}outbox:{_safe(channel)}"

    def sending(self, channel: str) -> str:
        """Hash: by place in the outbox, replies whose sending has begun."""
        return f"{self.prefix}sending:{_safe(channel)}"

    @property
    def dead_letters(self) -> str:
        """Stream: messages that were given up, with the reason."""
        return f"{self.prefix}deadletters"

    def buttons(self, conversation: str) -> str:
        """Hash: buttons that the conversation was shown, by their opaque ids."""
        return f"{self.prefix}buttons:{_safe(conversation)}"

    def lease(self, group: str, number: int) -> str:
        """String: the token of whoever alone may work on thing `number` of this group."""
        return f"{self.prefix}lease:{_safe(group)}:{number}"

    def living(self, group: str) -> str:
        """Sorted set: who takes part in sharing the group, by when they last said so (ms)."""
        return f"{self.prefix}living:{_safe(group)}"

    def owner(self, conversation: str) -> str:
        """Hash: the open case of the conversation (`case`) and who answers in it (`owner`); none while only the assistant does."""
        return f"{self.prefix}owner:{_safe(conversation)}"

    def recent(self, conversation: str) -> str:
        """List: what was said lately with the assistant, JSON, oldest first."""
        return f"{self.prefix}recent:{_safe(conversation)}"

    def cases_of(self, conversation: str) -> str:
        """Sorted set: the cases of a conversation, by when they were opened."""
        return f"{self.prefix}cases:{_safe(conversation)}"

    def case(self, case: str) -> str:
        """String: a case, JSON."""
        return f"{self.prefix}case:{_safe(case)}"

    def case_log(self, case: str) -> str:
        """Stream: what was said and done in a case, oldest first."""
        return f"{self.prefix}case:{_safe(case)}:log"

    def case_once(self, case: str) -> str:
        """Set: the keys of entries that `case_log` has, so that none is written twice."""
        return f"{self.prefix}case:{_safe(case)}:once"

    def desk(self, what: str, about: str = "") -> str:
        """Something of the desk; `what` is a word of its own, see the module that uses it."""
        return f"{self.prefix}desk:{what}" + (f":{_safe(about)}" if about else "")

    def file(self, file: str) -> str:
        """String: the bytes of a file (Base64)."""
        return f"{self.prefix}file:{_safe(file)}"

    def conversation(self, state: str) -> str | None:
        """The conversation of a `state` key; None if the key has its digest only."""
        safe = state.removeprefix(self.state(""))
        return None if safe.startswith(_DIGEST) else unquote(safe, errors="surrogatepass")


def _safe(conversation: str) -> str:
    """An id, any string that channels come up with, without characters that mean something in keys and patterns."""
    quoted = quote(conversation, safe="", errors="surrogatepass")
    if len(quoted) <= LONGEST:
        return quoted
    return _DIGEST + hashlib.sha256(conversation.encode("utf-8", "surrogatepass")).hexdigest()

"""A Bot API server on loopback: speaks HTTP, keeps updates until they are confirmed, checks what is sent, and misbehaves when told to.

It runs in the loop of the test. `calls` are all requests; `messages` are those that people see (their text is the caption of a file
where it is one), `deleted` those that were deleted. `topics` are those of forums.
"""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, unquote

TOKEN = "4242:test-token_of_no_bot"
LIMIT = 4096
CAPTION = 1024
TAGS = {"b", "strong", "i", "em", "u", "s", "a", "code", "pre", "blockquote"}


@dataclass
class Call:
    method: str
    params: dict[str, Any]
    at: float
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)


@dataclass
class Misbehaviour:
    """What happens to a request instead of, or before, the right answer.

    status: this error. slow: seconds until the answer. drop: `before` it is done or `after`; the connection is closed without an
    answer. raw: this body with status 200. only: for which requests.
    """

    status: int | None = None
    description: str = "Bad Request: as told"
    parameters: dict[str, Any] | None = None
    slow: float = 0.0
    drop: str | None = None
    raw: bytes | None = None
    only: Callable[[dict[str, Any]], bool] = lambda params: True
    times: int = 1


@dataclass
class Topic:
    id: int
    name: str
    closed: bool = False


class Refused(Exception):
    def __init__(self, status: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


class BotApi:
    def __init__(self, token: str = TOKEN, username: str = "QianhaiTestBot") -> None:
        self.token = token
        self.id = int(token.partition(":")[0])
        self.username = username
        self.calls: list[Call] = []
        self.messages: list[dict[str, Any]] = []
        self.updates: deque[dict[str, Any]] = deque()
        self.webhook: dict[str, Any] = {"url": "", "pending_update_count": 0, "has_custom_certificate": False}
        self.refuse_language: set[str] = set()
        self.deleted: list[dict[str, Any]] = []
        self.forums: set[int] = set()
        self.topics: dict[int, Topic] = {}
        self.manages_topics = True
        self.writes_in_closed = True
        self.files: dict[str, tuple[str, bytes]] = {}
        """By file id, kind and bytes."""
        self.revoked = False
        self._told: dict[str, list[Misbehaviour]] = defaultdict(list)
        self._next_update = 1000
        self._next_message = 1
        self._news = asyncio.Event()
        self._poller = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.sleep(0)

    # what a test says

    def tell(self, method: str, **how: Any) -> None:
        """Misbehave at the next requests of a method."""
        self._told[method].append(Misbehaviour(**how))

    def update(self, kind: str, content: dict[str, Any]) -> int:
        """A new update; returns its id."""
        self._next_update += 1
        self.updates.append({"update_id": self._next_update, kind: content})
        self._news.set()
        return self._next_update

    def say(
        self, text: str | None, user: int = 7, chat: int | None = None, *, code: str | None = "en", **more: Any
    ) -> int:
        """Somebody writes: to the bot, or in a group (negative chat)."""
        return self.update("message", self.message(text, user, chat, code=code, **more))

    def message(self, text: str | None, user: int = 7, chat: int | None = None, *, code: str | None = "en", **more: Any) -> dict[str, Any]:  # fmt: skip
        self._next_message += 1
        found: dict[str, Any] = {
            "message_id": self._next_message,
            "date": int(time.time()),
            "chat": self.chat(user if chat is None else chat),
            "from": self.person(user, code),
            **more,
        }
        if text is not None:
            found["text"] = text
        return found

    def press(self, message: dict[str, Any], title: str, user: int = 7, code: str = "en") -> int:
        """Somebody presses a button that a message of the bot has."""
        data = self.button(message, title)
        return self.press_data(data, message, user, code)

    def press_data(self, data: str, message: dict[str, Any], user: int = 7, code: str = "en") -> int:
        content = {
            "id": f"q{self._next_update}",
            "from": self.person(user, code),
            "chat_instance": "1",
            "message": message,
            "data": data,
        }
        return self.update("callback_query", content)

    @staticmethod
    def button(message: dict[str, Any], title: str) -> str:
        rows = message["reply_markup"]["inline_keyboard"]
        return next(button["callback_data"] for row in rows for button in row if button["text"] == title)

    @staticmethod
    def titles(message: dict[str, Any]) -> list[str]:
        return [b["text"] for row in message.get("reply_markup", {}).get("inline_keyboard", []) for b in row]

    def me(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": True, "first_name": "Test", "username": self.username}

    @staticmethod
    def person(user: int, code: str | None = "en") -> dict[str, Any]:
        found: dict[str, Any] = {"id": user, "is_bot": False, "first_name": f"Person {user}"}
        return {**found, "language_code": code} if code else found

    @staticmethod
    def chat(chat: int) -> dict[str, Any]:
        if chat < 0:
            return {"id": chat, "type": "supergroup", "title": "A group"}
        return {"id": chat, "type": "private", "first_name": f"Person {chat}"}

    def of(self, method: str) -> list[dict[str, Any]]:
        return [call.params for call in self.calls if call.method == method]

    def texts(self, chat: int | None = None) -> list[str]:
        """What people read, in order."""
        return [m["text"] for m in self.messages if chat is None or m["chat"]["id"] == chat]

    async def until(self, condition: Callable[[], Any], seconds: float = 8.0) -> Any:
        """The value of a condition once it is true. Raises TimeoutError."""
        end = time.monotonic() + seconds
        while not (found := condition()):
            if time.monotonic() > end:
                raise TimeoutError(f"not within {seconds} s; got {[m['text'][:60] for m in self.messages]}")
            await asyncio.sleep(0.01)
        return found

    async def got(self, count: int, chat: int | None = None, seconds: float = 8.0) -> list[dict[str, Any]]:
        """The messages people got, once there are so many."""

        def found() -> list[dict[str, Any]]:
            return [m for m in self.messages if chat is None or m["chat"]["id"] == chat]

        await self.until(lambda: len(found()) >= count, seconds)
        return found()

    def file(self, kind: str, content: bytes) -> str:
        """A file that Telegram has; returns its id."""
        name = f"{kind}-{len(self.files)}-of-telegram"
        self.files[name] = (kind, content)
        return name

    def topic(self, title: str) -> Topic:
        """The topic whose name has this in it."""
        return next(topic for topic in self.topics.values() if title in topic.name)

    def within(self, topic: int) -> list[str]:
        """The texts in a topic, in order."""
        return [m["text"] for m in self.messages if m["params"].get("message_thread_id") == topic]

    # the server

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                first, *lines = head.decode("latin-1").split("\r\n")
                headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines) if k}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                _, path, _ = first.split(" ")
                answer = await self._answer(path, headers.get("content-type", ""), body)
                if answer is None:
                    writer.transport.abort()
                    break
                status, content = answer
                writer.write(
                    f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode()
                    + content
                )
                await writer.drain()
        self._open.discard(writer)
        writer.close()

    async def _answer(self, path: str, content_type: str, body: bytes) -> tuple[int, bytes] | None:
        """Status and body; None: close the connection."""
        path = unquote(path)
        start, _, method = path.rpartition("/")
        params, files = parse(content_type, body)
        if path.startswith(f"/file/bot{self.token}/"):
            return (200, self.files[method][1]) if method in self.files else error(404, "Not Found")
        if start != f"/bot{self.token}" or self.revoked:
            return error(401, "Unauthorized")
        self.calls.append(Call(method, params, time.monotonic(), files))
        told = self._misbehaviour(method, params)
        if told:
            if told.drop == "before":
                return None
            if told.status:
                await asyncio.sleep(told.slow)
                return error(told.status, told.description, told.parameters)
        try:
            result = await self._do(method, params)
        except Refused as refused:
            return error(refused.status, refused.description, refused.parameters)
        if told:
            await asyncio.sleep(told.slow)
            if told.drop == "after":
                return None
            if told.raw is not None:
                return 200, told.raw
        return 200, json.dumps({"ok": True, "result": result}).encode()

    def _misbehaviour(self, method: str, params: dict[str, Any]) -> Misbehaviour | None:
        for told in self._told[method]:
            if told.times and told.only(params):
                told.times -= 1
                return told
        return None

    async def _do(self, method: str, params: dict[str, Any]) -> Any:
        handler = getattr(self, f"_{method}", None)
        if handler is None:
            raise Refused(404, "Not Found: method not found")
        result = handler(params)
        return await result if asyncio.iscoroutine(result) else result

    def _getMe(self, params: dict[str, Any]) -> Any:  # noqa: N802
        return self.me()

    async def _getUpdates(self, params: dict[str, Any]) -> Any:  # noqa: N802
        if self.webhook["url"]:
            raise Refused(
                409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )  # fmt: skip
        self._poller += 1
        mine = self._poller
        self._news.set()
        offset = params.get("offset")
        if offset is not None:
            while self.updates and self.updates[0]["update_id"] < offset:
                self.updates.popleft()
        end = time.monotonic() + params.get("timeout", 0)
        while True:
            if self._poller != mine:
                raise Refused(
                    409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
                )  # fmt: skip
            if self.updates or time.monotonic() >= end:
                return list(self.updates)[: params.get("limit", 100)]
            self._news.clear()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(0.1, max(0.0, end - time.monotonic())))

    def _getWebhookInfo(self, params: dict[str, Any]) -> Any:  # noqa: N802
        return self.webhook

    def _setWebhook(self, params: dict[str, Any]) -> Any:  # noqa: N802
        self.webhook = {
            "url": params["url"],
            "pending_update_count": 0,
            "has_custom_certificate": False,
            "allowed_updates": params.get("allowed_updates", []),
        }
        self.secret = params.get("secret_token")
        return True

    def _deleteWebhook(self, params: dict[str, Any]) -> Any:  # noqa: N802
        self.webhook = {"url": "", "pending_update_count": 0, "has_custom_certificate": False}
        return True

    def _sendMessage(self, params: dict[str, Any]) -> Any:  # noqa: N802
        text = readable(params["text"], params.get("parse_mode"))
        return self._sent(params, text)

    def _sent(self, params: dict[str, Any], text: str, **media: Any) -> dict[str, Any]:
        check_markup(params.get("reply_markup"))
        topic = params.get("message_thread_id")
        if topic is not None and int(params["chat_id"]) in self.forums:
            if topic not in self.topics:
                raise Refused(400, "Bad Request: message thread not found")
            if self.topics[topic].closed and not self.writes_in_closed:
                raise Refused(400, "Bad Request: TOPIC_CLOSED")
        self._next_message += 1
        message: dict[str, Any] = {
            "message_id": self._next_message,
            "date": int(time.time()),
            "chat": self.chat(int(params["chat_id"])),
            "from": self.me(),
            **({"caption": text} if media else {"text": text}),
            **media,
        }
        if params.get("reply_markup"):
            message["reply_markup"] = params["reply_markup"]
        self.messages.append({**message, "text": text, "params": params, "at": time.monotonic()})
        return message

    def _find(self, params: dict[str, Any], what: str, message: int | None = None) -> dict[str, Any]:
        wanted = (message or params["message_id"], params["chat_id"])
        found = next((m for m in self.messages if (m["message_id"], m["chat"]["id"]) == wanted), None)
        if found is None:
            raise Refused(400, f"Bad Request: message to {what} not found")
        return found

    def _editMessageText(self, params: dict[str, Any]) -> Any:  # noqa: N802
        found = self._find(params, "edit")
        if "caption" in found:
            raise Refused(400, "Bad Request: there is no text in the message to edit")
        return self._edited(found, params, readable(params["text"], params.get("parse_mode")))

    def _editMessageCaption(self, params: dict[str, Any]) -> Any:  # noqa: N802
        found = self._find(params, "edit")
        if "caption" not in found:
            raise Refused(400, "Bad Request: there is no caption in the message to edit")
        return self._edited(found, params, readable(params.get("caption", ""), params.get("parse_mode"), CAPTION))

    def _editMessageReplyMarkup(self, params: dict[str, Any]) -> Any:  # noqa: N802
        found = self._find(params, "edit")
        return self._edited(found, params, found["text"])

    def _edited(self, found: dict[str, Any], params: dict[str, Any], text: str) -> Any:
        check_markup(params.get("reply_markup"))
        if text == found["text"] and params.get("reply_markup") == found.get("reply_markup"):
            raise Refused(400, "Bad Request: message is not modified: specified new message content is the same")
        found["text"], found["edited"] = text, True
        found.pop("reply_markup", None)
        if params.get("reply_markup"):
            found["reply_markup"] = params["reply_markup"]
        if "caption" in found:
            found["caption"] = text
        hidden = ("params", "at", "edited", "upload", *(("text",) if "caption" in found else ()))
        return {key: value for key, value in found.items() if key not in hidden}

    def _deleteMessage(self, params: dict[str, Any]) -> Any:  # noqa: N802
        found = self._find(params, "delete")
        self.messages.remove(found)
        self.deleted.append(found)
        return True

    def _deleteMessages(self, params: dict[str, Any]) -> Any:  # noqa: N802
        if len(params["message_ids"]) > 100:
            raise Refused(400, "Bad Request: too many messages to delete")
        for message in params["message_ids"]:  # those that are not there are skipped
            with contextlib.suppress(Refused):
                self._deleteMessage({**params, "message_id": message})
        return True

    def _sendPhoto(self, params: dict[str, Any]) -> Any:  # noqa: N802
        return self._media("photo", params)

    def _sendDocument(self, params: dict[str, Any]) -> Any:  # noqa: N802
        return self._media("document", params)

    def _sendVoice(self, params: dict[str, Any]) -> Any:  # noqa: N802
        return self._media("voice", params)

    def _sendVideo(self, params: dict[str, Any]) -> Any:  # noqa: N802
        return self._media("video", params)

    def _sendAudio(self, params: dict[str, Any]) -> Any:  # noqa: N802
        return self._media("audio", params)

    def _media(self, kind: str, params: dict[str, Any]) -> Any:
        files = self.calls[-1].files
        if files:
            name, content = next(iter(files.values()))
            if kind == "photo" and not content.startswith((b"\x89PNG", b"\xff\xd8")):
                raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
            given = self.file(kind, content)
        else:
            given, name = str(params[kind]), ""
            if given not in self.files:
                raise Refused(400, "Bad Request: wrong file identifier/HTTP URL specified")
            if self.files[given][0] != kind:
                raise Refused(
                    400, f"Bad Request: can't use file of type {self.files[given][0].title()} as {kind.title()}"
                )
        text = readable(params["caption"], params.get("parse_mode"), CAPTION) if params.get("caption") else ""
        media: dict[str, Any] = {"file_id": given, "file_unique_id": given, "width": 1, "height": 1, "duration": 1}
        return self._sent(params, text, **{kind: [media] if kind == "photo" else {**media, "file_name": name}})

    def _getFile(self, params: dict[str, Any]) -> Any:  # noqa: N802
        name = params["file_id"]
        if name not in self.files:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        return {
            "file_id": name,
            "file_unique_id": name,
            "file_size": len(self.files[name][1]),
            "file_path": f"files/{name}",
        }

    def _createForumTopic(self, params: dict[str, Any]) -> Any:  # noqa: N802
        if int(params["chat_id"]) not in self.forums:
            raise Refused(400, "Bad Request: the chat is not a forum")
        self._may_manage("create a topic")
        if not 0 < len(params["name"]) <= 128:
            raise Refused(400, "Bad Request: TOPIC_TITLE_INVALID")
        self._next_message += 1
        self.topics[self._next_message] = Topic(self._next_message, params["name"])
        return {"message_thread_id": self._next_message, "name": params["name"], "icon_color": 7322096}

    def _may_manage(self, what: str) -> None:
        if not self.manages_topics:
            raise Refused(400, f"Bad Request: not enough rights to {what}")

    def _topic(self, params: dict[str, Any]) -> Topic:
        self._may_manage("manage topics")
        if params["message_thread_id"] not in self.topics:
            raise Refused(400, "Bad Request: TOPIC_ID_INVALID")
        return self.topics[params["message_thread_id"]]

    def _editForumTopic(self, params: dict[str, Any]) -> Any:  # noqa: N802
        topic = self._topic(params)
        if topic.name == params["name"]:
            raise Refused(400, "Bad Request: TOPIC_NOT_MODIFIED")
        topic.name = params["name"]
        return True

    def _closeForumTopic(self, params: dict[str, Any]) -> Any:  # noqa: N802
        topic = self._topic(params)
        if topic.closed:
            raise Refused(400, "Bad Request: TOPIC_NOT_MODIFIED")
        topic.closed = True
        return True

    def _reopenForumTopic(self, params: dict[str, Any]) -> Any:  # noqa: N802
        topic = self._topic(params)
        if not topic.closed:
            raise Refused(400, "Bad Request: TOPIC_NOT_MODIFIED")
        topic.closed = False
        return True

    def _deleteForumTopic(self, params: dict[str, Any]) -> Any:  # noqa: N802
        topic = self._topic(params)
        self.remove_topic(topic.id)
        return True

    def remove_topic(self, topic: int) -> None:
        """A topic goes with all that is in it."""
        del self.topics[topic]
        gone = [m for m in self.messages if m["params"].get("message_thread_id") == topic]
        self.deleted += gone
        self.messages = [m for m in self.messages if m not in gone]

    def _setMyCommands(self, params: dict[str, Any]) -> Any:  # noqa: N802
        if params.get("language_code") in self.refuse_language:
            raise Refused(400, "Bad Request: invalid language code specified")
        return True

    def _answerCallbackQuery(self, params: dict[str, Any]) -> Any:  # noqa: N802
        if len(params.get("text", "")) > 200:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        return True

    def _sendChatAction(self, params: dict[str, Any]) -> Any:  # noqa: N802
        return True

    def _answerInlineQuery(self, params: dict[str, Any]) -> Any:  # noqa: N802
        ids = [result["id"] for result in params["results"]]
        if len(set(ids)) != len(ids) or len(ids) > 50 or any(len(each.encode()) > 64 for each in ids):
            raise Refused(400, "Bad Request: RESULT_ID_INVALID")
        for result in params["results"]:
            content = result["input_message_content"]
            readable(content["message_text"], content.get("parse_mode"))
        return True


def error(status: int, description: str, parameters: dict[str, Any] | None = None) -> tuple[int, bytes]:
    content: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return status, json.dumps({**content, "parameters": parameters} if parameters else content).encode()


def parse(content_type: str, body: bytes) -> tuple[dict[str, Any], dict[str, tuple[str, bytes]]]:
    """Parameters and files of a request."""
    if content_type.startswith("application/json"):
        return json.loads(body), {}
    if not content_type.startswith("multipart/"):
        return {key: value_of(key, value) for key, value in parse_qsl(body.decode(), keep_blank_values=True)}, {}
    raw = b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body
    params: dict[str, Any] = {}
    files = {}
    for part in email.message_from_bytes(raw, policy=email.policy.HTTP).iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if part.get_filename():
            files[name] = (str(part.get_filename()), content)
        else:
            params[name] = value_of(name, content.decode())
    return params, files


def value_of(key: str, value: str) -> Any:
    if key in ("text", "url", "secret_token", "caption", "callback_query_id", "inline_query_id"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def readable(text: str, mode: str | None, limit: int = LIMIT) -> str:
    """What people read of a text. Raises Refused as Telegram does."""
    shown = text
    if mode == "HTML":
        reader = _Html()
        reader.feed(text)
        reader.close()
        if reader.open or reader.wrong:
            raise Refused(400, "Bad Request: can't parse entities: as the tags are")
        shown = reader.text
    units = len(shown.encode("utf-16-le")) // 2
    if not shown.strip() and limit == LIMIT:
        raise Refused(400, "Bad Request: message text is empty")
    if units > limit:
        raise Refused(400, "Bad Request: message is too long")
    return shown


def check_markup(markup: dict[str, Any] | None) -> None:
    for row in (markup or {}).get("inline_keyboard", []):
        for button in row:
            if len(button.get("callback_data", "").encode()) > 64:
                raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
            if not button["text"]:
                raise Refused(400, "Bad Request: text buttons are not allowed to be empty")


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.open: list[str] = []
        self.wrong = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.wrong |= tag not in TAGS
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.wrong |= not self.open or self.open.pop() != tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.wrong = True

"""The terminal channel: `bot chat` and `bot ask`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape

from bot.assistant import Assistant
from bot.engine.errors import EngineError
from bot.engine.protocol import Answer

WELCOME = (
    "Qianhai Talent Assistant / 前海人才服务助手\n"
    "Ask in English or Chinese. Type a number for a button, /quit to leave.\n"
    "请用中文或英文提问。输入数字选择按钮，输入 /quit 退出。"
)


async def chat(assistant: Assistant, console: Console) -> None:
    """Talk until `/quit` or the end of input."""
    console.print(WELCOME, style="bold")
    while True:
        try:
            line = await asyncio.to_thread(console.input, "\n[bold cyan]> [/]")
        except (EOFError, KeyboardInterrupt):
            return
        if line.strip().lower() in ("/quit", "/exit"):
            return
        if not line.strip():
            continue
        with console.status("…"):
            answer = await assistant.reply("terminal", line)
        show(answer, console)


def show(answer: Answer, console: Console) -> None:
    """Print an answer, its buttons numbered."""
    console.print(escape(answer.text), highlight=False)
    if answer.buttons:
        rows = [f"[cyan]{number}[/] {escape(b.title)}" for number, b in enumerate(answer.buttons, start=1)]
        console.print("  ".join(rows), highlight=False)


async def ask(assistant: Assistant, lines: Iterable[str], as_json: bool, write: Callable[[str], None]) -> bool:
    """Answer each line in order; False when a line could not be answered.

    A line is plain text, its own conversation, or a JSON object with `conversation` and `text`.
    """
    fine = True
    for number, line in enumerate(lines, start=1):
        try:
            conversation, text = parse_line(line, number)
            answer = await assistant.reply(conversation, text)
        except (ValueError, EngineError) as error:
            fine = False
            write(json.dumps({"error": str(error), "line": number}, ensure_ascii=False) if as_json else f"! {error}")
            continue
        write(_printable(as_object(conversation, text, answer)) if as_json else _plain(answer))
    return fine


def _printable(data: dict[str, Any]) -> str:
    """JSON that can be encoded, whatever was typed (half a surrogate pair cannot)."""
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")


def parse_line(line: str, number: int) -> tuple[str, str]:
    """Conversation and text of an input line. Raises ValueError for a line that begins as JSON but is none of ours."""
    if not line.lstrip().startswith("{"):
        return f"line-{number}", line.rstrip("\r\n")
    try:
        data = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"line {number} is not valid JSON: {getattr(error, 'msg', 'nested too deeply')}") from error
    text = data.get("text")
    if not isinstance(text, str):
        raise ValueError(f'line {number}: `text` is missing or no string, as in {{"conversation": "c1", "text": "…"}}')
    conversation = data.get("conversation", f"line-{number}")
    if isinstance(conversation, bool) or not isinstance(conversation, (str, int)):
        raise ValueError(f"line {number}: `conversation` is no string")
    return str(conversation), text


def as_object(conversation: str, text: str, answer: Answer) -> dict[str, Any]:
    """One answer as `bot ask --json` prints it."""
    return {
        "conversation": conversation,
        "text": text,
        "language": answer.language,
        "intent": answer.intent,
        "service": answer.service,
        "confidence": answer.confidence,
        "readings": [vars(reading) for reading in answer.readings],
        "answer": answer.text,
        "buttons": [button.title for button in answer.buttons],
        "sources": [vars(source) for source in answer.sources],
        "handoff": answer.handoff,
        "verdict": answer.verdict,
        "ms": answer.ms,
    }


def _plain(answer: Answer) -> str:
    buttons = "".join(f"\n  [{number}] {b.title}" for number, b in enumerate(answer.buttons, start=1))
    return f"{answer.text}{buttons}\n"

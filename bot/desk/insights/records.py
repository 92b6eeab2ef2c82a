"""Visits and questions asked in vain, written as conversations go on.

A conversation stands here by a digest only, made with a secret that is in Redis. What a turn adds is written by one script, whose
work does not grow with what is there already.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence

from redis.asyncio import Redis

from bot.desk.insights.vain import Mark, Question
from bot.desk.insights.visits import GAP, KEPT, Visit, counted, in_vain, question
from bot.engine.protocol import Answer
from bot.messages import Incoming
from bot.store.connection import store_errors
from bot.store.keys import Keys

SEEN = 2 * 86400
"""Seconds for which a message that comes again is known."""

ASKED = 86400
"""Seconds for which 👎 is taken to be about the last question."""

VAIN = 90 * 86400
"""Seconds a question asked in vain is kept."""

MOST_VAIN = 20_000
"""Questions kept at one time; beyond, the oldest go first."""

AT_ONCE = 1_000

TURN = f"""
-- KEYS: seen, visits, visit data, visits of the conversation, asked, vain, vain data, vain of the conversation, marks. ARGV: the turn, JSON
if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', {SEEN}) then return 0 end
local turn = cjson.decode(ARGV[1])

local old = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', turn.at - {KEPT}, 'LIMIT', 0, 20)
if #old > 0 then
  redis.call('HDEL', KEYS[3], unpack(old))
  redis.call('ZREM', KEYS[2], unpack(old))
end
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', turn.at - {KEPT})
local spent = redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', turn.at - {VAIN}, 'LIMIT', 0, 20)
if #spent == 0 and redis.call('ZCARD', KEYS[6]) > {MOST_VAIN} then spent = redis.call('ZRANGE', KEYS[6], 0, 9) end
if #spent > 0 then
  redis.call('HDEL', KEYS[7], unpack(spent))
  redis.call('HDEL', KEYS[9], unpack(spent))
  redis.call('ZREM', KEYS[6], unpack(spent))
end

local id = redis.call('ZREVRANGE', KEYS[4], 0, 0)[1]
local written = id and redis.call('HGET', KEYS[3], id)
local visit = written and cjson.decode(written)
if not visit or turn.at - visit.last >= {GAP} then
  id = turn.visit
  visit = {{who = turn.who, start = turn.at, last = turn.at, channel = turn.channel, language = turn.language or turn.guess,
    services = {{}}, intents = {{}}, messages = 0}}
  redis.call('ZADD', KEYS[2], turn.at, id)
  redis.call('ZADD', KEYS[4], turn.at, id)
end
visit.last = math.max(visit.last, turn.at)
visit.language = turn.language or visit.language
visit.messages = visit.messages + 1
for _, name in ipairs(turn.services) do visit.services[name] = (visit.services[name] or 0) + 1 end
for _, name in ipairs(turn.intents) do visit.intents[name] = (visit.intents[name] or 0) + 1 end
for name, count in pairs(turn.counts) do visit[name] = (visit[name] or 0) + count end
redis.call('HSET', KEYS[3], id, cjson.encode(visit))
for i = 2, 4 do redis.call('EXPIRE', KEYS[i], {KEPT}) end

local function keep(question, kind)
  question.kind = kind
  if redis.call('HSETNX', KEYS[7], question.id, cjson.encode(question)) == 1 then
    redis.call('ZADD', KEYS[6], question.at, question.id)
    redis.call('SADD', KEYS[8], question.id)
  end
  redis.call('EXPIRE', KEYS[8], {VAIN})
end
if turn.down then
  local asked = redis.call('GET', KEYS[5])
  if asked then keep(cjson.decode(asked), 'down') end
end
if turn.question then
  local asked = redis.call('GET', KEYS[5])
  local interview = turn.question.intents[1] == 'check_eligibility' and asked and cjson.decode(asked).intents[1] == 'check_eligibility'
  if not interview then redis.call('SET', KEYS[5], cjson.encode(turn.question), 'EX', {ASKED}) end
  if turn.kind then keep(turn.question, turn.kind) end
end
for _, key in ipairs({{KEYS[6], KEYS[7], KEYS[9]}}) do redis.call('EXPIRE', key, {VAIN}) end
return 1
"""

FORGET = """
-- KEYS: visits, visit data, visits of the conversation, asked, vain, vain data, vain of the conversation, marks
for _, id in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
  redis.call('ZREM', KEYS[1], id)
  redis.call('HDEL', KEYS[2], id)
end
for _, id in ipairs(redis.call('SMEMBERS', KEYS[7])) do
  redis.call('ZREM', KEYS[5], id)
  redis.call('HDEL', KEYS[6], id)
  redis.call('HDEL', KEYS[8], id)
end
redis.call('DEL', KEYS[3], KEYS[4], KEYS[7])
"""

MARK = f"""
-- KEYS: marks, vain data. ARGV: id, what stands there ('' for nothing), what shall stand there ('' for nothing)
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 or (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
redis.call('EXPIRE', KEYS[1], {VAIN})
return 1
"""


class Records:
    """Every method raises StoreUnavailable when Redis does not answer."""

    def __init__(self, redis: Redis, keys: Keys = Keys()) -> None:  # noqa: B008
        self._redis, self._keys = redis, keys
        self._secret: bytes | None = None
        self._turn = redis.register_script(TURN)
        self._forget = redis.register_script(FORGET)
        self._mark = redis.register_script(MARK)

    async def turn(self, message: Incoming, answer: Answer | None, payload: str | None = None) -> None:
        """What a message and its answer add. A message that comes again adds nothing.

        answer: None if staff have the conversation. payload: what the pressed button means. An answer that says that everything
        was deleted deletes what is here as well.
        """
        if answer is not None and answer.forgotten:
            await self.forget(message.conversation)
            return
        who = await self.who(message.conversation)
        seen = _digest(await self._known_secret(), f"{message.conversation}\0{message.message_id}")
        counts = counted(message, answer, payload)
        language, services, intents = (counts.pop(name) for name in ("language", "services", "intents"))
        asked = question(message, answer)
        turn = {
            "who": who,
            "visit": f"{who}.{round(message.at * 1000)}",
            "at": round(message.at, 3),
            "channel": message.channel,
            "language": language,
            "guess": message.language or "en",
            "services": services,
            "intents": intents,
            "counts": counts,
            "down": bool(counts["down"]),
            "question": {**asked, "id": seen, "who": who} if asked else None,
            "kind": in_vain(answer),
        }
        written = json.dumps({name: value for name, value in turn.items() if value is not None})
        keys = self._keys
        with store_errors():
            await self._turn(
                keys=[
                    keys.desk("seen", seen), keys.desk("visits"), keys.desk("visit-data"), keys.desk("visits-of", who),
                    keys.desk("asked", who), keys.desk("vain"), keys.desk("vain-data"), keys.desk("vain-of", who), keys.desk("vain-marks"),
                ],
                args=[written],
            )  # fmt: skip

    async def forget(self, conversation: str) -> None:
        """Delete the visits of a conversation and the questions it asked in vain."""
        who, keys = await self.who(conversation), self._keys
        with store_errors():
            await self._forget(
                keys=[
                    keys.desk("visits"), keys.desk("visit-data"), keys.desk("visits-of", who), keys.desk("asked", who),
                    keys.desk("vain"), keys.desk("vain-data"), keys.desk("vain-of", who), keys.desk("vain-marks"),
                ]
            )  # fmt: skip

    async def who(self, conversation: str) -> str:
        """The digest by which a conversation stands here."""
        return _digest(await self._known_secret(), conversation)

    async def visits(self, start: float, end: float) -> list[Visit]:
        """Visits that began in [start, end), oldest first."""
        with store_errors():
            ids = await self._redis.zrangebyscore(self._keys.desk("visits"), start, f"({end}")
        found = await self._read(self._keys.desk("visit-data"), ids)
        return [Visit.from_json(json.loads(each)) for each in found if each]

    async def vain(self, most: int) -> list[Question]:
        """Questions asked in vain, the newest `most` of them, oldest first."""
        with store_errors():
            ids = await self._redis.zrevrange(self._keys.desk("vain"), 0, most - 1)
        found = await self._read(self._keys.desk("vain-data"), ids[::-1])
        return [Question.from_json(json.loads(each)) for each in found if each]

    async def marks(self) -> dict[str, Mark]:
        """What was decided on questions, by their ids."""
        with store_errors():
            found = await self._redis.hgetall(self._keys.desk("vain-marks"))
        return {id_: Mark.from_json(json.loads(written)) for id_, written in found.items()}

    async def mark(self, id_: str, before: Mark | None, after: Mark | None) -> bool:
        """Decide on a question (None: nothing). False if something else was decided meanwhile, or the question is gone."""
        with store_errors():
            done = await self._mark(
                keys=[self._keys.desk("vain-marks"), self._keys.desk("vain-data")],
                args=[id_, _written(before), _written(after)],
            )
        return bool(done)

    async def _known_secret(self) -> bytes:
        if self._secret is None:
            key = self._keys.desk("insights-secret")
            with store_errors():
                async with self._redis.pipeline(transaction=True) as pipe:
                    pipe.set(key, secrets.token_hex(32), nx=True).get(key)
                    _, found = await pipe.execute()
            self._secret = str(found).encode()
        return self._secret

    async def _read(self, key: str, ids: Sequence[str]) -> list[str | None]:
        found: list[str | None] = []
        for place in range(0, len(ids), AT_ONCE):
            with store_errors():
                found += await self._redis.hmget(key, ids[place : place + AT_ONCE])
        return found


def _digest(secret: bytes, text: str) -> str:
    return hmac.new(secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]


def _written(mark: Mark | None) -> str:
    return json.dumps(mark.to_json(), sort_keys=True) if mark else ""

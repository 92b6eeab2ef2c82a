"""Owners of a shard that come, go, sleep and crash at any moment, against what must hold whatever they do."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.engine.protocol import Answer
from bot.messages import Incoming, Outgoing
from bot.store.connection import connect, socket_url
from bot.store.deadletters import DeadLetters
from bot.store.inbox import SHARDS, Inbox, Waiting
from bot.store.leases import Lease, LeaseLost, Leases
from bot.store.outbox import Outbox

CONVERSATIONS = st.sampled_from(["a", "b", "c"])
OWNERS = st.integers(0, 2)


class Owner:
    """A gateway that works on one conversation at a time. turn: what it has read and wants to finish, under which lease."""

    def __init__(self, leases: Leases) -> None:
        self.leases = leases
        self.turn: tuple[Lease, list[Waiting]] | None = None


def machine(loop: asyncio.AbstractEventLoop, socket: Path) -> type[RuleBasedStateMachine]:
    class Machine(RuleBasedStateMachine):
        def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
            return loop.run_until_complete(asyncio.wait_for(doing, 10))

        @initialize()
        def begin(self) -> None:
            self.redis = connect(socket_url(socket))
            self.run(self.redis.flushall())
            self.inbox = Inbox(self.redis)
            self.owners = [Owner(Leases(self.redis, "inbox", SHARDS)) for _ in range(3)]
            self.accepted: dict[str, list[str]] = defaultdict(list)
            for number in range(4):
                self.put("a", number)
                self.put("b", number)
            self.renew(0)

        def teardown(self) -> None:
            if hasattr(self, "redis"):
                self.run(self.redis.close(close_connection_pool=True))

        @rule(conversation=CONVERSATIONS, number=st.integers(0, 30))
        def comes_in(self, conversation: str, number: int) -> None:
            self.put(conversation, number)

        def put(self, conversation: str, number: int) -> None:
            new = self.run(self.inbox.put(Incoming("web", conversation, str(number), 1.0, text="x")))
            assert new == (str(number) not in self.accepted[conversation])
            if new:
                self.accepted[conversation].append(str(number))

        @rule(owner=OWNERS)
        def renews(self, owner: int) -> None:
            self.renew(owner)

        def renew(self, owner: int) -> None:
            leases = self.owners[owner].leases
            share = self.run(leases.renew()).share
            for lease in sorted(leases.held.values(), key=lambda lease: lease.number)[share:]:
                self.run(leases.release(lease))

        @rule()
        def all_leases_end(self) -> None:
            """As if nobody had renewed for too long; the owners do not know."""
            for number in range(SHARDS):
                self.run(self.redis.delete(self.owners[0].leases._keys.lease("inbox", number)))

        @rule(owner=OWNERS)
        def crash(self, owner: int) -> None:
            self.owners[owner] = Owner(Leases(self.redis, "inbox", SHARDS))

        @precondition(lambda self: self.run(self.inbox.length()))
        @rule(owner=OWNERS, which=st.integers(0, 2), most=st.integers(1, 3))
        def start_a_turn(self, owner: int, which: int, most: int) -> None:
            """The first messages of a conversation, as many as somebody began together, else up to `most`."""
            one = self.owners[owner]
            if not one.leases.held:
                self.renew(owner)
            taken = self.run(self.inbox.take(dict.fromkeys(one.leases.held, "0")))
            if not taken:
                return
            conversation = taken[which % len(taken)].message.conversation
            waiting = [each for each in taken if each.message.conversation == conversation]
            lease = one.leases.held[waiting[0].shard]
            begun = self.run(self.inbox.begun(waiting[0].shard)).get(waiting[0].place)
            batch = [each for each in waiting if each.place in begun] if begun else waiting[:most]
            try:
                self.run(self.inbox.begin(lease, [each.place for each in batch]))
            except LeaseLost:
                return
            one.turn = lease, batch

        @precondition(lambda self: any(owner.turn for owner in self.owners))
        @rule(owner=OWNERS, again=st.booleans(), dead=st.booleans())
        def finish(self, owner: int, again: bool, dead: bool) -> None:
            busy = [one for one in self.owners if one.turn]
            one = busy[owner % len(busy)]
            lease, batch = one.turn
            if not again:
                one.turn = None
            messages = [each.message for each in batch if each.message]
            reply = Outgoing(
                batch[-1].place, "web", messages[0].conversation, tuple(each.message_id for each in messages),
                Answer("en", "greet", None, 1.0, "x"), (), 1.0,
            )  # fmt: skip
            holds = self.run(self.redis.get(lease.key)) == lease.token
            try:
                self.run(self.inbox.finish(lease, batch, reply, "reason" if dead else None))
            except LeaseLost:
                assert not holds
            else:
                assert holds

        @invariant()
        def answered_once_in_order(self) -> None:
            """What is answered are the first messages of each conversation, the rest waits, each exactly once."""
            if not hasattr(self, "redis"):
                return
            found: dict[str, list[str]] = defaultdict(list)
            for each in self.run(Outbox(self.redis).take("web")):
                found[each.outgoing.conversation].extend(each.outgoing.reply_to)
            for each in self.run(self.inbox.take(dict.fromkeys(range(SHARDS), "0"))):
                found[each.message.conversation].append(each.message.message_id)
            assert {name: ids for name, ids in found.items() if ids} == {n: i for n, i in self.accepted.items() if i}

        @invariant()
        def nothing_is_held_twice(self) -> None:
            if not hasattr(self, "redis"):
                return
            holders = defaultdict(int)
            for owner in self.owners:
                for lease in owner.leases.held.values():
                    holders[lease.number] += self.run(self.redis.get(lease.key)) == lease.token
            assert all(count <= 1 for count in holders.values())

        @invariant()
        def dead_letters_were_answered_too(self) -> None:
            if not hasattr(self, "redis"):
                return
            waiting = {each.text for each in self.run(self.inbox.take(dict.fromkeys(range(SHARDS), "0")))}
            letters = self.run(DeadLetters(self.redis).list())
            said = {
                (e.outgoing.conversation, id_)
                for e in self.run(Outbox(self.redis).take("web"))
                for id_ in e.outgoing.reply_to
            }
            assert all((m.conversation, m.message_id) in said for letter in letters for m in letter.messages)
            assert len(waiting) == sum(map(len, self.accepted.values())) - len(said)

    return Machine


def test_whatever_owners_do(socket: Path) -> None:
    loop = asyncio.new_event_loop()
    try:
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            machine(loop, socket),
            settings=settings(
                max_examples=30,
                stateful_step_count=25,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        loop.close()

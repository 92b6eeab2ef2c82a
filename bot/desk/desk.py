"""The desk: everything that people and staff can do with cases. Channels call it, and nothing else of this package, for that."""

from __future__ import annotations

from bot.desk.by_itself import ByItself
from bot.desk.for_people import ForPeople
from bot.desk.for_staff import ForStaff


class Desk(ForPeople, ForStaff, ByItself):
    """Every method raises StoreUnavailable when Redis does not answer; what staff do raises DeskError where it cannot be done."""

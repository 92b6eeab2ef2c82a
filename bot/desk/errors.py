"""Why the desk did not do what a member of staff asked for. Each is told them in their language."""

from __future__ import annotations


class DeskError(Exception):
    """`name` is the name of its text."""

    name = "failed"


class NoSuchCase(DeskError):
    """There is no such case (any more)."""

    name = "no_case"


class Taken(DeskError):
    """Somebody else has the case. `by` is their id."""

    name = "taken"

    def __init__(self, by: str) -> None:
        super().__init__(f"the case is with {by}")
        self.by = by


class Over(DeskError):
    """The case is in no state for this, see `cases.IllegalMove`."""

    name = "over"


class Unseen(DeskError):
    """The person wrote something that the member of staff had not seen when they closed the case."""

    name = "unseen"


class NotAllowed(DeskError):
    """Only supervisors, or whoever has the case, may do this."""

    name = "not_allowed"


class NotTheirs(DeskError):
    """What was to be edited or withdrawn is not a message of this member of staff."""

    name = "not_theirs"

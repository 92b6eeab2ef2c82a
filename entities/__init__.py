"""What people answer in free text, found by tested matchers: numbers, money, durations, dates, who they are, yes and no."""

from entities.find import KINDS, find
from entities.message import Found

__all__ = ["KINDS", "Found", "find"]

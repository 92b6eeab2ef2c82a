"""Turn pinyin typed for Chinese ("gongzuo xuke yao duoshao qian") back into Chinese, for features and names only.

Conservative: English is full of words that are pinyin too (can, men, you, change), so Latin words are only touched where
a Chinese word of two syllables or more vouches for them.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from language.pinyin_table import LOOKALIKES, Table, make_table
from language.script import has_han

_LATIN = r"A-Za-z\u00c0-\u024f\u0300-\u036f"
_WORD = re.compile(rf"[{_LATIN}]+")
_PIECE = re.compile(rf"[{_LATIN}0-9]+")
_CHUNK = re.compile(rf"[!-~{_LATIN}]+")
_ADDRESS = re.compile(r"@|://|_|[A-Za-z0-9]\.[A-Za-z0-9]")
_TONED = re.compile(rf"(?:[{_LATIN}]{{2,}}[1-5])+[{_LATIN}]*")
_JOINT = re.compile(r"[ \t'’-]*")
_TONES = "\u0300\u0301\u0304\u030c"
_UMLAUT = "\u0308"


@dataclass(frozen=True)
class Word:
    """A Chinese word typed as `text[start:end]`; `syllables`: (start, end) in the text of each of its characters."""

    start: int
    end: int
    chinese: str
    syllables: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Restored:
    """A text with its pinyin turned Chinese: character i of `text` was typed at `starts[i]` to `ends[i]`."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True)
class _Entry:
    """A reading of some letters: how many there are before each further syllable, the word, the logarithm of its share."""

    cuts: frozenset[int]
    chinese: str
    score: float


@dataclass(frozen=True)
class _Typed:
    """A Latin word: `letters` without tones (ü is v), where each was typed, before which ones a syllable must end."""

    text: str
    letters: str
    starts: list[int]
    ends: list[int]
    breaks: frozenset[int]


_Run = list[_Typed]
"""Words that may be pinyin, side by side."""

_Segment = tuple[int, int, _Entry]
"""A Chinese word that reads letters `[start, end)` of a run."""


class Pinyin:
    """A table of pinyin and the English words that are no pinyin."""

    def __init__(self, table: Table, english: Iterable[str] = ()) -> None:
        """english: words in lower case that are no pinyin. `learn` makes both, `data` gives them for storing."""
        self._table = {key: (chinese, float(weight)) for key, (chinese, weight) in table.items()}
        self._english = frozenset(english)
        total = math.log(sum(weight for _, weight in self._table.values()) or 1)
        readings: defaultdict[str, list[_Entry]] = defaultdict(list)
        for key, (chinese, weight) in self._table.items():
            syllables = key.split("'")
            cuts = frozenset(len("".join(syllables[:count])) for count in range(1, len(syllables)))
            readings["".join(syllables)].append(_Entry(cuts, chinese, math.log(weight) - total))
        self._readings = dict(readings)
        self._prefixes = {letters[:end] for letters in self._readings for end in range(1, len(letters) + 1)}
        self._long_english = {word for word in self._english if self._is_long(word)}

    @classmethod
    def learn(cls, words: Mapping[str, float], messages: Iterable[str] = ()) -> Pinyin:
        """Made of Chinese words with their weights (`pinyin_table.count`) and training messages in any language.

        The words of English messages are taken for English; English are those without Han that are not mostly pinyin.
        """
        table = make_table(words)
        pinyin = cls(table)
        english = set(LOOKALIKES)
        for message in messages:
            typed = _WORD.findall(message.lower())
            if not has_han(message) and sum(map(pinyin._is_pinyin, typed)) * 2 <= len(typed):
                english.update(typed)
        return cls(table, english)

    def data(self) -> dict[str, Any]:
        """What to store as JSON: the arguments that make this object again."""
        return {"table": self._table, "english": sorted(self._english)}

    def restore(self, text: str) -> Restored | None:
        """The text with its pinyin turned Chinese, blanks between restored words dropped; None when there is none."""
        words = self.spans(text)
        if not words:
            return None
        chars: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        position = 0
        for word in words:
            between = text[position : word.start]
            if not (position and between.isspace()):
                chars += between
                starts += range(position, word.start)
                ends += range(position + 1, word.start + 1)
            chars += word.chinese
            starts += [start for start, _ in word.syllables]
            ends += [end for _, end in word.syllables]
            position = word.end
        chars += text[position:]
        starts += range(position, len(text))
        ends += range(position + 1, len(text) + 1)
        return Restored("".join(chars), tuple(starts), tuple(ends))

    def spans(self, text: str) -> list[Word]:
        """The Chinese words that were typed as pinyin, in order, not overlapping."""
        typed = set(_WORD.findall(text.lower()))
        if not any(map(self._is_pinyin, typed - self._english)) and typed.isdisjoint(self._long_english):
            return []
        runs, whole = self._runs(text)
        begin = len(text) - len(text.lstrip())
        clear = [[self._is_clear(word, whole, begin) for word in run] for run in runs]
        segments = [self._segment(run) for run in runs]
        vouched = [_vouched(*each, whole) for each in zip(runs, clear, segments)]
        if not any(vouched):
            return []
        return [
            word
            for index, run in enumerate(runs)
            if whole or vouched[index] or sum(clear[index]) > 1
            for word in _words(run, segments[index] if whole else self._trimmed(run, segments[index]))
        ]

    def _is_english(self, word: _Typed) -> bool:
        return word.text.lower() in self._english

    def _is_clear(self, word: _Typed, whole: bool, begin: int) -> bool:
        """Whether the word is surely not English. `juzhuzheng` may be known from English messages; alone it is Chinese.

        Where English is about, `Zhi Yuan` is a name, unless it stands at the beginning.
        """
        if whole:
            return not self._is_english(word) or word.letters in self._long_english
        return not self._is_english(word) and (word.starts[0] == begin or not word.text.istitle())

    def _is_pinyin(self, word: str) -> bool:
        typed = _typed(word, 0)
        return typed is not None and bool(self._read(typed.letters, typed.breaks))

    def _is_long(self, word: str) -> bool:
        """Whether the word as a whole is a Chinese word of three syllables or more."""
        return any(len(entry.chinese) > 2 for entry in self._readings.get(word, ()))

    def _runs(self, text: str) -> tuple[list[_Run], bool]:
        """The runs of words that may be pinyin, and whether the text has no other words in Latin letters."""
        runs: list[_Run] = []
        whole, adjoining, end = True, False, 0
        for piece in _pieces(text):
            typed = _typed(piece.group(), piece.start())
            if typed and self._read(typed.letters, typed.breaks):
                if not (adjoining and _JOINT.fullmatch(text, end, piece.start())):
                    runs.append([])
                runs[-1].append(typed)
                adjoining, end = True, piece.end()
            else:
                whole = whole and not _WORD.fullmatch(piece.group())
                adjoining = False
        return runs, whole

    def _segment(self, run: _Run) -> list[_Segment]:
        starts = _starts(run)
        breaks = {start + cut for start, word in zip(starts, run) for cut in (0, *word.breaks)}
        return self._read("".join(word.letters for word in run), frozenset(breaks), frozenset(starts))

    def _read(self, letters: str, breaks: frozenset[int], starts: frozenset[int] = frozenset()) -> list[_Segment]:
        """The likeliest words that make up all the letters, or none. Syllables end at `breaks`, typed words at `starts`.

        A word may be part of a typed word or several whole ones, but not parts of two.
        """
        size = len(letters)
        best: list[tuple[float, _Segment | None]] = [(0.0, None), *((-math.inf, None) for _ in letters)]
        for start in range(size):
            score = best[start][0]
            # Inside a typed word, pinyin puts an apostrophe before these vowels; without it, `obama` would be 哦爸妈.
            within = start > 0 and start not in breaks and letters[start] in "aeo"
            if within or score == -math.inf:
                continue
            for end in range(start + 1, size + 1):
                part = letters[start:end]
                if part not in self._prefixes:
                    break
                for entry in self._readings.get(part, ()):
                    if score + entry.score <= best[end][0]:
                        continue
                    inner = [cut for cut in range(start + 1, end) if cut in breaks]
                    if not all(cut - start in entry.cuts for cut in inner):
                        continue
                    if any(cut in starts for cut in inner) and not (start in starts and (end in starts or end == size)):
                        continue
                    best[end] = (score + entry.score, (start, end, entry))
        found: list[_Segment] = []
        segment = best[size][1]
        while segment:
            found.append(segment)
            segment = best[segment[0]][1]
        return found[::-1]

    def _trimmed(self, run: _Run, segments: list[_Segment]) -> list[_Segment]:
        """Without English words at either end: `can you shenqing` begins in English."""
        foreign = [
            (start, start + len(word.letters))
            for start, word in zip(_starts(run), run)
            if not self._is_english(word) or word.letters in self._long_english
        ]
        first, last = foreign[0][0], foreign[-1][1]
        return [(start, end, entry) for start, end, entry in segments if end > first and start < last]


def _vouched(run: _Run, clear: list[bool], segments: list[_Segment], whole: bool) -> bool:
    """Whether a Chinese word of two syllables or more shows that the run is pinyin.

    clear: which words of the run are neither English nor names. whole: whether the text has no other Latin words.
    """
    owner = [index for index, word in enumerate(run) for _ in word.letters]
    several = sum(clear) > 1
    for start, end, entry in segments:
        first, last = owner[start], owner[end - 1]
        if len(entry.chinese) == 1:
            continue
        if first < last:
            syllables = sum(clear[owner[start + cut]] for cut in (0, *entry.cuts))
            if syllables > 1 or (syllables and (whole or several)):
                return True
        elif clear[first] and (several or _mostly_words([e for begin, _, e in segments if owner[begin] == first])):
            return True
    return False


def _mostly_words(entries: list[_Entry]) -> bool:
    """Whether a typed word is made of Chinese words of two syllables or more: `heritage` could be he-ri-ta-ge."""
    many = sum(len(entry.chinese) for entry in entries if len(entry.chinese) > 1)
    single = sum(len(entry.chinese) == 1 for entry in entries)
    return single == 0 or (many >= 4 and single <= many) or (many > 0 and many + single >= 6)


def _pieces(text: str) -> Iterator[re.Match[str]]:
    """Latin words and numbers, but for those in addresses."""
    for chunk in _CHUNK.finditer(text):
        if not _ADDRESS.search(chunk.group()):
            yield from _PIECE.finditer(text, chunk.start(), chunk.end())


def _typed(piece: str, position: int) -> _Typed | None:
    """The letters of a word that stands at `position`, or None when it is not written like pinyin."""
    if piece.isascii() and piece.isalpha():
        begin = range(position, position + len(piece))
        return _Typed(piece, _fold(piece.lower()), list(begin), [start + 1 for start in begin], frozenset())
    if not (_TONED.fullmatch(piece) or _WORD.fullmatch(piece)):
        return None
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    breaks: set[int] = set()
    for offset, char in enumerate(piece, position):
        for part in unicodedata.normalize("NFD", char.lower()):
            if "a" <= part <= "z":
                letters.append(part)
                starts.append(offset)
                ends.append(offset + 1)
                continue
            if not letters:
                return None
            ends[-1] = offset + 1
            if part.isdigit():
                breaks.add(len(letters))
            elif part == _UMLAUT and letters[-1] == "u":
                letters[-1] = "v"
            elif part not in _TONES:
                return None
    breaks.discard(len(letters))
    return _Typed(piece, _fold("".join(letters)), starts, ends, frozenset(breaks))


def _fold(letters: str) -> str:
    """`v` as `u` where it can only be ü: j, q, x and y take no other."""
    return re.sub("(?<=[jqxy])v", "u", letters) if "v" in letters else letters


def _starts(run: _Run) -> list[int]:
    """Where in the letters of the run its typed words begin."""
    return [0, *accumulate(len(word.letters) for word in run[:-1])]


def _words(run: _Run, segments: list[_Segment]) -> list[Word]:
    starts = [start for word in run for start in word.starts]
    ends = [end for word in run for end in word.ends]
    found = []
    for first, last, entry in segments:
        cuts = [first, *(first + cut for cut in sorted(entry.cuts)), last]
        syllables = tuple((starts[left], ends[right - 1]) for left, right in pairwise(cuts))
        found.append(Word(syllables[0][0], syllables[-1][1], entry.chinese, syllables))
    return found

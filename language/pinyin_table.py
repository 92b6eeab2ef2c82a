"""What `language.pinyin` knows: a table from pinyin to Chinese words and the English words that look like pinyin.

Made from the training messages when a model is trained; only that needs pypinyin.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from language.script import HAN

Table = Mapping[str, tuple[str, float]]
"""Syllables joined by `'`, ü as v (`nv'er`) → (the likeliest word in Simplified Chinese, weight of all that sound so)."""

LONGEST = 8
"""Syllables of the longest word in the table."""

NAME = 5
"""Weight of a name, in occurrences."""

PAIR = 3
"""Occurrences that two words in a row need to be in the table: 好的 tells which `hao` is meant."""

PAIR_LENGTH = 4
"""Characters that such two words have at most."""

SINGLE = 0.01
"""Weight of a character by itself, per weight of the words it was seen in: people also type words we have not seen."""

OTHER_READING = 0.0001
"""Weight of a character's less usual readings, per weight of the character: they fill gaps and win nowhere else."""

U_FOR_V = 0.5
"""Weight of `nu` and `lu` typed for `nü` and `lü`."""

LOOKALIKES = frozenset(
    re.findall(
        r"\w+",
        """
        aaa aba ada age aha aida aiming aka ala alan ali aman angela anna annan anya ashen awa aya aye baba bailing
        bali banning bate bibi bite bobo boxing buda cancun cane chase dada dae dale danger dating deer dingle dire
        dixie dude duma edu emo fade fading faze fuse gaga gala ganga gouge guiding haha hahaha hailing hani hansen
        hehe heidi heritage hula hulu jimi jude juju julian julie kala kale kali kama kashi kate keen kenya lala lama
        lean like lila lima lina linger lining lisa lise lite luka luke lulu maidan mala mali manage mandela mane
        manila masha maya mila mimi mingling mite moda modi momo moran mori mote moya mulan musa muse name nami nance
        napa nene pile pina piping pixie poli politician puke puma rename rouse sake sala shading shane shanti shiba
        shouting siren sisi situ sudan suri taiji taliban tiling timing tingle titan touting turan wade waifu wake
        wane wanna women yamaha yee yeti
        anshan baoding beihai changchun changsha changzhou chongqing dali dalian dandong datong foshan fujian fuzhou
        gansu guiyang guizhou haidian handan hebei hefei heilongjiang hohhot hubei huzhou jiangxi jiaxing jilin jinan
        lanzhou liaoning lijiang luoyang nanchang nanning nantong ningxia pinghu putian qingdao qinghai quanzhou sanya
        shaanxi shandong shanxi shantou shaoxing shenyang sichuan taiyuan tianjin weihai wenzhou wuhu wuxi xiamen
        xiangyang xinhua xinjiang xuzhou yantai yichang yinchuan yunnan zhangzhou zhejiang zhengzhou alibaba baidu
        weibo xiaomi
        """,
    )
)
"""English words and names that training messages may lack and that could be Chinese words of two syllables or more.

Found with a list of 60,000 English words. Places and firms stay as English writes them.
"""

_SYLLABLE = re.compile(r"(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?[aeiouv]+(?:ng?|r)?")


def count(messages: Iterable[Iterable[str]], names: Iterable[str] = ()) -> Counter[str]:
    """How often each Chinese word occurs, and each two words in a row that often do.

    messages: the token forms of each training message (Simplified). names: of services, in Simplified Chinese.
    """
    words: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for message in messages:
        forms = list(message)
        words.update(form for form in forms if _is_han(form))
        pairs.update(
            left + right
            for left, right in pairwise(forms)
            if len(left + right) <= PAIR_LENGTH and _is_han(left) and _is_han(right)
        )
    words.update({pair: number for pair, number in pairs.items() if number >= PAIR})
    words.update({name: NAME for name in set(names) if _is_han(name)})
    return words


def _is_han(word: str) -> bool:
    return all(map(HAN.match, word))


def make_table(words: Mapping[str, float]) -> dict[str, tuple[str, float]]:
    """The table of Simplified Chinese words, given with their weights."""
    from pypinyin import Style, lazy_pinyin, pinyin

    weights: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    singles: defaultdict[tuple[str, str], float] = defaultdict(float)
    for word, weight in words.items():
        syllables = lazy_pinyin(word, v_to_u=False)
        if not (weight > 0 and len(syllables) == len(word) <= LONGEST and all(map(_SYLLABLE.fullmatch, syllables))):
            continue
        weights["'".join(syllables)][word] += weight
        for char, syllable in zip(word, syllables):
            singles[char, syllable] += weight
    for (char, syllable), weight in singles.items():
        weights[syllable][char] += weight * SINGLE
        for other in pinyin(char, style=Style.NORMAL, heteronym=True)[0]:
            if _SYLLABLE.fullmatch(other):
                weights[other][char] += weight * OTHER_READING
    for key in [key for key in weights if "v" in key]:
        for word, weight in weights[key].items():
            weights[key.replace("v", "u")][word] += weight * U_FOR_V
    return {
        key: (min(words, key=lambda word: (-words[word], word)), round(sum(words.values()), 6))
        for key, words in sorted(weights.items())
    }

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog.store import Catalog
from language.cantonese import WORDS as CANTONESE
from language.pinyin import Pinyin, Restored
from language.pinyin_table import LOOKALIKES, count
from language.script import has_han, has_latin
from language.tokens import Segmenter, tokenize
from nlu.gazetteer import Gazetteer

DATA = Path(__file__).parents[2] / "nlu" / "data"

WORDS = dict.fromkeys("我你的是在要有办到不了吗能想问和去续钱先谁这那几天月年证请给交好人", 50) | {
    "工作": 300, "许可": 200, "工作许可": 100, "居住证": 80, "居住": 40, "签证": 90, "怎么": 300, "怎么办": 120, "多少": 250,
    "多少钱": 100, "什么": 400, "需要": 200, "材料": 150, "申请": 300, "办理": 90, "社保": 80, "公司": 200, "我们": 90,
    "可以": 150, "哪里": 90, "时候": 60, "参加": 20, "西安": 30, "先生": 10, "方案": 10, "反感": 5, "女儿": 30, "律师": 40,
    "策略": 5, "人才": 90, "补贴": 90, "前海": 300, "谢谢": 30, "你好": 30, "一下": 40, "过期": 40, "名额": 10, "那么": 40,
    "港澳": 90, "没有": 90, "外国人": 60, "不知道": 60, "平安": 10, "职员": 10, "绿卡": 20, "学历": 30, "认证": 30,
}  # fmt: skip

MESSAGES = [
    "can I change jobs without a new work permit and how long does it take",
    "do you have a name for the men at the long desk",
    "she said my company must pay, you know me, please tell us more about the ban",
    "what is shebao and is it the same as the hukou thing",
    "what is juzhuzheng good for",
    "we live in Shenzhen and Qianhai",
    "ma'am, hang on, who is he",
    "who is the manager of this company",
    "ni hao",
]

SMALL = Pinyin.learn(WORDS, MESSAGES)


def restored(text: str, pinyin: Pinyin = SMALL) -> str:
    found = pinyin.restore(text)
    return found.text if found else text


@pytest.mark.parametrize(
    ("typed", "chinese"),
    [
        ("gongzuo xuke yao duoshao qian", "工作许可要多少钱"),
        ("gong zuo xu ke yao duo shao qian", "工作许可要多少钱"),
        ("gongzuoxuke yao duoshaoqian", "工作许可要多少钱"),
        ("gongzuoxukeyaoduoshaoqian", "工作许可要多少钱"),
        ("ju zhu zheng zenme ban", "居住证怎么办"),
        ("juzhuzheng xuyao shenme cailiao?", "居住证需要什么材料?"),
        ("juzhu zheng", "居住证"),
        ("wo xiang shenqing gongzuo xuke", "我想申请工作许可"),
        ("GONGZUO XUKE", "工作许可"),
        ("Gongzuo xuke", "工作许可"),
        ("Gong Zuo Xu Ke", "工作许可"),
        ("gongzuo-xuke", "工作许可"),
        ("gong-zuo xu-ke", "工作许可"),
        ("gongzuo, xuke", "工作, 许可"),
        ("gongzuo\nxuke", "工作许可"),
        ("(juzhuzheng)", "(居住证)"),
        ("juzhuzheng/qianzheng", "居住证/签证"),
        ("ni hao", "你好"),
        ("xiexie", "谢谢"),
        ("xie xie ni", "谢谢你"),
        ("bu zhidao", "不知道"),
        ("waiguoren keyi ma", "外国人可以吗"),
        ("women zai na li ban", "我们在哪里办"),
        ("women de gongsi", "我们的公司"),
        ("keyi qu nali", "可以去哪里"),
        ("you meiyou rencai butie", "有没有人才补贴"),
        ("ni you shebao ma, shenme shihou jiao", "你有社保吗, 什么时候交"),
    ],
)
def test_pinyin_becomes_chinese(typed: str, chinese: str) -> None:
    assert restored(typed) == chinese


@pytest.mark.parametrize(
    ("typed", "chinese"),
    [
        ("xi'an", "西安"),
        ("xi’an gongzuo", "西安工作"),
        ("xi an gongzuo", "西安工作"),
        ("xian ban gongzuo xuke", "先办工作许可"),
        ("fang'an", "方案"),
        ("fan'gan", "反感"),
        ("fan gan", "反感"),
        ("fangan", "方案"),
        ("ming'e", "名额"),
        ("minge", "名额"),
        ("nü'er", "女儿"),
        ("nv'er", "女儿"),
        ("nver", "女儿"),
        ("nu er", "女儿"),
        ("lüshi", "律师"),
        ("lvshi", "律师"),
        ("lushi xuyao shenme", "律师需要什么"),
        ("celüe", "策略"),
        ("celve", "策略"),
        ("celue", "策略"),
        ("jvzhuzheng", "居住证"),
        ("xüyao", "需要"),
    ],
)
def test_syllables_that_run_into_each_other_and_u_with_two_dots(typed: str, chinese: str) -> None:
    assert restored(typed) == chinese


@pytest.mark.parametrize(
    ("typed", "chinese"),
    [
        ("gong1 zuo4 xu3 ke3", "工作许可"),
        ("gong1zuo4 xu3ke3", "工作许可"),
        ("gong1zuo4xu3ke3zen3me5ban4", "工作许可怎么办"),
        ("zen3me ban4", "怎么办"),
        ("ju1zhuzheng4", "居住证"),
        ("xi1an1", "西安"),
        ("gōngzuò xǔkě", "工作许可"),
        ("GŌNGZUÒ", "工作"),
        ("go\u0304ngzuo\u0300", "工作"),
        ("lǜshī", "律师"),
        ("nǚ'ér", "女儿"),
        ("nu\u0308\u030c'e\u0301r", "女儿"),
        ("zěnmebàn", "怎么办"),
    ],
)
def test_tones_as_marks_and_digits(typed: str, chinese: str) -> None:
    assert restored(typed) == chinese


@pytest.mark.parametrize(
    ("typed", "chinese"),
    [
        ("work permit xuyao shenme", "work permit 需要什么"),
        ("you ban gongzuo for me", "you ban 工作 for me"),
        ("xuyao shenme for a work permit", "需要什么 for a work permit"),
        ("how long is the qianzheng please", "how long is the 签证 please"),
        ("my juzhuzheng guoqi le, can I stay", "my 居住证过期了, can I stay"),
        ("wo xiang wen work permit, yao duoshao qian", "我想问 work permit, 要多少钱"),
        ("can you shenqing gongzuo xuke for me", "can you 申请工作许可 for me"),
        ("tell me zenme ban the work permit", "tell me 怎么办 the work permit"),
        ("do they jiao she bao there", "do they 交社保 there"),
        ("R qianzheng", "R 签证"),
        ("work permit过期了zenme ban", "work permit过期了怎么办"),
        ("gongzuo xuke单位账号怎么注册", "工作许可单位账号怎么注册"),
        ("请问 juzhuzheng", "请问 居住证"),
        ("请问qianzheng怎么办", "请问签证怎么办"),
        ("30 tian neng ban gongzuo xuke ma", "30 天能办工作许可吗"),
        ("W2 ban juzhuzheng A1", "W2 办居住证 A1"),
        ("juzhuzheng", "居住证"),
        ("ban juzhuzheng", "办居住证"),
    ],
)
def test_pinyin_beside_english_chinese_and_numbers(typed: str, chinese: str) -> None:
    assert restored(typed) == chinese


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "工作许可要多少钱",
        "can I change jobs",
        "can you men pay the long ban",
        "she can hang on, he can pay",
        "women",
        "women can change",
        "name",
        "what is juzhuzheng",
        "is shebao paid",
        "you can ban me",
        "wo",
        "wo neng qu ma",
        "a heritage or a dance",
        "please tango",
        "my name is Zhi Yuan",
        "how tall is the Ping An tower",
        "I met Mr Gong Zuo there",
        "xuke@gongzuo.com",
        "mail gongzuo.xuke@x.cn",
        "www.gongzuo.cn",
        "see https://x.cn/gongzuo/xuke",
        "see juzhuzheng.cn/xuke",
        "gongzuo_xuke",
        "gongzuo2024",
        "9gongzuo",
        "gongzuo6",
        "gongzuo12",
        "W2 A1 E5",
        "gonzuo xukee",
        "gongzuò\u0327 is it",
        "gong gzuo",
        "g ongzuo",
        "fa n gan",
        "gõngzuõ",
        "что gоngzuо",  # Cyrillic letters
        "ü ü",
        "1 2 3",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert SMALL.restore(text) is None
    assert SMALL.spans(text) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("wo  ban gong1 zuo4!", [("wo", "我"), ("ban", "办"), ("gong1 zuo4", "工作")]),
        ("  Juzhuzheng ma", [("Juzhuzheng", "居住证"), ("ma", "吗")]),
        ("xi'an de gōngzuò", [("xi'an", "西安"), ("de", "的"), ("gōngzuò", "工作")]),
        ("my gongzuoxuke expired", [("gongzuoxuke", "工作许可")]),
    ],
)
def test_spans_refer_to_what_was_typed(typed: str, words: list[tuple[str, str]]) -> None:
    assert [(typed[word.start : word.end], word.chinese) for word in SMALL.spans(typed)] == words


def test_each_character_knows_its_syllable() -> None:
    typed = "my gong1 zuo4-qiānzhèng?"
    found = SMALL.restore(typed)
    assert found == Restored("my 工作-签证?", (0, 1, 2, 3, 9, 13, 14, 18, 23), (1, 2, 3, 8, 13, 14, 18, 23, 24))
    assert [typed[a:b] for a, b in zip(found.starts, found.ends)][3:5] == ["gong1", "zuo4"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("wo de gong zuo xu ke guoqi le", "gong zuo xu ke"),
        ("juzhuzhengzenmeban", "juzhuzheng"),
        ("R qianzheng", "R qianzheng"),
    ],
)
def test_a_name_is_found_where_it_was_typed(typed: str, name: str) -> None:
    found = SMALL.restore(typed)
    assert found
    (match,) = Gazetteer({"工作许可": "a", "居住证": "b", "R签证": "c"}).find(found.text)
    assert typed[found.starts[match.start] : found.ends[match.end - 1]] == name


@given(st.integers(1, 50), st.integers(1, 50))
def test_of_words_that_sound_alike_the_commoner_is_taken(first: int, second: int) -> None:
    words = {"工作": 1.0, "事宜": float(first), "适宜": float(second)}
    best = "事宜" if (-first, "事宜") < (-second, "适宜") else "适宜"
    assert restored("shiyi", Pinyin.learn(words)) == best


def test_words_that_are_no_pinyin_do_not_enter_the_table() -> None:
    table = Pinyin.learn({"R签": 5, "卡": 0, "工作": 1, "居" * 9: 3}).data()["table"]
    assert sorted(table) == ["gong", "gong'zuo", "zuo"]


def test_pinyin_among_the_training_messages_is_not_learned_as_english() -> None:
    assert "hao" not in SMALL.data()["english"]
    assert {"shebao", "company", "tell"} <= set(SMALL.data()["english"])


def test_what_is_stored_makes_the_same_again() -> None:
    data = json.loads(json.dumps(SMALL.data()))
    again = Pinyin(**data)
    assert again.data() == SMALL.data()
    assert again.restore("gongzuo xuke yao duoshao qian") == SMALL.restore("gongzuo xuke yao duoshao qian")


def test_without_a_table_nothing_is_found() -> None:
    assert Pinyin({}).restore("gongzuo xuke") is None


def test_words_and_frequent_pairs_are_counted() -> None:
    messages = [["好", "的", "，", "谢谢"]] * 3 + [["谢谢", "你"], ["work", "证"], ["大学毕业", "证"]]
    assert count(messages, ["居住证", "R签"]) == {
        "好": 3, "的": 3, "好的": 3, "谢谢": 4, "你": 1, "证": 2, "大学毕业": 1, "居住证": 5,
    }  # fmt: skip


TYPED = st.lists(
    st.sampled_from(
        [*"aeiounghzü1235'’- \n.@/_ǜōE前海", "gong", "zuo", "gongzuo", "xuke", "xi'an", "women", "can", "the", "zen3me", "e\u0304", "\u0308", "İ", "juzhuzheng"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(TYPED | st.text())
@example("gong1" * 30)
@example("İgongzuo xuke")
@example("\u0304gongzuo")
@settings(deadline=None, max_examples=500)
def test_spans_are_slices_in_order_and_restoring_loses_only_blanks(text: str) -> None:
    words = SMALL.spans(text)
    for word in words:
        assert len(word.syllables) == len(word.chinese)
        assert (word.start, word.end) == (word.syllables[0][0], word.syllables[-1][1])
        assert all(start < end for start, end in word.syllables)
    syllables = [syllable for word in words for syllable in word.syllables]
    assert all(start >= 0 and end <= len(text) for start, end in syllables)
    assert all(left[1] <= right[0] for left, right in pairwise(syllables))
    found = SMALL.restore(text)
    assert (found is None) == (not words)
    if found:
        assert len(found.text) == len(found.starts) == len(found.ends)
        inside = {i for word in words for i in range(word.start, word.end)}
        kept = {i for start, end in zip(found.starts, found.ends) for i in range(start, end)}
        assert all(text[i].isspace() for i in set(range(len(text))) - kept - inside)


@given(st.lists(st.sampled_from(sorted(LOOKALIKES)), min_size=1, max_size=8).map(" ".join))
def test_lookalikes_alone_are_never_pinyin(text: str) -> None:
    assert SMALL.restore(text) is None


@pytest.mark.parametrize(
    "part", ["a", "xian", "ni hao ", "bu na li ", "women ", "g", "a b ", "x@", "gong1", "ā", "ng", "Gong Zuo ", "xi'", "gongzuo the "]
)  # fmt: skip
def test_time_grows_with_the_length_only(part: str) -> None:
    text = (part * 4096)[:4096]
    assert fastest(text, times=3) < 0.5


def test_an_english_message_costs_nearly_nothing() -> None:
    text = "how do you get the work permit and how long does it take, ma?"
    assert SMALL.restore(text) is None
    assert fastest(text, times=200) < 50e-6


def fastest(text: str, times: int) -> float:
    """Seconds that the text took when nothing else disturbed."""
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        SMALL.restore(text)
        spent.append(time.perf_counter() - begin)
    return min(spent)


def messages(language: str) -> list[str]:
    """The training messages of `nlu/data/<language>`."""
    return [
        line[2:]
        for file in sorted((DATA / language).glob("*.yml"))
        for block in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]
        for line in block["examples"].splitlines()
        if line.startswith("- ")
    ]


@pytest.fixture(scope="module")
def segmenter(catalog: Catalog) -> Segmenter:
    return Segmenter([*names(catalog), "前海"])


@pytest.fixture(scope="module")
def words(catalog: Catalog, segmenter: Segmenter) -> dict[str, int]:
    """Words of all Chinese training messages but each tenth."""
    learned = [text for index, text in enumerate(messages("zh")) if index % 10]
    return count(([token.form for token in tokenize(text, segmenter)] for text in learned), names(catalog))


def names(catalog: Catalog) -> list[str]:
    services = catalog.services.values()
    return [name for service in services for name in (service.name.zh, service.short.zh, *service.aliases.zh)]


def test_english_training_messages_stay(words: dict[str, int]) -> None:
    english = messages("en")
    pinyin = Pinyin.learn(words, english)
    touched = {text: restored(text, pinyin) for text in english if pinyin.restore(text)}
    print(touched)
    assert len(english) > 200
    assert len(touched) < len(english) / 1000
    assert all(not has_latin(chinese) for chinese in touched.values()), "more than pinyin was touched"


def test_english_messages_that_were_not_learned_stay_too(words: dict[str, int]) -> None:
    """Half of the messages say what English is; the other half holds Chinese words in Latin letters (fapiao), little else."""
    english = messages("en")
    pinyin = Pinyin.learn(words, english[::2])
    touched = {text: restored(text, pinyin) for text in english[1::2] if pinyin.restore(text)}
    print(touched)
    assert len(touched) < len(english) / 2 / 200


def test_english_words_in_mixed_messages_stay(words: dict[str, int]) -> None:
    mixed = messages("mixed")
    pinyin = Pinyin.learn(words, messages("en"))
    touched = [(text[word.start : word.end], word.chinese) for text in mixed for word in pinyin.spans(text)]
    print(touched)
    assert len(mixed) > 200
    assert len(touched) < len(mixed) / 500


@pytest.mark.parametrize("blank", ["", " "], ids=["words together", "syllables apart"])
def test_unseen_chinese_comes_back_from_its_pinyin(words: dict[str, int], segmenter: Segmenter, blank: str) -> None:
    """Nine characters of ten; most others are one of several that sound alike."""
    from pypinyin import lazy_pinyin

    pinyin = Pinyin.learn(words, messages("en"))
    right = total = untouched = 0
    for text in messages("zh")[::40]:
        if has_latin(text) or any(char in CANTONESE for char in text):
            continue
        tokens = [token.form for token in tokenize(text, segmenter)]
        chinese = "".join(form for form in tokens if has_han(form))
        if len(chinese) < 3:
            continue
        typed = " ".join(blank.join(lazy_pinyin(form, v_to_u=False)) if has_han(form) else "," for form in tokens)
        found = pinyin.restore(typed)
        untouched += found is None
        got = "".join(char for char in found.text if has_han(char)) if found else ""
        total += len(chinese)
        right += sum(a == b for a, b in zip(chinese, got)) if len(got) == len(chinese) else 0
    print(right, total, untouched)
    assert right / total > 0.88
    assert untouched < 4

"""Written Cantonese for features: its function words as standard written Chinese says them.

Only what a classifier sees is mapped; what a person typed or reads is never changed. Keys are in simplified form,
since features are simplified first (係 stays 係: it has no simplified twin).
"""

from __future__ import annotations

from language.script import simplify

_WORDS = {
    "使唔使": "要不要", "可唔可以": "可不可以", "得唔得": "行不行", "係唔係": "是不是", "有冇": "有没有", "系唔系": "是不是",
    "唔使": "不用", "唔該": "请问", "唔好": "不要", "唔知": "不知道", "唔得": "不行", "唔可以": "不可以", "唔需要": "不需要",
    "幾耐": "多久", "几耐": "多久", "幾錢": "多少钱", "幾多": "多少", "幾時": "什么时候", "點樣": "怎么", "點先": "怎么才",
    "點解": "为什么", "點算": "怎么办", "點做": "怎么做", "點": "怎么", "邊度": "哪里", "邊個": "谁", "邊啲": "哪些", "邊間": "哪家",
    "邊份": "哪份", "乜嘢": "什么", "咩": "什么", "乜": "什么", "做乜": "为什么", "而家": "现在", "依家": "现在", "聽日": "明天",
    "琴日": "昨天", "尋日": "昨天", "今日": "今天", "嗰": "那", "呢個": "这个", "呢度": "这里", "嗰度": "那里", "我哋": "我们", "你哋": "你们",
    "佢哋": "他们", "佢": "他", "哋": "们", "嘅": "的", "咗": "了", "喺": "在", "冇": "没有", "唔": "不", "係": "是", "畀": "给", "俾": "给",
    "攞": "拿", "嚟": "来", "睇": "看", "搵": "找", "揾": "找", "啲": "些", "咁": "这样", "噉": "这样", "仲": "还", "嘢": "东西", "返": "回",
    "返工": "上班", "打工": "工作", "收工": "下班", "老細": "老板", "仔女": "孩子", "細路": "孩子", "屋企": "家", "屋企人": "家人",
    "同埋": "和", "定係": "还是", "抑或": "还是", "先至": "才", "啱": "合适", "諗": "想", "話": "说", "傾": "谈", "交低": "交", "搞": "办",
}  # fmt: skip

WORDS: dict[str, str] = {simplify(word): simplify(standard) for word, standard in _WORDS.items()}
"""Cantonese word (simplified form) → standard word."""

from __future__ import annotations

import pytest

from language.choice import EN, HANS, HANT, REPLY_LANGUAGES, Guess, guess, reply_language

BEFORE = (None, *REPLY_LANGUAGES)

ENGLISH = """
how long does it take
how much is the work permit
can I work while my permit is pending?
work permit renewal documents list Shenzhen
pls tell wat docs need bring RP renew
no speak Chinese sorry English please
what's the fee?
I'm from Hong Kong, do I need a Z visa
and for my wife?
where do I apply
HK driving licence exchange
my boss wants me to start in May, what does he have to file
is the 15% tax rate still valid in 2026
visa free transit 240 hours port
salary 50000 month bonus 100000 IIT how much
café owner in Nanshan, which permit
ｗｏｒｋ ｐｅｒｍｉｔ ｆｅｅ ｐｌｅａｓｅ
thanks a lot for your help 👍
bonjour is anybody there
Qianhai e-Station opening hours
où est le bureau
SHOUTING HOW LONG DOES THIS TAKE
"""

SIMPLIFIED = """
请问工作许可要多久
签证
怎么办
我是香港人要不要办工作许可
护照到期了怎么办
补贴多少钱
个税补贴几月申请
谢谢
转人工
办事大厅在哪儿开门时间
外国人能买社保吗
医师执业条件
几钱
唔该问下签证几时到期
边度办居住证先至最快，谢谢
我个R visa几时expire，要准备什么
work permit续签要提前多久apply
请问tax refund的application window是几号
帮我check下我能不能申请HK tax ceiling
HR让我做degree authentication，在哪里办
RP过期了会怎样
税
２０２５年个税补贴怎么申请
签证😭
"""

TRADITIONAL = """
請問工作許可要多久
簽證
怎樣辦理居住證
護照到期怎麼辦
津貼有幾多
僱主要交什麼文件
謝謝
轉人工
辦公時間是幾點到幾點
外國人可否參加社會保險
醫生執業條件
學歷認證費用
稅務優惠
個人所得稅補貼何時申請
證件遺失了
應課稅入息點計
請問tax refund的application window是幾號
我的work permit過期了，點算
HR話要做authentication，我要搵邊個
想apply個residence permit，要乜嘢documents
領取回鄉證要幾日
裏面有冇人講英文
"""

CANTONESE = """
使唔使簽證
幾耐先攞到
邊度攞表
唔該
我係香港人，使唔使工作許可
點樣申請居住證
有冇津貼攞
幾錢
得唔得呀
我哋喺前海返工
仔女喺度讀書得唔得
佢冇身份證
而家仲可唔可以報名
咁要交啲咩
做乜要登記
老細話唔使我自己交
想問下IIT點計
個form喺邊度download
"""

EITHER_CHINESE = """
你好
前海
早晨
今日
居住
福田口岸
人工
中文
可以
我的HKID
R字
OK好
三十日
"""

SHORT_LATIN = """
ok
OK!
yes
no thanks
hello
hi 👋
HKID
WP
e-Station
IIT 15%
merci
gracias
Danke schön
bonjour
obrigado
Peter Müller
passport
fee?
"""

OTHER_LATIN = """
¿Cuánto tiempo tarda el permiso de trabajo en Shenzhen?
Necesito renovar mi permiso de residencia antes de junio
Combien de temps faut-il pour obtenir un permis de travail ?
Je voudrais savoir quels documents sont nécessaires
Wie lange dauert die Arbeitserlaubnis in Shenzhen für Ausländer?
Können Sie mir bitte auf Deutsch antworten, danke schön
Quanto tempo ci vuole per ottenere il permesso di lavoro?
Quanto tempo demora a autorização de trabalho em Shenzhen?
Berapa lama proses izin kerja untuk orang asing di Shenzhen?
Hoe lang duurt het om een werkvergunning te krijgen?
Làm thế nào để xin giấy phép lao động ở Thâm Quyến?
Jak długo trwa wydanie zezwolenia na pracę w Shenzhen?
Shenzhen'de çalışma izni almak ne kadar sürer acaba?
Magkano po ba ang bayad para sa work permit sa Shenzhen?
"""

OTHER_SCRIPTS = """
Здравствуйте, сколько стоит разрешение на работу?
виза
Чи потрібна мені віза до Китаю?
就労ビザの申請方法を教えてください
こんにちは
ビザ
手数料はいくらですか
안녕하세요
취업 허가는 얼마나 걸려요?
كم تستغرق تأشيرة العمل؟
مرحبا
สวัสดีครับ ขอใบอนุญาตทำงาน
मुझे वीज़ा चाहिए
כמה עולה האישור
Πόσο κοστίζει η άδεια
"""

NO_LETTERS = """
12345
2026-03-31
50,000
183
３０
?
！？
……
👍
😂😂😂
👩‍💼🇭🇰
☎️
+86 755 8812 1678
100%
"""


def rows(*texts: str) -> list[str]:
    return [line for text in texts for line in text.strip().split("\n")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [(text, EN) for text in rows(ENGLISH)]
    + [(text, HANS) for text in rows(SIMPLIFIED)]
    + [(text, HANT) for text in rows(TRADITIONAL, CANTONESE)],
)
def test_a_message_that_tells_its_language_is_answered_in_it(text: str, expected: str) -> None:
    assert [reply_language(text, before) for before in BEFORE] == [expected] * len(BEFORE)


@pytest.mark.parametrize("text", rows(EITHER_CHINESE))
def test_chinese_of_either_script_keeps_the_script_so_far(text: str) -> None:
    assert [reply_language(text, before) for before in BEFORE] == [HANS, HANS, HANS, HANT]


@pytest.mark.parametrize("text", [*rows(SHORT_LATIN, OTHER_LATIN, OTHER_SCRIPTS, NO_LETTERS), "", " \n", "\u200b"])
def test_a_message_that_tells_nothing_keeps_the_language_so_far(text: str) -> None:
    assert [reply_language(text, before) for before in BEFORE] == [EN, EN, HANS, HANT]


@pytest.mark.parametrize("text", ["港澳台居民", "批准", "公里"])
def test_characters_of_both_scripts_do_not_leave_traditional(text: str) -> None:
    assert reply_language(text, HANT) == HANT


@pytest.mark.parametrize(
    ("messages", "languages"),
    [
        (["hello", "签证要多久", "ok", "and how much is it?"], [EN, HANS, HANS, EN]),
        (["你好", "請問簽證要幾耐", "好", "thanks", "签证呢"], [HANS, HANT, HANT, HANT, HANS]),
        (["Привет", "work permit for a Russian", "виза"], [EN, EN, EN]),
        (["唔該", "👍", "Combien de temps faut-il pour obtenir un permis ?"], [HANT, HANT, HANT]),
    ],
)
def test_a_conversation_keeps_its_language_over_short_messages(messages: list[str], languages: list[str]) -> None:
    before: str | None = None
    replies = []
    for message in messages:
        before = reply_language(message, before)
        replies.append(before)
    assert replies == languages


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("how long does it take", Guess("en")),
        ("ok thanks", Guess("en", weak=True)),
        ("one two three", Guess("en")),
        ("Wie lange dauert die Arbeitserlaubnis in Shenzhen?", Guess("en", foreign="de")),
        ("请问", Guess("zh", "Hans")),
        ("請問", Guess("zh", "Hant")),
        ("你好", Guess("zh")),
        ("前海のビザ", Guess(None, foreign="KANA")),
        ("前海の签证", Guess("zh", "Hans")),
        ("виза", Guess(None, foreign="CYRILLIC")),
        ("123 👍", Guess(None)),
    ],
)
def test_what_a_message_says_about_its_language(text: str, found: Guess) -> None:
    assert guess(text) == found


def test_the_same_text_is_always_guessed_alike() -> None:
    text = "nurse dentist doctor Chinese medicine practitioner licence exam"
    assert len({guess(text) for _ in range(20)}) == 1

"""What is said in every measured conversation: ordinary questions, follow-ups and small talk, in Chinese and English.

Nothing here begins an interview or asks for data to be deleted: the stock side knows neither.
"""

from __future__ import annotations

MIX = (
    "你好",
    "What documents do I need for a work permit?",
    "办外国人工作许可要多久？",
    "how much does it cost",
    "大湾区个税补贴什么时候可以申请",
    "Who can apply for the Greater Bay Area tax subsidy?",
    "在哪里办？",
    "Is there a phone number I can call?",
    "港澳居民居住证要準備咩文件",
    "how long is the residence permit valid",
    "來前海工作有沒有補貼可以領",
    "Tell me about the talent visa",
    "有什么限制吗",
    "Which law is that based on?",
    "我想问一下 work permit 怎么 renew",
    "What are the steps to move my social insurance to Shenzhen?",
    "谢谢",
    "what services are there",
    "明天深圳会下雨吗",
    "Can I drive my Hong Kong car to Qianhai?",
)
"""Each window of measured turns holds every one of them equally often, so that turns at different depths are comparable."""


def sentence(position: int) -> str:
    """The sentence of a turn: the mix, over and over."""
    return MIX[position % len(MIX)]

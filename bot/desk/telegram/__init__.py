"""The group of staff on Telegram: a topic for each case, in which they read and write.

`mirror` shows what happens at the desk, `group` does what staff ask for; `card` and `updates` are pure.
"""

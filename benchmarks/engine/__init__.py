"""What a turn, many turns, starting and memory cost: our engine and a stock Rasa with the same content, side by side.

Run `python -m benchmarks.engine`. Each side runs alone; both keep conversations in the same Redis.
"""

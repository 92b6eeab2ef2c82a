"""Intent recognition on public sets: our components, Rasa's documented default and nlp.js side by side.

Run `python -m benchmarks.nlu FOLDER`. Each system meets each set in a fresh process of its own, one after another.
"""

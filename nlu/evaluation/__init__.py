"""How well labelled messages are understood: figures (`scores`). No Rasa here."""

"""Understanding: Rasa training data (`data/`) and our Rasa components, shells over pure modules."""

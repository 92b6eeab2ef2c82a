"""What the assistant does: Rasa custom actions of a few lines over plain functions."""

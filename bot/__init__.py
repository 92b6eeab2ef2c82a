"""The gateway: talks to people, owns conversations, asks the engine. It never imports Rasa (a test proves it)."""

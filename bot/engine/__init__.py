"""The engine: Rasa in a process of its own (`server`, `agent`, `actions`), and how the gateway asks it (`client`, `process`)."""

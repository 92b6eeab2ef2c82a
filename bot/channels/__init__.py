"""How messages reach people: one module a channel."""

"""The store: Redis, our own (`server`) or one with a URL (`connection`), and the names of everything in it (`keys`)."""

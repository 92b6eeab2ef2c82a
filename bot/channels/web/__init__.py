"""The web chat: a page, its transports, and plain pages made from the catalog."""

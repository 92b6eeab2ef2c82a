"""The gateway: what happens between a message that was accepted and a reply that a channel delivers."""

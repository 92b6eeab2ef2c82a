"""What staff learn from the conversations: figures, and questions that were asked in vain."""

"""The desk: cases that staff take over, answer and hand back."""

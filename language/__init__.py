"""What language and script a text is in, and how to bring a text into another: pure functions, no state of ours."""

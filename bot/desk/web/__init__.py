"""The web desk at /desk: staff sign in, answer people, and see what comes of it."""

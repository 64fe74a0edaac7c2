"""What to answer: from an incoming message and what we know to a reply. Knows no channel."""

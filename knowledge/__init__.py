"""What we know and how to find it. Knows no chat and no channel."""

"""One adapter a channel: platform event to Incoming, Reply to platform message."""

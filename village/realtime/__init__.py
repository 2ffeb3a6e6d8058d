"""The nerves: numbered frames from the journal to every screen that follows them."""

"""What one village shows of another, as long as both want it."""

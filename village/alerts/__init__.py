"""The village in danger: warnings that two people release, and the roll call that follows."""

"""The people of a village: who lives here, and in which roles."""

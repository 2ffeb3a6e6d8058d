"""Values and small tools that two rooms need: no room's knowledge lives here."""

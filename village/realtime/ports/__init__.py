"""The one small port between the hub and whatever server holds the socket."""

"""A database backend: SQLite whose writers queue fairly."""

"""A database backend: PostgreSQL that shows somebody only her villages."""

"""Acting for somebody else: mandates, who holds them, and how they end."""

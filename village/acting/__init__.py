"""Acting in somebody's name, and answering for it: sessions, prepared acts, ledger, statement."""

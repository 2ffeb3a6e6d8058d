"""What happened in the village: one record, many readers."""

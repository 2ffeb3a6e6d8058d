"""Measurements of the village side by side with its peers; only ratios of one run are quoted."""

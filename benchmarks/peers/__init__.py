"""Who the village is measured against, each as its own documentation shows it."""

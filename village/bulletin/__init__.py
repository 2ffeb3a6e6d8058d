"""The weekly bulletin: what happened and what comes, on a page, by mail and on the notice board."""

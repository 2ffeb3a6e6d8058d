"""A room made to be measured: notes on numbered boards, each board with a topic of its own."""

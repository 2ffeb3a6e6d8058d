"""The web face: the layout that every room's pages share, sign-in and home."""

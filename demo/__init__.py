"""The demo village: fictional people in a real landscape."""

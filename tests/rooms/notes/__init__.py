"""A tiny room: notes of organisations. It proves that a room is only a folder; later ones follow it."""

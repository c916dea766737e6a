"""A tiny room: notes of organisations. It proves that a room is only a folder, and is the pattern of later ones."""

"""Guided scripts: trees of questions with what to say, walked with a caller on the line and carried on by support."""

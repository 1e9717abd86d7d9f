"""Foundations without business words: errors, history, live hints, panels, phones, money, clock."""

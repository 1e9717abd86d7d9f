"""Promises and their clocks, without a framework: working time and what history says about it."""

"""Masters, shifts, visits and the master's phone page."""

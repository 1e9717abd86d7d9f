"""Work that somebody must do later: tickets, their states and history."""

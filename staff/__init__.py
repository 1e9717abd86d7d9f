"""Who works here: users, desks, roles, presence."""

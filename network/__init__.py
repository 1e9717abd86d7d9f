"""Streets, buildings, premises and the network that feeds them."""

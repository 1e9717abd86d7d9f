"""Articles, place cards, scripts and diagnostic trees."""

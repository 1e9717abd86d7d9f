"""What is answered: articles with a sentence to say first, places where one can pay or ask, and how both are found."""

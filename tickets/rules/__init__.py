"""When-if-then: what a rule may say, and whether it holds. Imports no framework."""

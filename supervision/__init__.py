"""The supervisor's view of the line, the people and the promises."""

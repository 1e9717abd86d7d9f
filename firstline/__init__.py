"""The outsourced first line's desk: the call screen."""

"""The technical support desk: incidents' care, announced works."""

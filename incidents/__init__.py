"""Spikes of contacts, the incidents they reveal, their text and their clock."""

"""The finance desk, isolated: its own role, tables, process."""

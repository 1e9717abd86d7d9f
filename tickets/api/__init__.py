"""REST of tickets: one module a thing, each with its `routes`."""

from tickets.api import tickets

routes = [*tickets.routes]

"""REST of tickets: one module a thing, each with its `routes`."""

from tickets.api import conversation, tickets

routes = [*tickets.routes, *conversation.routes]

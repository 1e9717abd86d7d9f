"""REST of tickets: one module a thing, each with its `routes`."""

from tickets.api import conversation, promises, tickets

routes = [*tickets.routes, *promises.routes, *conversation.routes]

"""REST of tickets: one module a thing, each with its `routes`."""

from tickets.api import bound, conversation, fields, many, promises, rules, tickets

routes = [
    *tickets.routes,
    *promises.routes,
    *rules.routes,
    *conversation.routes,
    *bound.routes,
    *fields.routes,
    *many.routes,
]

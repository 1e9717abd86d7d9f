from staff.access import permission
from staff.models import Role

_DESKS = (Role.OPERATOR, Role.LEAD, Role.SUPPORT, Role.DISPATCHER, Role.SUPERVISOR, Role.ACCOUNTANT)

READ = permission("messaging.read", *_DESKS)
WEBHOOKS = permission("messaging.webhooks", Role.SUPERVISOR)
DEMO = permission("messaging.demo", Role.SUPERVISOR)

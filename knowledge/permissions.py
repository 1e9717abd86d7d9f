from staff.access import permission
from staff.models import Role

_STAFF = (Role.SUPPORT, Role.DISPATCHER, Role.SUPERVISOR, Role.ACCOUNTANT, Role.MASTER)
READ = permission("knowledge.read", Role.OPERATOR, Role.LEAD, *_STAFF)
USE = permission("knowledge.use", Role.OPERATOR, Role.LEAD, Role.SUPPORT, Role.SUPERVISOR)
EDIT = permission("knowledge.edit", Role.SUPERVISOR)

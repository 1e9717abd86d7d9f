from staff.access import permission
from staff.models import Role

WALK = permission("guidance.walk", Role.OPERATOR, Role.LEAD, Role.SUPPORT, Role.SUPERVISOR)
READ = permission("guidance.read", Role.OPERATOR, Role.LEAD, Role.SUPPORT, Role.SUPERVISOR, Role.DISPATCHER)
EDIT = permission("guidance.edit", Role.SUPERVISOR)

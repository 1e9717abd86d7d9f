from staff.access import permission
from staff.models import Role

READ = permission("calls.read", Role.OPERATOR, Role.LEAD, Role.SUPPORT, Role.DISPATCHER, Role.SUPERVISOR)

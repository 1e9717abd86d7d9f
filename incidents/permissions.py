from staff.access import permission
from staff.models import Role

READ = permission("incidents.read", *Role)
MANAGE = permission("incidents.manage", Role.SUPPORT, Role.SUPERVISOR)
ATTACH = permission("incidents.attach", Role.OPERATOR, Role.LEAD, Role.SUPPORT, Role.SUPERVISOR, Role.DISPATCHER)
CONFIGURE = permission("incidents.configure", Role.SUPERVISOR)

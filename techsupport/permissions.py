from staff.access import permission
from staff.models import Role

SEE = permission("techsupport.see", Role.SUPPORT, Role.SUPERVISOR, Role.DISPATCHER, Role.OPERATOR, Role.LEAD)
CARE = permission("techsupport.care", Role.SUPPORT, Role.SUPERVISOR)

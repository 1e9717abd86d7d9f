from staff.access import permission
from staff.models import Role

READ = permission(
    "customers.read", Role.OPERATOR, Role.LEAD, Role.SUPPORT, Role.ACCOUNTANT, Role.DISPATCHER, Role.SUPERVISOR
)
PERSONAL_DATA = permission("customers.personal_data", Role.SUPERVISOR)

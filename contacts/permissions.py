from staff.access import permission
from staff.models import Role

READ = permission(
    "contacts.read", Role.OPERATOR, Role.LEAD, Role.SUPPORT, Role.DISPATCHER, Role.SUPERVISOR, Role.ACCOUNTANT
)
HANDLE = permission("contacts.handle", Role.OPERATOR, Role.LEAD, Role.SUPPORT, Role.SUPERVISOR, Role.DISPATCHER)
CONFIGURE = permission("contacts.configure", Role.SUPERVISOR)

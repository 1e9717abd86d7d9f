from staff.access import permission
from staff.models import Role

READ = permission("billing.read", Role.ACCOUNTANT)
SUSPEND = permission("billing.suspend", Role.ACCOUNTANT)

from staff.access import permission
from staff.models import Role

READ = permission("supervision.read", Role.SUPERVISOR)
CONFIGURE = permission("supervision.configure_detector", Role.SUPERVISOR)

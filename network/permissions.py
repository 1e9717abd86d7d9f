from staff.access import permission
from staff.models import Role

READ = permission("network.read", *Role)

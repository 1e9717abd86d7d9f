from staff.access import permission
from staff.models import Role

READ_API_SCHEMA = permission("staff.read_api_schema", *Role)
SEE_PRESENCE = permission("staff.see_presence", Role.LEAD, Role.SUPERVISOR, Role.DISPATCHER, Role.SUPPORT)
MANAGE = permission("staff.manage")
SEE_SETTINGS = permission("staff.see_settings", Role.LEAD, Role.SUPERVISOR)

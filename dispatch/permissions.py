from staff.access import permission
from staff.models import Role

READ = permission(
    "dispatch.read", Role.DISPATCHER, Role.SUPERVISOR, Role.SUPPORT, Role.OPERATOR, Role.LEAD, Role.MASTER
)
READ_BOARD = permission("dispatch.read_board", Role.DISPATCHER, Role.SUPERVISOR, Role.SUPPORT)
MANAGE = permission("dispatch.manage", Role.DISPATCHER, Role.SUPERVISOR)
BOOK = permission("dispatch.book", Role.DISPATCHER, Role.SUPERVISOR, Role.SUPPORT)
WORK = permission("dispatch.work", Role.MASTER)

from staff.access import permission
from staff.models import Role

READ = permission(
    "dispatch.read", Role.DISPATCHER, Role.SUPERVISOR, Role.SUPPORT, Role.OPERATOR, Role.LEAD, Role.MASTER
)
READ_BOARD = permission("dispatch.read_board", Role.DISPATCHER, Role.SUPERVISOR, Role.SUPPORT)
MANAGE = permission("dispatch.manage", Role.DISPATCHER, Role.SUPERVISOR)
BOOK = permission("dispatch.book", Role.DISPATCHER, Role.SUPERVISOR, Role.SUPPORT)
WORK = permission("dispatch.work", Role.MASTER)
CONNECT = permission("dispatch.connect", Role.OPERATOR, Role.LEAD, Role.SUPPORT, Role.DISPATCHER, Role.SUPERVISOR)
CHECK_CONNECTION = permission("dispatch.check_connection", Role.SUPPORT, Role.SUPERVISOR)
SET_HOUSES = permission("dispatch.set_houses", Role.SUPPORT, Role.DISPATCHER, Role.SUPERVISOR)

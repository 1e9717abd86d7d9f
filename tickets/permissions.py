from staff.access import permission
from staff.models import Role

_DESKS = (Role.OPERATOR, Role.LEAD, Role.SUPPORT, Role.DISPATCHER, Role.SUPERVISOR, Role.ACCOUNTANT)

READ = permission("tickets.read", *_DESKS)
OPEN = permission("tickets.open", *_DESKS)
WORK = permission("tickets.work", *_DESKS)
SEE_ALL_DESKS = permission("tickets.see_all_desks", Role.SUPPORT, Role.DISPATCHER, Role.SUPERVISOR)
REASSIGN = permission("tickets.reassign", Role.LEAD, Role.SUPERVISOR)
SEE_ADDRESSES = permission("tickets.see_addresses", Role.SUPERVISOR)
CONFIGURE = permission("tickets.configure", Role.SUPERVISOR)
SHARE_BOARDS = permission("tickets.share_boards", Role.LEAD, Role.SUPERVISOR)
EXPORT = permission(  # no rows leave with the outsourcer's people
    "tickets.export", Role.SUPPORT, Role.DISPATCHER, Role.SUPERVISOR, Role.ACCOUNTANT
)
SEE_EXPORTS = permission("tickets.see_exports", Role.SUPERVISOR)
WRITE_TEXTS = permission("tickets.write_texts", Role.LEAD, Role.SUPERVISOR)

from staff.access import permission
from staff.models import Role

ANSWER = permission("firstline.answer", Role.OPERATOR, Role.LEAD, Role.SUPPORT, Role.SUPERVISOR)
